"""Probe answers kept from one run to the next, for the same compiler."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kcheck.errors import ProbeError
from kcheck.model import ProbeSource
from kcheck.toolchain.probes import Answer, Prober

_PROGRAMS = ("CC", "LD", "RUSTC", "PAHOLE", "BINDGEN")


def record_path(environment: Mapping[str, str], version: str) -> Path:
    """The file for the answers of these programs to a tree of that version.

    A program is known by its file, size and time, so that another compiler under the
    same name has a record of its own.
    """
    identity = [version, environment.get("SRCARCH", ""), environment.get("ARCH", "")]
    for name in _PROGRAMS:
        command = environment.get(name, "")
        identity += [command, _file_identity(command, environment.get("PATH"))]
    digest = hashlib.sha256("\0".join(identity).encode("utf-8", "surrogateescape"))
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "kcheck" / "probes" / f"{digest.hexdigest()[:32]}.json"


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
        self._answers[_without_tree(command, self._tree)] = answer.text
        return answer

    def save(self) -> None:
        """Write the record; where that is not possible there simply is none next time."""
        try:
            answers = {**_load(self._path), **self._answers}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                dir=self._path.parent, prefix=".probes-", delete=False
            ) as file:
                file.write(msgspec.json.encode(answers))
            os.replace(file.name, self._path)
        except (OSError, UnicodeError):
            return


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
    return command.replace(tree, "$(srctree)")


def _load(path: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}
