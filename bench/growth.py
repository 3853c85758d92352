"""How the time and memory of one answer grow: with the tree, the cone, the goals."""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from bench.answers import SYMBOL, explain_command
from bench.cut import cut
from bench.ground import config_there
from bench.processes import ROOT, Conf, Run, beside, cold, fresh_kcheck, run, say
from bench.results import Curve, Point
from tests.real.kernel_conf import conf_of

SHARES = (0.1, 0.3, 1.0)
GOALS = (1, 2, 4, 8, 16, 32)
ROUNDS = 3


def by_symbols(tree: Path) -> Iterator[Curve]:
    """`kcheck explain` on trees cut to a tenth and a third, cold and warm, each beside conf."""
    cold_points, warm_points = [], []
    for share in SHARES:
        say(f"{share:.0%} of the tree")
        with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as name:
            small = Path(name, "linux")
            symbols = cut(tree, share, small)
            ours = explain_command(str(small))
            conf = Conf(small, program=conf_of(tree))
            pairs, mib = beside(conf, ROUNDS, partial(cold, *ours))
            judge = statistics.median(pair.conf for pair in pairs)
            seconds = statistics.median(pair.seconds for pair in pairs)
            cold_points.append(Point(symbols, seconds, mib, judge))
            with fresh_kcheck() as kcheck:
                first = kcheck(*ours, "--format", "json")
                verdict = json.loads(first.output)["verdict"]
                if verdict != "can-be-enabled":
                    sys.exit(f"bench: {SYMBOL} is {verdict} in {share:.0%} of {tree}; cut less")
                again = [kcheck(*ours) for _ in range(2 * ROUNDS)]
            warm_points.append(_point(symbols, again, judge))
    yield Curve("symbols", f"explain {SYMBOL}", True, tuple(cold_points))
    yield Curve("symbols", f"explain {SYMBOL}", False, tuple(warm_points))


def by_cone(tree: Path) -> Curve:
    """Warm `kcheck explain` of symbols that hang on ever more others."""
    say("symbols with ever larger cones")
    command = (sys.executable, "-m", "bench.cones", str(tree))
    helper = run(command, dict(os.environ), (0,), ROOT)
    chosen = msgspec.json.decode(helper.output, type=list[list[tuple[str, int]]])
    points = []
    with fresh_kcheck() as kcheck:
        kcheck(*explain_command(str(tree)))
        for together in chosen:
            runs = [
                kcheck(*explain_command(str(tree), symbol))
                for _ in range(ROUNDS)
                for symbol, _ in together
            ]
            points.append(_point(statistics.median(size for _, size in together), runs))
    return Curve("cone", "explain SYMBOL", False, tuple(points))


def by_goals(tree: Path, conf: Conf) -> Curve:
    """Warm `kcheck fragment` for ever more goals, which a known config reaches all together."""
    say("more and more goals")
    base = conf.defconfig(tree / "arch/x86/configs/x86_64_defconfig")
    goals = [
        f"{name}>=m"
        for name in goals_beside(base, config_there("7.3", "amd64").read_bytes())[: GOALS[-1]]
    ]
    points = []
    with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as name, fresh_kcheck() as kcheck:
        config = Path(name, "base.config")
        config.write_bytes(base)
        ours = ("--tree", str(tree), "--arch", "x86_64", "--config", str(config))
        kcheck("fragment", goals[0], *ours)
        for count in GOALS:
            runs = [kcheck("fragment", *goals[:count], *ours) for _ in range(ROUNDS)]
            points.append(_point(count, runs))
    return Curve("goals", "fragment GOAL…", False, tuple(points))


def goals_beside(base: bytes, other: bytes) -> list[str]:
    """The symbols that are on in `other` alone, in an order of chance that is always the same."""
    found = sorted(_on(other) - _on(base))
    random.Random(0).shuffle(found)
    return found


def _on(config: bytes) -> set[str]:
    text = config.decode("utf-8", "replace")
    return set(re.findall(r"^CONFIG_(\w+)=[ym]$", text, re.MULTILINE))


def _point(size: float, runs: Sequence[Run], conf: float | None = None) -> Point:
    seconds = statistics.median(each.seconds for each in runs)
    return Point(size, seconds, max(each.mib for each in runs), conf)
