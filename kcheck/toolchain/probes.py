"""Asking what Kconfig's `$(shell,…)` asks: what an answer is, and running the command."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from functools import cache
from typing import Protocol

import msgspec

from kcheck.errors import KcheckError, ProbeError
from kcheck.model import ProbeSource
from kcheck.temporary import TemporaryFolder
from kcheck.toolchain.ahead import Ahead, stop
from kcheck.toolchain.environment import OF_THE_TREE
from kcheck.toolchain.room import folder_with_room, require_room

_LONGEST_ANSWER = 4095
"""Bytes of output that count (scripts/kconfig/preprocess.c, do_shell)."""

TIME_LIMIT = 20.0
"""Seconds that one command may take."""


class Answer(msgspec.Struct, frozen=True):
    """What a command answered: the text that takes the macro's place."""

    text: str
    source: ProbeSource


class Prober(Protocol):
    """Answers the shell commands of Kconfig files."""

    mode: str
    """What the user asked for: run, recorded or none."""

    def ask(self, command: str, macro: str) -> Answer:
        """The answer to `command`, which stands in `macro` as the files have it.

        Raises ProbeError where there is none.
        """


# What a shell sets itself: its number, its words.
_OF_THE_SHELL = re.compile(r"\$[$1-9]")


@cache
def _answers_in(surroundings: frozenset[tuple[str, str]]) -> dict[str, Answer]:
    """What this process has been answered in an environment."""
    del surroundings
    return {}


class RunProber:
    """Runs each command through /bin/sh, as conf does; the same command only once.

    Commands that neither run a script of the tree nor look at a variable ask the same for
    every architecture, and what they answered for one serves the next.

    Commands run in a folder of their own, so that what they leave behind is not left in
    the tree.  Use as a context manager: the folder goes with it, and leaving it raises
    ProbeError where there is no room left for what programs write, since then some of their
    answers may be wrong.  What is running `ahead` already is waited for.
    """

    mode = "run"

    def __init__(
        self,
        environment: Mapping[str, str],
        time_limit: float = TIME_LIMIT,
        ahead: Ahead | None = None,
    ) -> None:
        self._ahead = ahead
        self._environment = dict(environment)
        self._time_limit = time_limit
        self._folder: TemporaryFolder | None = None
        self._answers: dict[str, Answer] = {}
        self._to_share: dict[str, Answer] = {}
        self._tree = environment.get("srctree", "")
        self._shared = _answers_in(
            frozenset(each for each in environment.items() if each[0] not in OF_THE_TREE)
        )

    def __enter__(self) -> RunProber:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        try:
            # What went wrong with the answers may have gone wrong for want of room.
            if self._answers and (kind is None or issubclass(kind, KcheckError)):
                require_room(self._environment)
                self._shared.update(self._to_share)
        finally:
            if self._folder is not None:
                self._folder.cleanup()

    def ask(self, command: str, macro: str) -> Answer:
        """Run `command`.  Raises ProbeError when it takes longer than the time limit, and where
        there is no room for what it may write."""
        looks_around = "$" in _OF_THE_SHELL.sub("", command)
        is_shared = not looks_around and (not self._tree or self._tree not in command)
        answer = self._answers.get(command) or (self._shared.get(command) if is_shared else None)
        if answer is None:
            answer = self._answers[command] = Answer(self._run(command, macro), ProbeSource.RUN)
            if is_shared:
                self._to_share[command] = answer
        return answer

    def _run(self, command: str, macro: str) -> str:
        try:
            known = self._ahead.output(command, self._time_limit) if self._ahead else None
        except TimeoutError:
            raise self._too_slow(command, macro) from None
        if known is not None:
            return output_text(known)
        # Only now: often every answer is on record.
        self._folder = self._folder or folder_with_room(self._environment)
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-c", command],
                cwd=self._folder.name,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise ProbeError(f"{macro}: cannot run a shell: {error.strerror}") from None
        try:
            output, _ = process.communicate(timeout=self._time_limit)
        except subprocess.TimeoutExpired:
            stop(process)
            raise self._too_slow(command, macro) from None
        except BaseException:
            # In a session of its own it hears of nothing that ends kcheck.
            stop(process)
            raise
        return output_text(output)

    def _too_slow(self, command: str, macro: str) -> ProbeError:
        return ProbeError(
            f"{macro}: no answer within {self._time_limit:g} s from: {command};"
            " use --probes none to go without"
        )


def output_text(output: bytes) -> str:
    """A command's output as the text of a macro: newlines at the end cut, others spaces."""
    text = output[:_LONGEST_ANSWER].decode("utf-8", "surrogateescape")
    return text.partition("\0")[0].rstrip("\n").replace("\n", " ")
