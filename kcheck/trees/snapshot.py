"""A file of snapshots: kernel versions without their trees."""

from __future__ import annotations

import lzma
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from kcheck.errors import ArchError, TreeError
from kcheck.folders import replace_file
from kcheck.model import Definition
from kcheck.trees.stored import StoredArch, StoredVersion

_MAGIC = b"kcheck snapshots 1\n"
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
_LARGEST = 64 << 20
"""Bytes that one version may unpack to; those built in take about 2 MiB."""
_VERSION = re.compile(r"v?\d+\.\d+(\.\d+)?(-\S+)?")
_NUMBERS = re.compile(r"[0-9]+")

BUILT_IN = Path(__file__).parent.parent / "data" / "kernels.snapshot"
"""The snapshots that come with the program."""


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """A version in a file: its architectures, how many symbols it has over all of them, and
    where its bytes lie behind the index."""

    version: str
    arches: tuple[str, ...]
    symbols: int
    start: int
    length: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """Version, patch level and sublevel."""
        return version_numbers(self.version)


class Snapshot(msgspec.Struct, frozen=True, dict=True):
    """One version of a file of snapshots, in place of a kernel tree."""

    file: Path
    stored: StoredVersion

    @property
    def version(self) -> str:
        """The version as make computes it."""
        return self.stored.version

    @property
    def numbers(self) -> tuple[int, ...]:
        """Version, patch level and sublevel."""
        return version_numbers(self.version)

    @property
    def label(self) -> str:
        """What to call it in a report."""
        return "snapshot" if self.file == BUILT_IN else f"snapshot in {self.file}"

    def stands_for(self, version: str) -> bool:
        """Whether it is a snapshot of that version, sublevels aside."""
        return self.numbers[:2] == version_numbers(version)[:2]

    def architectures(self) -> tuple[str, ...]:
        """The folders below arch/ that held a Kconfig, sorted."""
        return tuple(sorted({self.arch(each).srcarch for each in self.stored.arches}))

    def arch(self, arch: str) -> StoredArch:
        """What is kept of one ARCH.  Raises ArchError for one that is not there."""
        found = self._read.get(arch)
        if found is None:
            raw = self.stored.arches.get(arch)
            if raw is None:
                raise ArchError(f"the snapshot of linux {self.version} has no ARCH={arch}")
            found = self._read[arch] = msgspec.msgpack.decode(raw, type=StoredArch)
        return found

    @cached_property
    def _read(self) -> dict[str, StoredArch]:
        return {}


def version_numbers(version: str) -> tuple[int, ...]:
    """Version, patch level and sublevel of `6.1.0-18-amd64`: 6, 1, 0."""
    return tuple(int(number) for number in _NUMBERS.findall(version.split("-")[0])[:3])


def listed(file: Path = BUILT_IN) -> tuple[Listed, ...]:
    """The versions in `file`, oldest first.  Raises TreeError for what is no such file."""
    return _index(file)[0]


def open_snapshot(which: Listed, file: Path = BUILT_IN) -> Snapshot:
    """Read one version of `file`.  Raises TreeError where it is damaged."""
    _, behind = _index(file)
    try:
        with file.open("rb") as opened:
            opened.seek(behind + which.start)
            packed = opened.read(which.length)
        unpacking = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=256 << 20)
        content = unpacking.decompress(packed, _LARGEST)
        if not unpacking.eof:
            raise TreeError(f"{file}: the snapshot of linux {which.version} is cut short")
        return Snapshot(file, msgspec.msgpack.decode(content, type=StoredVersion))
    except (OSError, lzma.LZMAError, msgspec.DecodeError) as error:
        raise TreeError(
            f"{file}: the snapshot of linux {which.version} cannot be read ({error});"
            " build it anew with kcheck snapshot build"
        ) from None


def nearest(versions: Sequence[Listed], numbers: tuple[int, ...]) -> Listed | None:
    """The newest of `versions` that is not above `numbers`, sublevels aside; None: all are.

    Sublevels do not count: 6.1.170 stands for every 6.1.
    """
    below = [each for each in versions if each.numbers[:2] <= numbers[:2]]
    return max(below, key=lambda each: each.numbers, default=None)


def snapshot_of(word: str) -> Snapshot | None:
    """The snapshot that comes with the program of the version `word`, such as 6.12 or v6.12.3.

    Sublevels do not count.  None where `word` is no version, or there is none of it.
    """
    if not _VERSION.fullmatch(word):
        return None
    numbers = version_numbers(word.removeprefix("v"))[:2]
    found = [each for each in listed() if each.numbers[:2] == numbers]
    return open_snapshot(found[-1]) if found else None


def write_snapshot(file: Path, version: StoredVersion) -> Listed:
    """Put a version into `file`, in place of what it has of that version, whole or not at all.

    Raises TreeError where that cannot be done.
    """
    kept: list[tuple[Listed, bytes]] = []
    if file.exists():
        versions, behind = _index(file)
        content = file.read_bytes()
        for each in versions:
            if each.version != version.version:
                start = behind + each.start
                kept.append((each, content[start : start + each.length]))
    packed = lzma.compress(msgspec.msgpack.encode(version), lzma.FORMAT_XZ, filters=_FILTERS)
    names = {each.entry.symbol for each in version.entries if isinstance(each.entry, Definition)}
    added = Listed(version.version, tuple(sorted(version.arches)), len(names), 0, len(packed))
    kept.append((added, packed))
    kept.sort(key=lambda pair: pair[0].numbers)
    index: list[Listed] = []
    start = 0
    for each, content in kept:
        index.append(msgspec.structs.replace(each, start=start))
        start += len(content)
    head = msgspec.msgpack.encode(index)
    parts = [_MAGIC, len(head).to_bytes(4, "big"), head, *(content for _, content in kept)]
    try:
        replace_file(file, b"".join(parts))
    except OSError as error:
        raise TreeError(f"{file}: cannot be written: {error.strerror}; try --output") from None
    return added


def is_snapshot_file(path: Path) -> bool:
    """Whether a file of snapshots lies at `path`."""
    try:
        with path.open("rb") as opened:
            return opened.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _index(file: Path) -> tuple[tuple[Listed, ...], int]:
    """The index of `file`, and where the first version begins."""
    try:
        with file.open("rb") as opened:
            if opened.read(len(_MAGIC)) != _MAGIC:
                raise TreeError(f"{file}: no file of snapshots that this kcheck can read")
            length = int.from_bytes(opened.read(4), "big")
            head = opened.read(length)
        versions = msgspec.msgpack.decode(head, type=tuple[Listed, ...])
    except OSError as error:
        raise TreeError(f"{file}: cannot be read: {error.strerror}") from None
    except msgspec.DecodeError:
        raise TreeError(f"{file}: its index is damaged; build it anew") from None
    return versions, len(_MAGIC) + 4 + length
