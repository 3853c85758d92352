"""By what a file is known again: whether something was made from the file that is there now."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

_TICK = 2 * 10**9
"""Nanoseconds.  A file may change once more within the tick of its clock, and look the same."""

Stamp = tuple[int, ...]
"""Size, times of change in nanoseconds, number and mode; nothing where there is no file."""


def stamp(path: str) -> Stamp:
    """The stamp of the file or folder at `path`, which need not be there."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ()
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_mode)


def stamps(paths: Iterable[str]) -> tuple[Stamp, ...]:
    """The stamps of files or folders."""
    return tuple([stamp(path) for path in paths])


def settled(found: Iterable[Stamp], since: int) -> bool:
    """Whether all was as it is now a while before `since`, in nanoseconds of time.time_ns: then
    what was made from the files since then was made from what is there now."""
    return all(not each or max(each[1], each[2]) < since - _TICK for each in found)


def now() -> int:
    """The time, as `settled` takes it."""
    return time.time_ns()
