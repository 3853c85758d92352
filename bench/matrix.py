"""`kcheck arches LIVEPATCH` over all architectures of a tree beside one run of its conf, and
`kcheck explain LIVEPATCH` from a snapshot.

    python -m bench.matrix [VERSION]

Each is a process of its own.  Cold: nothing kept from earlier runs but Python's own bytecode.
Warm: once more, with all kept.  A snapshot's answer is measured once the compiler has been
asked, as it is from the second time on, and without any compiler, as on most machines.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench.processes import conf_environment, conf_folder, measure
from tests.real.kernel_conf import conf_of, tree_path

COLD_ROUNDS = 2
ROUNDS = 9


def main() -> None:
    """Print the table."""
    version = sys.argv[1] if len(sys.argv) > 1 else "7.3"
    tree = tree_path(version)
    kcheck = [sys.executable, "-m", "kcheck"]
    arches = [*kcheck, "arches", "LIVEPATCH", "--tree", str(tree)]
    answer = [*kcheck, "explain", "LIVEPATCH", "--tree", version, "--arch", "x86_64"]
    conf = [str(conf_of(tree)), "--olddefconfig", "Kconfig"]
    environment = conf_environment(tree, "x86_64")
    theirs: list[float] = []
    cold: list[float] = []
    memory = 0.0
    # Python's bytecode of every module that is used.
    _once(arches)
    with conf_folder() as work:
        for _ in range(COLD_ROUNDS):
            theirs += [measure(conf, work, environment, (0,))[0] for _ in range(ROUNDS // 2)]
            seconds, used = _once(arches)
            cold.append(seconds)
            memory = max(memory, used)
        warm = _again(arches)
        known = _again(answer)
        unasked = _again([*answer, "--probes", "none"])
    judged = statistics.median(theirs)
    print(f"linux {version}, {os.cpu_count()} processors, medians")
    print(f"  conf --olddefconfig, x86_64         {judged:6.2f} s")
    ratio = statistics.median(cold) / judged
    print(f"  kcheck arches LIVEPATCH, cold       {statistics.median(cold):6.2f} s   {ratio:.1f}")
    print(f"    of which the largest process      {memory:6.0f} MiB")
    print(f"  kcheck arches LIVEPATCH, warm       {warm:6.2f} s   {warm / judged:.2f}")
    print(f"  kcheck explain LIVEPATCH, snapshot  {known:6.2f} s   {known / judged:.2f}")
    print(f"    and with --probes none            {unasked:6.2f} s   {unasked / judged:.2f}")


def _once(command: list[str]) -> tuple[float, float]:
    """Seconds and MiB of one run with nothing kept."""
    with tempfile.TemporaryDirectory() as cache:
        return measure(command, Path(cache), _environment(cache), (0, 1))


def _again(command: list[str]) -> float:
    """The median of runs behind one that has kept all."""
    with tempfile.TemporaryDirectory() as cache:
        times = [
            measure(command, Path(cache), _environment(cache), (0, 1))[0] for _ in range(ROUNDS + 1)
        ]
    return statistics.median(times[1:])


def _environment(cache: str) -> dict[str, str]:
    """Bytecode is kept, as it is wherever a program is installed."""
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


if __name__ == "__main__":
    main()
