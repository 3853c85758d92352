"""Models kept on disk, found by what they were made from and read by parts.

A file holds one target's model.  Its name is made of the tree's place, the architecture, the
programs' names and the environment.  In it stand the stamps of every file that the model was
made from: Kconfig files, Makefiles, conf's sources, scripts, and the programs, folders and other
files that the probes' commands name.  Where one of them is another now, there is no model.
"""

from __future__ import annotations

import hashlib
import itertools
import mmap
import zlib
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import overload

import msgspec

from kcheck.index import Index, Layout
from kcheck.kconfig.made_from import made_from, own_files
from kcheck.model import Entry, Model
from kcheck.parts import Parts
from kcheck.stamps import Stamp, settled, stamps
from kcheck.store import Store
from kcheck.toolchain.environment import lasting
from kcheck.trees.target import Asked, Target

_MAGIC = b"kcheck model 1\n"
_PIECES = 4
_BLOCK = 32
"""So many entries have one checksum."""


class _Made(msgspec.Struct, frozen=True, array_like=True):
    """What a model was made from, as far as its key does not say it: files with their stamps, and
    what the programs said of their versions."""

    paths: tuple[str, ...]
    stamps: tuple[Stamp, ...]
    environment: dict[str, str]
    asked: dict[str, Asked]


class _Places(msgspec.Struct, frozen=True, array_like=True):
    """Where the entries are: `starts`, an array of C ints, has where each begins, and `sums` the
    checksum of so many in a row."""

    index: Index
    starts: bytes
    sums: tuple[int, ...]


class _Entries(Sequence[Entry]):
    """Entries that are read from a mapped file one by one.

    Where one was damaged on the disk, all are taken from what `again` gives.
    """

    def __init__(self, content: memoryview, places: _Places, again: Callable[[], Model]) -> None:
        self._content = content
        self._starts = array("i")
        self._starts.frombytes(places.starts)
        self._sums = places.sums
        self._again = again
        self._sound: set[int] = set()
        self._read: dict[int, Entry] = {}
        self._decoder = msgspec.msgpack.Decoder(Entry)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, number: int) -> Entry: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Entry]: ...
    def __getitem__(self, number: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        found = self._read.get(number)
        if found is None:
            if not 0 <= number < len(self):
                raise IndexError(number)
            if not self._is_sound(number // _BLOCK):
                self._read = dict(enumerate(self._again().entries))
                return self._read[number]
            piece = self._content[self._starts[number] : self._starts[number + 1]]
            found = self._read[number] = self._decoder.decode(piece)
        return found

    def __iter__(self) -> Iterator[Entry]:
        return (self[number] for number in range(len(self)))

    def _is_sound(self, block: int) -> bool:
        if block not in self._sound:
            last = min((block + 1) * _BLOCK, len(self))
            piece = self._content[self._starts[block * _BLOCK] : self._starts[last]]
            if zlib.crc32(piece) != self._sums[block]:
                return False
            self._sound.add(block)
        return True


class _KeptParts(Parts):
    """The parts of a model on disk, each read when it is asked for."""

    def __init__(self, pieces: list[memoryview], again: Callable[[], Model]) -> None:
        super().__init__()
        self._pieces = pieces
        self._again = again

    @cached_property
    def frame(self) -> Model:
        """The model without its entries."""
        return msgspec.msgpack.decode(self._pieces[1], type=Model)

    @cached_property
    def _places(self) -> _Places:
        return msgspec.msgpack.decode(self._pieces[2], type=_Places)

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """The entries, read one by one."""
        return _Entries(self._pieces[3], self._places, self._again)

    @property
    def layout(self) -> Layout:
        """Where the symbols are."""
        return self.index.layout

    @property
    def index(self) -> Index:
        """What leads from one entry to the others."""
        return self._places.index

    @property
    def defined(self) -> Collection[str]:
        """The names of all defined symbols."""
        return self.layout.defined


class Found(msgspec.Struct, frozen=True):
    """A model that was kept: the target after the programs had been asked, and a digest of what
    the model was made from."""

    target: Target
    parts: Parts
    origin: str


class KeptModels:
    """The models in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, target: Target, mode: str, again: Callable[[], Model]) -> Found | None:
        """The model of `target` as it is before any program was asked; None where none is kept
        that still holds.

        `again` reads the model anew, for one of which a part cannot be read.
        """
        file = self._store.open(_key(target, mode))
        if file is None:
            return None
        with file:
            try:
                content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            except (OSError, ValueError):
                return None
            pieces = _taken_apart(content[file.tell() :])
        if pieces is None:
            return None
        made = msgspec.msgpack.decode(pieces[0], type=_Made)
        if stamps(made.paths) != made.stamps:
            return None
        asked = msgspec.structs.replace(target, environment=made.environment, asked=made.asked)
        return Found(asked, _KeptParts(pieces, again), _digest(pieces[0]))

    def keep(
        self, before: Target, mode: str, target: Target, parts: Parts, since: int, record: Path
    ) -> str:
        """Keep a model of `target`, which was `before` when no program had been asked; gives the
        digest of what it was made from.

        Not if any file that it was made from is so new that it may have changed since the
        time `since` at which reading began.
        """
        paths = tuple(sorted(set(made_from(target, parts.model, mode, record))))
        found = stamps(paths)
        if not settled(found, since):
            return ""
        made = _Made(paths, found, target.environment, target.asked)
        encoder = msgspec.msgpack.Encoder()
        entries = [encoder.encode(entry) for entry in parts.model.entries]
        starts = array("i", itertools.accumulate(map(len, entries), initial=0))
        sums = tuple(
            zlib.crc32(b"".join(entries[first : first + _BLOCK]))
            for first in range(0, len(entries), _BLOCK)
        )
        pieces = [
            encoder.encode(made),
            encoder.encode(parts.frame),
            encoder.encode(_Places(parts.index, starts.tobytes(), sums)),
            b"".join(entries),
        ]
        self._store.put(_key(before, mode), _put_together(pieces))
        return _digest(pieces[0])


def _key(target: Target, mode: str) -> str:
    environment = lasting(target.environment)
    parts = (own_files(), str(target.whole_tree.path), target.arch, mode, environment)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _put_together(pieces: list[bytes]) -> bytes:
    """All pieces in one, and what tells whether they are whole: of the last its length alone."""
    lengths = array("q", map(len, pieces)).tobytes()
    checked = lengths + b"".join(pieces[:-1])
    return b"".join([_MAGIC, zlib.crc32(checked).to_bytes(4, "big"), checked, pieces[-1]])


def _taken_apart(content: memoryview) -> list[memoryview] | None:
    """The pieces again; None where they are not whole."""
    start = len(_MAGIC) + 4
    lengths = array("q")
    width = _PIECES * lengths.itemsize
    if content[: len(_MAGIC)] != _MAGIC or len(content) < start + width:
        return None
    lengths.frombytes(content[start : start + width])
    if min(lengths) < 0 or start + width + sum(lengths) != len(content):
        return None
    checked = content[start : len(content) - lengths[-1]]
    if zlib.crc32(checked) != int.from_bytes(content[len(_MAGIC) : start], "big"):
        return None
    ends = list(itertools.accumulate(lengths, initial=start + width))
    return [content[first:last] for first, last in itertools.pairwise(ends)]


def _digest(made: bytes | memoryview) -> str:
    return hashlib.sha256(made).hexdigest()
