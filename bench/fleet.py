"""`kcheck check --rules livepatch` on one config and on ever more.

The configs are Debian's of five versions, for amd64 and for all of its architectures, each with
thirty lines changed by chance, so that no two are alike; they are judged by the snapshots.  Of
amd64's most pass, of all architectures' nearly none, since Debian has LIVEPATCH off there.

Warm is what has checked other configs before: none of those that count has been seen.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from bench.ground import config_there
from bench.processes import Conf, Kcheck, Run, beside, fresh_kcheck, say
from bench.results import Curve, Limit, Memory, Point, Rate, Row, Seconds
from tests.real.fetch_trees import trees_folder
from tests.real.mutate import changed

GROWING = "config.amd64*"
FLEETS = (
    ("amd64", GROWING, (100, 1000, 10_000)),
    ("all architectures", "config*", (1000, 10_000)),
)
CHANGES = 30
ROUNDS = 7
LEAST = 200
"""Configs a second."""
FLAT = 1.1
"""Times the memory of a tenth of the configs."""


def measured(conf: Conf) -> tuple[list[Row], Curve]:
    """Rows of `kcheck check`, and their growth with the number of configs."""
    rows: list[Row] = []
    points: list[Point] = []
    with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as name, fresh_kcheck() as kcheck:
        folder = Path(name)
        say("one config")
        rows += _single(kcheck, conf, folder / "single")
        first = made_configs(folder / "first", "config*", 100, "first")
        _check(kcheck, first)
        for where, names, counts in FLEETS:
            for count in counts:
                what = f"{count:,} configs, {where}"
                say(what)
                configs = made_configs(folder / what, names, count, what)
                pairs, mib = beside(conf, 1, partial(_check, kcheck, configs))
                limits: tuple[Limit, ...] = (Rate(LEAST, count),)
                if names == GROWING and count == counts[-1]:
                    limits += (Memory(FLAT, points[-1].mib),)
                rows.append(Row("kcheck", f"check {what}", pairs, mib, limits))
                if names == GROWING:
                    points.append(Point(count, rows[-1].seconds, mib))
    return rows, Curve("configs", "check --rules livepatch", False, tuple(points))


def _single(kcheck: Kcheck, conf: Conf, folder: Path) -> list[Row]:
    """One that passes and one that fails, seen before."""
    whole = config_there("7.3", "amd64").read_text()
    texts = {
        "one config that passes": whole,
        "one config that fails": whole.replace(
            "CONFIG_LIVEPATCH=y", "# CONFIG_LIVEPATCH is not set"
        ),
    }
    folder.mkdir()
    rows = []
    for what, text in texts.items():
        config = [folder / "single.config"]
        config[0].write_text(text)
        _check(kcheck, config)
        pairs, mib = beside(conf, ROUNDS, partial(_check, kcheck, config))
        rows.append(Row("kcheck", f"check {what}, again", pairs, mib, (Seconds(0.3),)))
    return rows


def _check(kcheck: Kcheck, configs: list[Path]) -> Run:
    """One run on configs that are all that lies in one folder."""
    report = ("--output", "../report")
    return kcheck("check", ".", "--rules", "livepatch", *report, cwd=configs[0].parent)


def made_configs(folder: Path, names: str, count: int, seed: str) -> list[Path]:
    """So many configs in a new folder, no two alike, of Debian's with such a name."""
    folder.mkdir()
    sources = sorted(trees_folder().glob(f"configs-*/{names}"))
    made: list[Path] = []
    for number in range(count):
        source = sources[number % len(sources)]
        path = folder / f"{number:05}.config"
        chance = f"{seed} {source.name} {number}"
        path.write_bytes(changed(source.read_bytes(), chance, CHANGES))
        made.append(path)
    return made
