"""Processes run and measured, and what conf needs to run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kcheck.toolchain.probes import RunProber
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from kcheck.trees.target import make_target, with_versions


def measure(
    command: list[str], cwd: Path, environment: dict[str, str], good: tuple[int, ...]
) -> tuple[float, float]:
    """Seconds and peak MiB of one process with all that it starts.

    An exit code that is not in `good` ends the bench: a quick failure is no quick answer.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in good:
        sys.exit(f"bench: exit code {process.returncode} from {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def conf_environment(tree: Path, arch: str) -> dict[str, str]:
    """What make would hand to the conf of `tree`."""
    target = make_target(open_tree(tree), arch, Toolchain())
    with RunProber(target.environment) as prober:
        return with_versions(target, prober).environment


@contextmanager
def conf_folder() -> Iterator[Path]:
    """A folder for conf to run in, which has nothing to write there but the .config."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "include/config").mkdir(parents=True)
        (work / "include/config/auto.conf").touch()
        yield work
