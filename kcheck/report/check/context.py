"""What a report's writer has to know beside the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec


def text_of_file(path: Path) -> str | None:
    """What a file says, None where it cannot be read, or not a second time, as a pipe."""
    try:
        return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None
    except OSError:
        return None


class Context(msgspec.Struct, frozen=True):
    """For whom a report is written.

    Paths that leave this machine are relative to `root`, an absolute path.  Names of configs
    that do not begin with / start at `here`.  `text_of` says what a config's file holds: how a
    line is known again after it moved hangs on the lines below it.
    """

    root: Path
    show_all: bool = False
    here: Path = msgspec.field(default_factory=Path.cwd)
    text_of: Callable[[Path], str | None] = text_of_file
