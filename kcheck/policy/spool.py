"""What came of many configs, on disk: memory does not grow with their number."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import overload

from kcheck.checking import Checked, Status, Unread
from kcheck.errors import SpoolError
from kcheck.policy.batch import Answer, unpacked
from kcheck.policy.placed import placed

_IN_MEMORY = 4 << 20
"""Bytes; below that nothing is written."""


class Spool:
    """Takes answers in as they come, and gives them back in the order of the configs.

    The file has no name and is gone with the process.  Raises SpoolError where the disk is full.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._end = 0
        self._starts = array("q", [-1]) * len(names)
        self._sizes = array("q", [0]) * len(names)
        self._unread: set[int] = set()
        self.statuses: frozenset[Status] = frozenset()

    def add(self, answer: Answer, numbers: Iterable[int]) -> None:
        """Take in what came of the configs of these numbers, which are the same file."""
        with _told():
            self._file.seek(self._end)
            self._file.write(answer.packed)
        for number in numbers:
            self._starts[number], self._sizes[number] = self._end, len(answer.packed)
            if answer.statuses is None:
                self._unread.add(number)
        self._end += len(answer.packed)
        self.statuses |= answer.statuses or frozenset()

    def configs(self) -> Sequence[Checked]:
        """Those that were judged."""
        numbers = (each for each in range(len(self._names)) if each not in self._unread)
        return _Kept(self, array("q", numbers))

    def unread(self) -> tuple[Unread, ...]:
        """Those that could not be judged."""
        found = (self.at(number) for number in sorted(self._unread))
        return tuple(each for each in found if isinstance(each, Unread))

    def at(self, number: int) -> Checked | Unread:
        """What came of a config."""
        with _told():
            # What is still to be written is written before.
            self._file.seek(self._starts[number])
            packed = self._file.read(self._sizes[number])
        found = unpacked(packed)
        return placed(found, self._names[number])


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        folder = tempfile.gettempdir()
        raise SpoolError(
            f"{folder}: what was found cannot be written there: {error.strerror};"
            " make room, or name another folder by TMPDIR"
        ) from None


class _Kept(Sequence[Checked]):
    """Read anew each time it is gone through."""

    def __init__(self, spool: Spool, numbers: array[int]) -> None:
        self._spool = spool
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Checked]:
        for number in self._numbers:
            yield self._one(number)

    @overload
    def __getitem__(self, place: int) -> Checked: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Checked]: ...
    def __getitem__(self, place: int | slice) -> Checked | Sequence[Checked]:
        if isinstance(place, slice):
            return tuple(self._one(number) for number in self._numbers[place])
        return self._one(self._numbers[place])

    def _one(self, number: int) -> Checked:
        found = self._spool.at(number)
        assert isinstance(found, Checked)
        return found
