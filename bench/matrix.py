"""One question over all architectures of a tree, and what one architecture or version more costs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.answers import SYMBOL
from bench.ground import config_there, tree_there
from bench.processes import Conf, beside, cold, fresh_kcheck, say
from bench.results import Curve, Point, Row, Seconds, TimesConf

COLD_ROUNDS = 3
ROUNDS = 9
VERSIONS = ("7.3", "7.2", "6.12", "6.1", "5.10")
# Debian's names, of those that it has kernels of 7.3 for.
ARCHITECTURES = ("amd64", "arm64", "ppc64el", "s390x", "loong64", "armhf")


def measured(tree: Path, conf: Conf) -> Iterator[Row]:
    """Rows of `kcheck arches`."""
    ours = ("arches", SYMBOL, "--tree", str(tree))
    say("all architectures, cold")
    pairs, mib = beside(conf, COLD_ROUNDS, lambda: cold(*ours))
    yield Row("kcheck", f"arches {SYMBOL}, cold", pairs, mib, (TimesConf(12),))
    say("all architectures, warm")
    with fresh_kcheck() as kcheck:
        kcheck(*ours)
        pairs, mib = beside(conf, ROUNDS, lambda: kcheck(*ours))
    yield Row("kcheck", f"arches {SYMBOL}, again", pairs, mib, (Seconds(1),))


def curves(tree: Path) -> Iterator[Curve]:
    """Cold tables of more and more architectures, and of more and more versions."""
    say("more and more architectures")
    with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as name:
        points = []
        for count, arch in enumerate(ARCHITECTURES, 1):
            shutil.copy(config_there("7.3", arch), name)
            if count in (1, 2, 4, len(ARCHITECTURES)):
                done = cold("arches", SYMBOL, "--tree", str(tree), "--config", name)
                points.append(Point(count, done.seconds, done.mib))
    yield Curve("architectures", f"arches {SYMBOL}", True, tuple(points))
    say("more and more versions")
    points = []
    for count in range(2, len(VERSIONS) + 1):
        trees = [f"--tree={tree_there(version)}" for version in reversed(VERSIONS[:count])]
        done = cold("history", SYMBOL, *trees, "--arch", "x86_64")
        points.append(Point(count, done.seconds, done.mib))
    yield Curve("versions", f"history {SYMBOL}, x86_64", True, tuple(points))
