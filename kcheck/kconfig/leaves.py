"""Kconfig files that say the same for every architecture: read once in a process.

Of a tree's files nine in ten source no other, call no macro and define nothing but entries.
What such a file adds to a model hangs on its text and on the dialect alone, so that the next
architecture takes it from here.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from kcheck.model import Entry, Operand

_OUTSIDE = -1
"""In place of the index of the block that a file is sourced in."""

Key = tuple[str, int, int, int, bytes]


class Leaf(msgspec.Struct, frozen=True):
    """The entries of a file, the index of a block counted from its first one, and all symbols
    and constants in the order in which they stand there."""

    entries: tuple[Entry, ...]
    operands: tuple[Operand, ...]

    def placed(self, start: int, parent: int) -> Iterable[Entry]:
        """The entries as they are where `start` come before them, in the block `parent`."""
        for entry in self.entries:
            above = parent if entry.parent == _OUTSIDE else entry.parent + start
            yield msgspec.structs.replace(entry, parent=above)


_known: dict[Key, Leaf] = {}


def key_of(path: Path, dialect: bytes) -> Key:
    """What a file's content is known by; `dialect` are the rules by which it is read.

    Raises OSError where no regular file is there.
    """
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise FileNotFoundError(errno.ENOENT, "not a regular file")
    return (str(path), status.st_mtime_ns, status.st_ctime_ns, status.st_size, dialect)


def known_leaf(key: Key) -> Leaf | None:
    """What was kept of that file; None where nothing was."""
    return _known.get(key)


def keep_leaf(key: Key, entries: Sequence[Entry], start: int, operands: Iterable[Operand]) -> None:
    """Keep what a file said whose first entry has the index `start`."""
    placed = (
        msgspec.structs.replace(
            entry, parent=entry.parent - start if entry.parent >= start else _OUTSIDE
        )
        for entry in entries
    )
    _known[key] = Leaf(tuple(placed), tuple(dict.fromkeys(operands)))
