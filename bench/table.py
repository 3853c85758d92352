"""The results as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import assert_never

from bench.results import Curve, Limit, Memory, Missing, Rate, Results, Row, Seconds, TimesConf

_SIZES = {
    "symbols": "symbols in the tree",
    "cone": "symbols in the cone",
    "goals": "goals",
    "configs": "configs",
    "architectures": "architectures",
    "versions": "versions",
}
"""What curves grow with, in the words of a heading."""


def markdown(results: Results) -> str:
    """The whole page."""
    machine = results.machine
    lines = [
        "# Results",
        "",
        "Written by `bench/run`; [README.md](README.md) says how each is measured.",
        "",
        f"{machine.processors} processors ({machine.model}), Python {machine.python},"
        f" {machine.compiler}; linux {machine.tree}, x86_64 where no other is named."
        f" `conf --olddefconfig` takes {results.conf:.2f} s, the median of all its runs.",
        "",
        "| program | what | runs | seconds | beside conf | MiB | limit | holds |",
        "|---|---|--:|--:|--:|--:|---|---|",
        *(_row(row) for row in results.rows),
        *(_missing(each) for each in results.missing),
        "",
        "Seconds are medians; beside conf is the median of each run's time in terms of the run of"
        " conf beside it; MiB are those of the largest process.",
        "",
        "![](results.svg)",
        "",
        "## Growth",
        "",
        "The power is that with which time and memory grow from the last size but one to the last:"
        " 1 is linear, 0 no growth.",
    ]
    for by, curves in groupby(results.curves, key=lambda curve: curve.by):
        lines += ["", f"### {by.capitalize()}"]
        for curve in curves:
            lines += ["", *_curve(curve)]
    return "\n".join(lines) + "\n"


def _row(row: Row) -> str:
    limits = "; ".join(limit_text(limit) for limit in row.limits)
    holds = "; ".join(_verdict(row, limit) for limit in row.limits)
    return (
        f"| {row.program} | {row.what} | {len(row.pairs)} | {row.seconds:.2f}"
        f" | {row.ratio:.2f} | {row.mib:.0f} | {limits} | {holds} |"
    )


def _missing(missing: Missing) -> str:
    return f"| {missing.program} | not measured: {missing.why} | | | | | | |"


def limit_text(limit: Limit) -> str:
    """A limit in words."""
    match limit:
        case TimesConf(most):
            return f"{most:g} of conf"
        case Seconds(most):
            return f"{most:g} s"
        case Rate(least, _):
            return f"{least:g} configs/s"
        case Memory(times, than):
            return f"{times:g} times {than:.0f} MiB"
        case _:
            assert_never(limit)


def _verdict(row: Row, limit: Limit) -> str:
    word = "yes" if row.holds(limit) else "**no**"
    match limit:
        # What is in a column already is not said again.
        case TimesConf() | Seconds():
            return word
        case Rate():
            return f"{word}, {row.value(limit):.0f}/s"
        case Memory():
            return f"{word}, {row.value(limit):.2f} times"
        case _:
            assert_never(limit)


def _curve(curve: Curve) -> Iterator[str]:
    state = "cold" if curve.cold else "warm"
    slope = curve.one_more()
    # Where time falls as often as it grows, a straight line says nothing.
    each = f"; one more takes {_briefly(slope)}" if slope > 0 else ""
    yield f"`kcheck {curve.what}`, {state}: time to the power {curve.time_power():.2f}, memory"
    yield f"{curve.memory_power():.2f}{each}."
    yield ""
    beside = all(point.conf is not None for point in curve.points)
    columns = [_SIZES[curve.by], "seconds", "MiB", *(["conf", "beside conf"] if beside else [])]
    yield f"| {' | '.join(columns)} |"
    yield "|" + "--:|" * len(columns)
    for point in curve.points:
        cells = [f"{point.size:,.0f}", f"{point.seconds:.2f}", f"{point.mib:.0f}"]
        if point.conf is not None:
            cells += [f"{point.conf:.2f}", f"{point.seconds / point.conf:.2f}"]
        yield f"| {' | '.join(cells)} |"


def _briefly(seconds: float) -> str:
    """Seconds in the unit that they are read best in."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if abs(seconds) * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def brief(results: Results) -> str:
    """What does not hold, in one line; for the terminal."""
    limits = [(row, limit) for row in results.rows for limit in row.limits]
    failed = [row.what for row, limit in limits if not row.holds(limit)]
    return f"{len(limits) - len(failed)} of {len(limits)} limits hold" + (
        f"; not those of {', '.join(dict.fromkeys(failed))}" if failed else ""
    )
