"""The kernel's conf, ready behind its Kconfig files: nine tenths of its work is to read them."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kcheck.judge import LIMIT, command_of

MODES = {
    "olddefconfig", "savedefconfig", "alldefconfig", "allnoconfig", "allyesconfig", "allmodconfig",
    "randconfig",
}  # fmt: skip
"""In which conf looks for a .config once it has read its Kconfig files, and not before."""


class ReadyConf:
    """A conf to which `environment` has conf_ready.c preloaded."""

    def __init__(self, program: Path, mode: str, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(LIMIT)
        self._peer = ours
        self._folder = tempfile.TemporaryDirectory(prefix="kcheck-conf-ready-")
        self._said = Path(self._folder.name) / "stderr"
        with theirs, self._said.open("ab") as said:
            self._process = subprocess.Popen(
                command_of(program, mode),
                cwd=self._folder.name,
                env={**environment, "CONF_READY": str(theirs.fileno())},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                pass_fds=[theirs.fileno()],
            )
        self.is_ready = bool(ours.recv(16))
        """Whether the Kconfig files could be read."""
        self._of_files = self._said.read_bytes()

    def answer(self, folder: Path, extra: Mapping[str, str]) -> tuple[int, bytes]:
        """The exit code and stderr of conf in `folder`, with `extra` in its environment.

        Older versions name the seed of a randconfig there: that is not the one that counts.
        """
        before = self._said.stat().st_size
        request = [str(folder), *(f"{name}={value}" for name, value in extra.items())]
        self._peer.send("".join(f"{each}\0" for each in request).encode())
        status = self._peer.recv(16)
        assert status, "conf has ended"
        with self._said.open("rb") as said:
            said.seek(before)
            return os.waitstatus_to_exitcode(
                int.from_bytes(status, "little")
            ), self._of_files + said.read()

    def close(self) -> None:
        """End the process."""
        self._peer.close()
        self._process.wait()
        self._folder.cleanup()
