"""A file's content, unpacked where it is compressed: gzip, xz and zstd, by their first bytes."""

from __future__ import annotations

import lzma
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

LARGEST = 64 << 20
"""Bytes, packed and unpacked; the largest real .config is below half a MiB."""
_XZ_MEMORY = 256 << 20
"""Bytes; what `xz -9` needs to unpack is a quarter of it."""
_MOST_MEMBERS = 256
"""Each costs a copy of what stands behind it."""


class Problem(msgspec.Struct, frozen=True):
    """Why a file's content cannot be had, to stand behind the file's name and a colon."""

    text: str


class Missing(Problem, frozen=True):
    """There is no file of that name."""

    text: str = "no such file"


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Format(msgspec.Struct, frozen=True):
    """`start` gives a decompressor for one member and the error that it raises."""

    name: str
    magic: bytes
    start: Callable[[], tuple[_Decompressor, type[Exception]]]


def read_content(path: Path, limit: int = LARGEST) -> bytes | Problem:
    """The content of the file at `path`, of at most `limit` bytes packed and unpacked.

    Never holds more than a few bytes above the limit of what comes out.
    """
    try:
        if not path.is_file():
            return Problem("not a regular file") if path.exists() else Missing()
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        return Problem(f"cannot be read: {error.strerror}")
    if len(content) > limit:
        return _too_large(limit)
    return unpacked(content, limit)


def is_compressed(content: bytes) -> bool:
    """Whether a file that begins with `content` is to be unpacked."""
    return any(content.startswith(known.magic) for known in _FORMATS)


def unpacked(content: bytes, limit: int = LARGEST) -> bytes | Problem:
    """What is in `content`; itself where it is not compressed."""
    for known in _FORMATS:
        if content.startswith(known.magic):
            return _members(content, known, limit)
    return content


def _members(content: bytes, known: _Format, limit: int) -> bytes | Problem:
    """All members one behind the other, as `cat a.gz b.gz` leaves them.

    Zeros between and behind them are padding (`xz` allows it, tapes leave it); anything else
    is damage.
    """
    made = b""
    count = 0
    while content:
        if not content.startswith(known.magic):
            return Problem(f"something else stands behind its {known.name} data")
        count += 1
        if count > _MOST_MEMBERS:
            return Problem(f"more than {_MOST_MEMBERS} pieces of {known.name} data")
        member, failure = known.start()
        try:
            # One byte more than is allowed tells a file at the limit from one above it.
            made += member.decompress(content, limit + 1 - len(made))
        except failure as error:
            return Problem(f"damaged {known.name} data: {str(error) or type(error).__name__}")
        if len(made) > limit:
            return _too_large(limit)
        if not member.eof:
            return Problem(f"its {known.name} data is cut short")
        content = member.unused_data.lstrip(b"\0")
    return made


def _too_large(limit: int) -> Problem:
    return Problem(f"larger than {limit >> 20} MiB")


def _gzip() -> tuple[_Decompressor, type[Exception]]:
    return zlib.decompressobj(zlib.MAX_WBITS | 16), zlib.error


def _xz() -> tuple[_Decompressor, type[Exception]]:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY), lzma.LZMAError


def _zstd() -> tuple[_Decompressor, type[Exception]]:
    # Python has it since 3.14; before, it is a package that few files make worth loading.
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdDecompressor(), zstd.ZstdError


_FORMATS = (
    _Format("gzip", b"\x1f\x8b", _gzip),
    _Format("xz", b"\xfd7zXZ\0", _xz),
    _Format("zstd", b"\x28\xb5\x2f\xfd", _zstd),
)
