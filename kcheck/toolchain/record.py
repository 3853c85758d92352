"""Probe answers kept from one run to the next, for the same compiler."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kcheck.errors import ProbeError
from kcheck.folders import cache_folder
from kcheck.model import ProbeSource
from kcheck.store import keep, load_kept, trim
from kcheck.toolchain.identity import identities
from kcheck.toolchain.probes import Answer, Prober


def record_path(environment: Mapping[str, str], version: str | None) -> Path:
    """The file for the answers of these programs to a tree of that version.

    None stands for what is the same for every version and architecture: questions that no
    script of a tree takes part in.  Another compiler under the same name has a record of its
    own.
    """
    identity = ["any"]
    if version is not None:
        identity = [version, environment.get("SRCARCH", ""), environment.get("ARCH", "")]
    digest = hashlib.sha256(
        "\0".join((*identity, *identities(environment))).encode("utf-8", "surrogateescape")
    )
    return cache_folder() / "probes" / digest.hexdigest()[:32]


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
    if record is None:
        return {}
    # Whole, but nothing that kcheck has written.
    try:
        return msgspec.json.decode(record, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeError):
        return {}
