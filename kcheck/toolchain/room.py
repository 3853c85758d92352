"""Room for what programs write while they answer.

A compiler that cannot write its files refuses whatever it is asked for, and nothing in its answer
says why.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping

from kcheck.errors import ProbeError
from kcheck.temporary import TemporaryFolder

_LEAST_BYTES = 1 << 20
_LEAST_FILES = 64
"""What has to be free: several compilers at once write some kilobytes and a few files each."""

_HELP = "free space there, or set TMPDIR to another folder"


def folder_with_room(environment: Mapping[str, str]) -> TemporaryFolder:
    """A new folder for commands to run in.  Raises ProbeError likewise."""
    require_room(environment)
    try:
        return TemporaryFolder("kcheck-probes-")
    except OSError as error:
        raise ProbeError(
            f"{tempfile.gettempdir()}: no folder can be made there: {error.strerror}; {_HELP}"
        ) from None


def require_room(environment: Mapping[str, str]) -> None:
    """Raise ProbeError where a folder for what is temporary has next to no room, be it kcheck's
    own or that of programs that run in this environment."""
    for folder in _folders(environment):
        if not _has_room(folder):
            raise ProbeError(
                f"{folder}: next to no room for the files of compilers, which answer wrongly"
                f" without; {_HELP}"
            )


def _folders(environment: Mapping[str, str]) -> Iterator[str]:
    try:
        yield tempfile.gettempdir()
    except OSError as error:
        raise ProbeError(f"{error.strerror}; set TMPDIR to a folder with room") from None
    # gcc takes the first that it may use (libiberty/make-temp-file.c, choose_tmpdir).
    for folder in (*(environment.get(name) for name in ("TMPDIR", "TMP", "TEMP")), "/tmp"):
        if folder and os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield folder
            return


def _has_room(folder: str) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return True
    # Some file systems do not count one or the other, and say that there are 0 in all.
    has_bytes = not found.f_blocks or found.f_bavail * found.f_frsize >= _LEAST_BYTES
    return has_bytes and (not found.f_files or found.f_favail >= _LEAST_FILES)
