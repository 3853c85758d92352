"""Whole processes run and measured, by turns with the tree's own conf.

The largest process is told as the system tells it, and that counts what a process was before
it became the program: a copy of this one.  So nothing large is loaded here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.results import Pair
from kcheck.toolchain.probes import RunProber
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from kcheck.trees.target import make_target, with_versions
from tests.real.kernel_conf import conf_of

_STARTED = time.monotonic()
ROOT = Path(__file__).resolve().parent.parent
KCHECK = (sys.executable, "-m", "kcheck")
ANSWERED = (0, 1)
"""kcheck's exit codes for yes and no."""


@dataclass(frozen=True)
class Run:
    """One process with all that it started: seconds, MiB of the largest, what it printed."""

    seconds: float
    mib: float
    output: bytes


def run(
    command: Sequence[str],
    environment: dict[str, str],
    good: tuple[int, ...] = ANSWERED,
    cwd: Path | None = None,
) -> Run:
    """Run a command to its end; in a folder of its own where `cwd` names none.

    An exit code that is not in `good` ends the bench: a quick failure is no quick answer.
    """
    with (
        tempfile.TemporaryDirectory(prefix="kcheck-bench-") as name,
        tempfile.TemporaryFile() as to,
    ):
        said = Path(name, "stderr")
        with said.open("wb") as errors:
            started = time.perf_counter()
            process = subprocess.Popen(
                command,
                cwd=cwd or name,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=to,
                stderr=errors,
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in good:
            last = said.read_text(errors="replace").strip().rpartition("\n")[2]
            asked = " ".join(command)[:300]
            sys.exit(f"bench: exit code {process.returncode} from {asked}: {last}")
        to.seek(0)
        return Run(seconds, usage.ru_maxrss / 1024, to.read())


@dataclass(frozen=True)
class Kcheck:
    """kcheck with a cache folder: that of this checkout, with Python's bytecode kept."""

    cache: Path

    def __call__(self, *words: str, cwd: Path | None = None) -> Run:
        """One run of `kcheck WORDS`."""
        environment = {
            **os.environ,
            "XDG_CACHE_HOME": str(self.cache),
            # Wherever it is run, and whatever else is installed.
            "PYTHONPATH": str(ROOT),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return run((*KCHECK, *words), environment, cwd=cwd)


@contextmanager
def fresh_kcheck() -> Iterator[Kcheck]:
    """kcheck with nothing kept."""
    with tempfile.TemporaryDirectory(prefix="kcheck-cache-") as name:
        yield Kcheck(Path(name))


def cold(*words: str) -> Run:
    """One run of `kcheck WORDS` with nothing kept from earlier ones."""
    with fresh_kcheck() as kcheck:
        return kcheck(*words)


def conf_environment(tree: Path, arch: str) -> dict[str, str]:
    """What make would hand to the conf of `tree`."""
    target = make_target(open_tree(tree), arch, Toolchain())
    with RunProber(target.environment) as prober:
        return with_versions(target, prober).environment


class Conf:
    """`conf --olddefconfig` of a tree for an architecture; `program` where it is not its own."""

    def __init__(self, tree: Path, arch: str = "x86_64", program: Path | None = None) -> None:
        self._program = program or conf_of(tree)
        self.environment = conf_environment(tree, arch)

    def __call__(self) -> Run:
        """One run, on the tree's defaults."""
        return self._run("--olddefconfig")[0]

    def defconfig(self, file: Path) -> bytes:
        """The .config that `file` makes."""
        return self._run(f"--defconfig={file}")[1]

    def _run(self, mode: str) -> tuple[Run, bytes]:
        with tempfile.TemporaryDirectory(prefix="kcheck-conf-") as name:
            work = Path(name)
            # What conf would else write there as well is no part of the question.
            (work / "include/config").mkdir(parents=True)
            (work / "include/config/auto.conf").touch()
            done = run([str(self._program), mode, "Kconfig"], self.environment, (0,), work)
            return done, (work / ".config").read_bytes()


def beside(conf: Conf, rounds: int, ours: Callable[[], Run]) -> tuple[tuple[Pair, ...], float]:
    """Runs in turn with conf's, and the MiB of the largest process of ours."""
    pairs, most = [], 0.0
    for _ in range(rounds):
        judge = conf()
        done = ours()
        pairs.append(Pair(done.seconds, judge.seconds))
        most = max(most, done.mib)
    return tuple(pairs), most


def say(what: str) -> None:
    """What is being measured, to whom waits for it."""
    print(f"bench: {time.monotonic() - _STARTED:5.0f} s  {what}", file=sys.stderr, flush=True)
