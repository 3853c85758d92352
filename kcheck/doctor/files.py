"""Small files of /proc and /sys below a root, read so that nothing there can end in an error."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from kcheck.doctor.facts import Unknown
from kcheck.trees.running import System, below

_MOST = 64 << 10
"""Bytes; what is asked here is short, or its beginning will do."""


class Absent(msgspec.Struct, frozen=True):
    """There is no file of that name."""

    name: str


def text_of(system: System, name: str) -> str | Absent | Unknown:
    """The beginning of the file, without blanks round it."""
    try:
        with below(system.root, name).open("rb") as file:
            return file.read(_MOST).decode("utf-8", "replace").strip()
    except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
        # A task that ended while its files were read is as good as none (ESRCH).
        return Absent(name)
    except OSError as error:
        return Unknown(f"{name}: {problem_of(error)}")


def number_of(system: System, name: str) -> int | Absent | Unknown:
    """The number that the file holds."""
    text = text_of(system, name)
    if not isinstance(text, str):
        return text
    try:
        return int(text)
    except ValueError:
        return odd(name, text)


def odd(name: str, text: str) -> Unknown:
    """A file says what it is not known to say."""
    return Unknown(f"{name}: says '{text[:20]}'" if text else f"{name}: is empty")


def is_there(system: System, name: str) -> bool:
    """Whether the file or folder can be seen."""
    return os.path.lexists(below(system.root, name))


def folders_in(system: System, name: str) -> tuple[str, ...] | Absent | Unknown:
    """The names of the folders in a folder, sorted."""
    path: Path = below(system.root, name)
    try:
        return tuple(sorted(entry.name for entry in os.scandir(path) if entry.is_dir()))
    except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
        return Absent(name)
    except OSError as error:
        return Unknown(f"{name}: {problem_of(error)}")


def problem_of(error: OSError) -> str:
    """What the system says of it, in a sentence's midst."""
    text = error.strerror or type(error).__name__
    return text[0].lower() + text[1:]
