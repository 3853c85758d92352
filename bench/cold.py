"""Cold `kcheck explain LIVEPATCH` beside the tree's own conf --olddefconfig.

    python -m bench.cold [VERSION [ARCH]]

Both run in turn, several times, each as a process of its own; the ratio is taken pair by
pair.  What kcheck spends where is measured in one more run, inside the process.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bench.processes import conf_environment, conf_folder, measure
from tests.real.kernel_conf import conf_of, tree_path

ROUNDS = 7

Result = TypeVar("Result")


def _parts(tree: Path, arch: str) -> dict[str, float]:
    """Seconds that each step of a cold run takes."""
    times: dict[str, float] = {}

    def timed(name: str, call: Callable[[], Result]) -> Result:
        started = time.perf_counter()
        result = call()
        times[name] = times.get(name, 0.0) + time.perf_counter() - started
        return result

    from kcheck.dotconfig import merge_dotconfigs, parse_dotconfig, read_dotconfig
    from kcheck.evaluate.conf import defconfig
    from kcheck.evaluate.program import program_of
    from kcheck.explain.answer import explain
    from kcheck.kconfig.reader import read_model
    from kcheck.solve.session import Session
    from kcheck.toolchain.probes import Answer, RunProber
    from kcheck.toolchain.programs import Toolchain
    from kcheck.trees.defconfig import default_configs
    from kcheck.trees.directory import open_tree
    from kcheck.trees.target import make_target, with_versions

    class TimedProber(RunProber):
        def ask(self, command: str, macro: str) -> Answer:
            return timed("probes", lambda: RunProber.ask(self, command, macro))

    target = make_target(open_tree(tree), arch, Toolchain())
    with TimedProber(target.environment) as prober:
        target = with_versions(target, prober)
    with TimedProber(target.environment) as prober:
        started = time.perf_counter()
        before = times["probes"]
        model = read_model(target, prober)
        asked = times["probes"] - before
        times["parsing"] = time.perf_counter() - started - asked
    timed("conditions, menus", lambda: program_of(model))
    files = default_configs(target.whole_tree, target.arch, target.srcarch)
    config = merge_dotconfigs("defconfig", [read_dotconfig(file) for file in files])
    outcome = timed("values", lambda: defconfig(model, config))
    base = parse_dotconfig(outcome.text, "base")
    session = Session(model, base, outcome.valuation)
    timed("explanation, plan", lambda: explain(session, config, "LIVEPATCH"))
    return times


def main() -> None:
    """Print the table."""
    version = sys.argv[1] if len(sys.argv) > 1 else "7.3"
    arch = sys.argv[2] if len(sys.argv) > 2 else "x86_64"
    tree = tree_path(version)
    environment = conf_environment(tree, arch)
    explain = [sys.executable, "-m", "kcheck", "explain", "LIVEPATCH"]
    explain += ["--tree", str(tree), "--arch", arch]
    conf = [str(conf_of(tree)), "--olddefconfig", "Kconfig"]
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    with conf_folder() as work:
        for round_number in range(ROUNDS + 1):
            theirs.append(measure(conf, work, environment, (0,)))
            ours.append(measure(explain, work, dict(os.environ), (0, 1)))
            if round_number == 0:
                ours.clear()
                theirs.clear()
    ratio = statistics.median(a[0] / b[0] for a, b in zip(ours, theirs, strict=True))
    print(f"linux {version} {arch}, median of {ROUNDS} runs in turn")
    print(f"  conf --olddefconfig        {statistics.median(t for t, _ in theirs):6.2f} s")
    print(f"  kcheck explain LIVEPATCH   {statistics.median(t for t, _ in ours):6.2f} s", end="")
    print(f"   {max(memory for _, memory in ours):5.0f} MiB at most")
    print(f"  ratio                      {ratio:6.2f}")
    for name, seconds in _parts(tree, arch).items():
        print(f"    {name:<24} {seconds:6.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"    in one process, {peak:.0f} MiB at most")


if __name__ == "__main__":
    main()
