"""Commands run ahead of the time at which their answers are needed, several side by side.

Reading a tree waits on a hundred commands, one after the other.  Most of them are known before
any is answered, and none hangs on another having been run.
"""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kcheck.toolchain.room import folder_with_room

LONGEST = 4096
"""Bytes of a command's output that are read."""


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process that has a session of its own, and what it runs."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


class _Shell:
    """A shell in a folder of its own that runs one command after the other."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._process = subprocess.Popen(
            ["/bin/sh"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
        self._given = 0
        self._done = 0

    def begin(self, command: str) -> int:
        """Have a command run as /bin/sh -c would, behind those begun before; its number."""
        self._given += 1
        # conf takes so many bytes, and waits for all that have the output open (preprocess.c,
        # do_shell).
        line = f"/bin/sh -c {shlex.quote(command)} </dev/null | head -c {LONGEST} >"
        line += f"../{self._name(self._given)}; echo\n"
        assert self._process.stdin is not None
        # Broken where a command has killed the shell, which `output` tells.
        with suppress(BrokenPipeError):
            self._process.stdin.write(line.encode("utf-8", "surrogateescape"))
        return self._given

    def _name(self, number: int) -> str:
        return f"{self._folder.name}-{number}"

    def output(self, number: int, time_limit: float) -> bytes | None:
        """What a command has said; None where the shell has come to an end before, or had no
        file to write it to.

        Raises TimeoutError where it, or one before it, takes longer than that many seconds.
        """
        stdout = self._process.stdout
        assert stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(stdout, selectors.EVENT_READ)
            while self._done < number:
                if not waiting.select(time_limit):
                    raise TimeoutError
                said = os.read(stdout.fileno(), 4096)
                if not said:
                    return None
                self._done += len(said)
        try:
            return (self._folder.parent / self._name(number)).read_bytes()
        except FileNotFoundError:
            return None

    def end(self) -> None:
        """Stop it, and what it runs."""
        stop(self._process)


class Ahead:
    """Runs commands ahead, `processes` side by side.  Use as a context manager.

    What a command leaves in its folder goes with this, and is not seen by others elsewhere.
    Raises ProbeError where there is no room for that.
    """

    def __init__(self, environment: Mapping[str, str], processes: int) -> None:
        self._folder = folder_with_room(environment)
        self._shells = [
            _Shell(environment, Path(self._folder.name, str(number))) for number in range(processes)
        ]
        self._begun: dict[str, tuple[_Shell, int]] = {}

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *exception: object) -> None:
        for shell in self._shells:
            shell.end()
        self._folder.cleanup()

    def begin(self, command: str) -> None:
        """Begin with a command, unless that was done before."""
        if command not in self._begun:
            shell = self._shells[len(self._begun) % len(self._shells)]
            self._begun[command] = shell, shell.begin(command)

    def output(self, command: str, time_limit: float) -> bytes | None:
        """What a command has said, once it has ended; None where it was not begun with.

        Raises TimeoutError where it takes longer than `time_limit` seconds.
        """
        begun = self._begun.get(command)
        return None if begun is None else begun[0].output(begun[1], time_limit)
