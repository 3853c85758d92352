"""Two trees compared, as JSON and as Markdown for a comment on a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kcheck.comparison import (
    Changed,
    Comparison,
    Contrast,
    Standing,
    Trend,
    Version,
    changed,
    contrasts,
    plan_of,
    standing,
)
from kcheck.findings import Explanation
from kcheck.report.arches import escaped, why
from kcheck.report.changes import change_lines, change_object
from kcheck.report.diff import FEW, headline, listed, sides, subject_of, unchanged
from kcheck.report.json import SCHEMA, document_text
from kcheck.report.layout import Line, as_text
from kcheck.survey import Row, Unanswered


def diff_markdown(found: Comparison, about: str, show_all: bool, notes: Sequence[str]) -> str:
    """A part for each symbol: the verdicts as a table, the changes as a diff."""
    parts: list[str] = []
    for number, symbol in enumerate(found.symbols):
        pairs = contrasts(found, number)
        parts += [f"**{escaped(symbol)}**: {escaped(headline(pairs))}", ""]
        parts += [f"{escaped(subject_of(found))}, {escaped(about)}", ""]
        parts += _table(pairs)
        if unchanged(pairs):
            parts += [f"The same as before: {unchanged(pairs)}.", ""]
        parts += _changes(symbol, changed(found, number), show_all)
    parts += [f"- {escaped(note)}" for note in notes]
    return as_text(parts)


def _table(pairs: Sequence[Contrast]) -> list[str]:
    told = listed(pairs)
    if not told:
        return []
    rows = ["| architecture | | verdict | lines | why |", "|---|---|---|--:|---|"]
    for pair in told:
        for name, word, side in zip((pair.arch, ""), ("before", "after"), sides(pair), strict=True):
            cells = (name, word, side.verdict, side.lines, side.why)
            rows.append(f"| {' | '.join(map(escaped, cells))} |")
    return [*rows, ""]


def _changes(symbol: str, found: Changed, show_all: bool) -> list[str]:
    is_short = show_all or len(found.far) <= FEW
    lines = change_lines(found.near + (found.far if is_short else ()))
    said: list[str] = []
    if lines:
        said += [f"Changed in what {escaped(symbol)} hangs on:", ""]
        said += ["```diff", *map(_diff_line, lines), "```", ""]
    if not is_short:
        symbols = len({each.change.symbol for each in found.far})
        said += [f"and {symbols} other symbols of the {found.hangs_on} that it hangs on.", ""]
    return said or [f"Nothing changed in the {found.hangs_on} symbols that it hangs on.", ""]


def _diff_line(line: Line) -> str:
    """A line of a diff begins with its sign; the symbol above it has none."""
    text = "   ".join(part for part in (line.text, line.place, line.cost) if part)
    return (text if line.level else f"  {text}").replace("`", "'")


def diff_json(found: Comparison, notes: Sequence[str]) -> str:
    """The document, indented, with a newline at the end; see docs/diff.schema.json."""
    before, after = found.versions
    return document_text(
        {
            "schema": SCHEMA,
            "before": _version(before),
            "after": _version(after),
            "symbols": [
                _symbol(found, number, symbol) for number, symbol in enumerate(found.symbols)
            ],
            "unanswered": [
                {"tree": side, "arch": row.arch, "message": row.message}
                for course in found.courses
                for side, row in zip(("before", "after"), course.rows, strict=True)
                if isinstance(row, Unanswered)
            ],
            "notes": list(notes),
        }
    )


def _version(version: Version) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": version.version,
        "commit": version.commit or None,
        "source": version.source,
    }


def _symbol(found: Comparison, number: int, symbol: str) -> dict[str, Any]:
    pairs = contrasts(found, number)
    what = changed(found, number)
    return {
        "symbol": symbol,
        "worse": any(each.trend is Trend.WORSE for each in pairs),
        "rows": [_row(each) for each in pairs],
        "near": [change_object(each) for each in what.near],
        "far": [change_object(each) for each in what.far],
        "hangs_on": what.hangs_on,
    }


def _row(pair: Contrast) -> dict[str, Any]:
    before, after = pair.explanations()
    return {
        "arch": pair.arch,
        "trend": pair.trend.value,
        "before": _side(pair.before, before),
        "after": _side(pair.after, after),
    }


def _side(row: Row | Unanswered | None, found: Explanation | None) -> dict[str, Any] | None:
    if found is None or not isinstance(row, Row):
        return None
    plan = plan_of(found)
    return {
        "value": found.value,
        "defined": standing(found) is not Standing.UNDEFINED,
        "verdict": found.verdict.value,
        "lines": None if plan is None else list(plan.lines),
        "lost": [] if plan is None else [each.symbol for each in plan.lost],
        "why": why(found),
        "foreign_compiler": row.is_foreign,
        "compiler": row.target.compiler,
        "config": row.config,
    }
