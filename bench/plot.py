"""The results as one figure: everything beside conf, and how it grows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from bench.results import Curve, Memory, Rate, Results, Row, Seconds, TimesConf

# Okabe and Ito's colours, which the colour-blind tell apart.
_KCHECK, _OTHERS, _LIMIT, _CONF = "#0072B2", "#E69F00", "#D55E00", "#666666"
_COLD, _WARM = "#0072B2", "#009E73"
_SHADES = ("#0072B2", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
_MARKS = "osD^vPX"
_PANELS = (
    (("symbols",), "Seconds: symbols in the tree"),
    (("configs",), "Seconds: configs checked"),
    (("cone",), "Seconds: symbols in the cone"),
    (("goals",), "Seconds: goals of one fragment"),
    (("architectures", "versions"), "Seconds: architectures, versions; cold"),
)


def draw(results: Results, png: Path, svg: Path) -> None:
    """Write the figure to both files, 800 points wide; the same results give the same SVG."""
    with mpl.rc_context(
        {
            "font.size": 8,
            "axes.titlesize": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
            # Names within the file would else be drawn by chance.
            "svg.hashsalt": "kcheck",
        }
    ):
        figure = Figure(figsize=(8, 11), layout="constrained")
        # Two, since the long names of the bars would else push the curves aside.
        parts = figure.add_gridspec(2, 1, height_ratios=(2, 3.2))
        _beside_conf(figure.add_subfigure(parts[0]).add_subplot(), results)
        panels = figure.add_subfigure(parts[1]).subplots(3, 2).flat
        for (sizes, title), axes in zip(_PANELS, panels, strict=False):
            _time(axes, [curve for curve in results.curves if curve.by in sizes], title)
        _memory(panels[-1], results.curves)
        figure.savefig(png, dpi=160, metadata={"Software": None})
        figure.savefig(svg, dpi=100, metadata={"Date": None, "Creator": None})


def _beside_conf(axes: Axes, results: Results) -> None:
    """A bar a row, in terms of conf, with the limits as strokes across it."""
    rows = results.rows
    axes.set_xscale("log")
    for place, row in enumerate(rows):
        color = _KCHECK if row.program == "kcheck" else _OTHERS
        axes.barh(place, row.ratio, height=0.7, color=color)
        limits = _in_terms_of_conf(row)
        for limit in limits:
            axes.plot([limit, limit], [place - 0.45, place + 0.45], color=_LIMIT, linewidth=2)
        label = f"{row.ratio:.2g}  ({row.seconds:.3g} s, {row.mib:.0f} MiB)"
        axes.text(max(row.ratio, *limits, 0) * 1.1, place, label, va="center")
    axes.axvline(1, color=_CONF, linewidth=1, linestyle=":")
    axes.set_yticks(range(len(rows)), [f"{row.program}: {row.what}" for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(0.05, max(row.ratio for row in rows) * 8)
    _plain_numbers(axes)
    axes.set_title(
        f"Time in terms of conf --olddefconfig of linux {results.machine.tree}, here"
        f" {results.conf:.2f} s; red strokes are limits",
        loc="right",
    )


def _in_terms_of_conf(row: Row) -> list[float]:
    """The limits of a row's time, on the scale of its bar."""
    found = []
    for limit in row.limits:
        match limit:
            case TimesConf(most):
                found.append(most)
            case Seconds(most):
                found.append(most * row.ratio / row.seconds)
            case Rate(least, count):
                found.append(count / least * row.ratio / row.seconds)
            case Memory():
                pass
            case _:
                assert_never(limit)
    return found


def _time(axes: Axes, curves: Sequence[Curve], title: str) -> None:
    """Seconds by size, and for each curve what linear growth from its first point would be."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    together = len({curve.by for curve in curves}) > 1
    for curve, color, mark in zip(curves, (_COLD, _WARM), _MARKS, strict=False):
        if not together:
            color = _COLD if curve.cold else _WARM
        state = curve.by if together else ("cold" if curve.cold else "warm")
        sizes = [point.size for point in curve.points]
        axes.plot(sizes, [each.seconds for each in curve.points], color, marker=mark, label=state)
        judged = [(each.size, each.conf) for each in curve.points if each.conf is not None]
        if judged and curve.cold:
            axes.plot(*zip(*judged, strict=True), color=_CONF, marker="x", label="conf")
        first = curve.points[0]
        linear = [first.seconds * size / first.size for size in sizes]
        label = "linear" if curve is curves[-1] else None
        axes.plot(sizes, linear, color=_CONF, linewidth=0.8, linestyle="--", label=label)
    top = max(point.seconds for curve in curves for point in curve.points)
    axes.set_ylim(top=top * 3)
    asked = {point.size for curve in curves for point in curve.points}
    # Ticks near the last one would run into it.
    ticks = [size for size in sorted(asked) if size == max(asked) or size * 2 <= max(asked)]
    _finish(axes, title, ticks)


def _memory(axes: Axes, curves: Sequence[Curve]) -> None:
    """MiB of the largest process by size, each size in terms of the smallest."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    for curve, color, mark in zip(curves, _SHADES, _MARKS, strict=False):
        first = curve.points[0].size
        sizes = [point.size / first for point in curve.points]
        label = f"{curve.by}, {'cold' if curve.cold else 'warm'}"
        axes.plot(sizes, [each.mib for each in curve.points], color=color, marker=mark, label=label)
    lowest = min(point.mib for curve in curves for point in curve.points)
    highest = max(point.mib for curve in curves for point in curve.points)
    axes.plot([1, 100], [lowest, lowest * 100], color=_CONF, linewidth=0.8, linestyle="--")
    axes.set_ylim(top=highest * 4)
    _finish(
        axes, "MiB of the largest process, by size in terms of the smallest", [1, 10, 100, 1000]
    )


def _finish(axes: Axes, title: str, ticks: Sequence[float]) -> None:
    axes.set_title(title)
    axes.set_xticks(ticks)
    _plain_numbers(axes)
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")


def _plain_numbers(axes: Axes) -> None:
    """Numbers rather than powers of ten, and no ticks without."""
    plain = FuncFormatter(lambda value, _: f"{value:,g}")
    axes.xaxis.set_major_formatter(plain)
    axes.xaxis.set_minor_locator(NullLocator())
    if axes.get_yscale() == "log":
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(plain)
        axes.yaxis.set_minor_locator(NullLocator())
