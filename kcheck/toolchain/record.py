"""Probe answers kept from one run to the next, for the same compiler."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kcheck.errors import ProbeError
from kcheck.folders import cache_folder
from kcheck.model import ProbeSource
from kcheck.store import keep, load_kept, trim
from kcheck.toolchain.probes import Answer, Prober

_PROGRAMS = ("CC", "LD", "RUSTC", "PAHOLE", "BINDGEN")
# Variables that make the same compiler another one (gcc's manual, "Environment Variables
# Affecting GCC"; the dynamic linker's).
_SURROUNDINGS = ("COMPILER_PATH", "CPATH", "C_INCLUDE_PATH", "GCC_EXEC_PREFIX", "LD_LIBRARY_PATH")


def record_path(environment: Mapping[str, str], version: str | None) -> Path:
    """The file for the answers of these programs to a tree of that version.

    None stands for what is the same for every version and architecture: questions that no
    script of a tree takes part in.  A program is known by its file, size and time, so that
    another compiler under the same name has a record of its own.
    """
    identity = ["any"]
    if version is not None:
        identity = [version, environment.get("SRCARCH", ""), environment.get("ARCH", "")]
    digest = hashlib.sha256(
        "\0".join((*identity, *identities(environment))).encode("utf-8", "surrogateescape")
    )
    return cache_folder() / "probes" / digest.hexdigest()[:32]


def identities(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Which programs these are: each command, with its file, size and time, and the variables
    that they listen to."""
    commands = [environment.get(name, "") for name in _PROGRAMS]
    # The compiler calls it by itself.
    commands.append(f"{environment.get('CROSS_COMPILE', '')}as")
    path = environment.get("PATH")
    programs = (part for each in commands for part in (each, _file_identity(each, path)))
    return (*programs, *(environment.get(name, "") for name in _SURROUNDINGS))


def _file_identity(command: str, path: str | None) -> str:
    words = command.split()
    found = shutil.which(words[0], path=path) if words else None
    if found is None:
        return "missing"
    status = os.stat(found)
    return f"{os.path.realpath(found)} {status.st_size} {status.st_mtime_ns}"


class RecordingProber:
    """Asks another prober and keeps what it answers; `save` writes it down.

    The tree's own path is left out of the record, so that it serves another copy of the
    same version as well.
    """

    def __init__(self, asked: Prober, path: Path, tree: str) -> None:
        self.mode = asked.mode
        self._asked = asked
        self._path = path
        self._tree = tree
        self._answers: dict[str, str] = {}

    def ask(self, command: str, macro: str) -> Answer:
        """The other prober's answer."""
        answer = self._asked.ask(command, macro)
        if answer.source is not ProbeSource.ASSUMED:
            self._answers[_without_tree(command, self._tree)] = answer.text
        return answer

    def save(self) -> None:
        """Write down what is new; where that is not possible there simply is none next time."""
        known = _load(self._path)
        if self._answers.items() <= known.items():
            return
        try:
            answers = msgspec.json.encode({**known, **self._answers})
        except UnicodeError:
            return
        keep(self._path, answers)
        trim(self._path.parent.parent)


class RememberingProber:
    """Asks another prober what is not on record yet, and records it; see RecordingProber.

    For questions whose answers hang on the programs alone, whose record it has to be.
    """

    def __init__(self, asked: Prober, path: Path) -> None:
        self.mode = asked.mode
        self._recording = RecordingProber(asked, path, "")
        self._known = _load(path)
        self._has_news = False

    def ask(self, command: str, macro: str) -> Answer:
        """The answer on record, else the other prober's."""
        text = self._known.get(command)
        if text is not None:
            return Answer(text, ProbeSource.RECORDED)
        self._has_news = True
        return self._recording.ask(command, macro)

    def save(self) -> None:
        """Write down what is new."""
        if self._has_news:
            self._recording.save()


class RecordedProber:
    """Answers from a record alone; starts no process."""

    mode = "recorded"

    def __init__(self, path: Path, tree: str) -> None:
        self._answers = _load(path)
        self._tree = tree

    def ask(self, command: str, macro: str) -> Answer:
        """The recorded answer.  Raises ProbeError where there is none."""
        text = self._answers.get(_without_tree(command, self._tree))
        if text is None:
            raise ProbeError(
                f"{macro}: no answer on record for this compiler and version;"
                " run once with --probes run, or use --probes none"
            )
        return Answer(text, ProbeSource.RECORDED)


def _without_tree(command: str, tree: str) -> str:
    return command.replace(tree, "$(srctree)") if tree else command


def _load(path: Path) -> dict[str, str]:
    record = load_kept(path)
    return {} if record is None else msgspec.json.decode(record, type=dict[str, str])
