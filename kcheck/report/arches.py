"""One question over all architectures, as tables for a terminal or a page, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from kcheck.comparison import plan_of
from kcheck.findings import (
    AllOf,
    Costly,
    Explanation,
    NeedsToolchain,
    NotSelected,
    Off,
    OneOf,
    Plan,
    Reachable,
    Reason,
    Unmet,
    Unreachable,
    Verdict,
)
from kcheck.report.chain import asked, chain_lines
from kcheck.report.json import SCHEMA, document_text, target_object
from kcheck.report.layout import WIDTH, as_many_as_fit, as_text, labelled, with_notes, wrapped
from kcheck.survey import Row, Survey

_WORDS = {
    Verdict.ENABLED: "enabled",
    Verdict.REACHABLE: "can",
    Verdict.CONFLICT: "conflict",
    Verdict.BLOCKED: "toolchain",
    Verdict.IMPOSSIBLE: "impossible",
}
"""Short for a column; in the order of the table."""
_COUNTED = {
    **_WORDS,
    Verdict.REACHABLE: "can be enabled",
    Verdict.BLOCKED: "blocked by the toolchain",
}
_HEADS = ("ARCH", "VERDICT", "LINES", "WHY")
_NAMES = 60
"""Letters for a list of symbols, which then says how many more there are."""


class Cells(msgspec.Struct, frozen=True):
    """One line of a table; `lines` empty where there is no plan."""

    arch: str
    verdict: str
    lines: str
    why: str


class Table(msgspec.Struct, frozen=True):
    """What is said of one symbol; `not_defined` are sub-architectures that do not have it."""

    symbol: str
    cells: tuple[Cells, ...]
    not_defined: tuple[str, ...]
    counts: str


def arches_text(found: Survey, about: str, assumptions: Sequence[str]) -> str:
    """The tables, one a symbol, then what all of them rest on."""
    parts: list[str] = []
    for table in tables(found):
        parts += wrapped(f"{table.symbol}   {table.counts}".split(" "), " ", WIDTH)
        parts += [f"  linux {_version(found)}  {about}", *_rows(table.cells)]
        if table.not_defined:
            listed = wrapped(table.not_defined, ", ", WIDTH - 17)
            parts += labelled("not defined", listed, 11)
        parts.append("")
    return with_notes(parts, _notes(found, assumptions))


def _version(found: Survey) -> str:
    return f"{found.version} (snapshot)" if found.is_snapshot else found.version


def _rows(cells: Sequence[Cells]) -> list[str]:
    if not cells:
        return []
    all_rows = [Cells(*_HEADS), *cells]
    arch, verdict, lines = (
        max(len(getattr(each, name)) for each in all_rows) for name in ("arch", "verdict", "lines")
    )
    before = 2 + arch + 2 + verdict + 2 + lines + 2
    rows: list[str] = []
    for each in all_rows:
        head = f"  {each.arch:<{arch}}  {each.verdict:<{verdict}}  {each.lines or '-':>{lines}}  "
        why = wrapped(each.why.split(" "), " ", WIDTH - before)
        rows += [(head + why[0]).rstrip(), *(" " * before + more for more in why[1:])]
    return rows


def arches_markdown(found: Survey, about: str, assumptions: Sequence[str]) -> str:
    """The same as a page's tables."""
    parts: list[str] = []
    for table in tables(found):
        parts += [
            f"**{table.symbol}**: {table.counts}",
            "",
            f"linux {_version(found)}, {about}",
            "",
        ]
        if table.cells:
            parts += ["| architecture | verdict | lines | why |", "|---|---|--:|---|"]
            for each in table.cells:
                why = escaped(each.why)
                parts.append(f"| {each.arch} | {escaped(each.verdict)} | {each.lines} | {why} |")
            parts.append("")
        if table.not_defined:
            parts += [f"Not defined: {', '.join(table.not_defined)}.", ""]
    parts += [f"- {escaped(note)}" for note in _notes(found, assumptions)]
    return as_text(parts)


def escaped(text: str) -> str:
    """A text in which Markdown sees no marks."""
    for character in "\\|*_<>":
        text = text.replace(character, f"\\{character}")
    return text


def arches_json(found: Survey, assumptions: Sequence[str]) -> str:
    """The document, indented, with a newline at the end; see docs/arches.schema.json."""
    return document_text(
        {
            "schema": SCHEMA,
            "version": found.version,
            "source": found.source,
            "rows": [
                _row_object(row, explanation)
                for row in found.rows
                for explanation in row.explanations
            ],
            "unanswered": [msgspec.to_builtins(each) for each in found.unanswered],
            "assumptions": list(assumptions),
        }
    )


def _row_object(row: Row, found: Explanation) -> dict[str, Any]:
    plan = plan_of(found)
    return {
        "arch": row.arch,
        "symbol": found.symbol,
        "value": found.value,
        "defined": bool(found.definitions),
        "verdict": found.verdict.value,
        "lines": None if plan is None else list(plan.lines),
        "lost": [] if plan is None else [each.symbol for each in plan.lost],
        "why": why(found),
        "foreign_compiler": row.is_foreign,
        "target": target_object(row.target, row.config),
        "notes": list(row.notes),
    }


def tables(found: Survey) -> tuple[Table, ...]:
    """What the survey says, a table a symbol, the best verdicts first."""
    order = list(_WORDS)
    made: list[Table] = []
    for number, symbol in enumerate(_symbols(found)):
        pairs = [(row, row.explanations[number]) for row in found.rows]
        here = [pair for pair in pairs if pair[1].definitions]
        here.sort(key=lambda pair: order.index(pair[1].verdict))
        missing = tuple(row.arch for row, each in pairs if not each.definitions)
        counts = [
            f"{_COUNTED[verdict]} on {sum(each.verdict is verdict for _, each in here)}"
            for verdict in order
            if any(each.verdict is verdict for _, each in here)
        ]
        if missing:
            counts.append(f"not defined on {len(missing)}")
        cells = tuple(_cells(row, each) for row, each in here)
        made.append(Table(symbol, cells, missing, ", ".join(counts)))
    return tuple(made)


def _symbols(found: Survey) -> tuple[str, ...]:
    return tuple(each.symbol for each in found.rows[0].explanations) if found.rows else ()


def _cells(row: Row, found: Explanation) -> Cells:
    mark = " *" if row.is_foreign else ""
    plan = plan_of(found)
    lines = "" if plan is None else str(len(plan.lines))
    return Cells(row.arch, _WORDS[found.verdict] + mark, lines, why(found))


def why(found: Explanation) -> str:
    """The first cause in a few words: where it is set, what else has to be, what is in the way."""
    match found.solution:
        case Reachable(plan):
            others = [name for name in map(_set_by, plan.lines) if name != found.symbol]
            return as_many_as_fit(others, _NAMES) if others else "not set, nothing else needed"
        case Costly(plan):
            return _gives_up(plan)
        case NeedsToolchain((first, *_), plan):
            question = " ".join(asked(first.macro, first.answer, first.source))
            return f"{question}; even then {_gives_up(plan)}" if plan.lost else question
        case Unreachable(proof) if proof.core and not found.reasons:
            return f"{proof.core[0].symbol}: {proof.core[0].text}"
    if found.origins:
        first_origin = found.origins[0]
        how = "" if first_origin.how == "set at" else f"{first_origin.how} "
        by = f"{first_origin.detail} " if first_origin.how == "selected by" else ""
        return f"{how}{by}{first_origin.place}"
    return first_cause(found.reasons[0]) if found.reasons else "never written to a .config"


def _gives_up(plan: Plan) -> str:
    return f"gives up {as_many_as_fit([each.symbol for each in plan.lost], _NAMES)}"


def _set_by(line: str) -> str:
    return line.removeprefix("# ").removeprefix("CONFIG_").split("=")[0].split(" ")[0]


def first_cause(reason: Reason) -> str:
    """Where the cheapest chain below a reason ends, in one line."""
    match reason:
        case AllOf((first, *_)) | OneOf((first, *_)):
            return first_cause(first)
        case Unmet(children=(first, *_)) | Off(prompt=True, children=(first, *_)):
            return first_cause(first)
        case Off(symbol, children=(NotSelected() as pull, *_)):
            return f"{symbol}: {_said(msgspec.structs.replace(pull, children=()))}"
        case Off(symbol, children=(AllOf(children=(first, *_)) | OneOf(arms=(first, *_)), *_)):
            return f"{symbol}: {first_cause(first)}"
        case _:
            return _said(reason)


def _said(reason: Reason) -> str:
    return chain_lines((reason,))[0].text


def _notes(found: Survey, assumptions: Sequence[str]) -> list[str]:
    notes = [f"{each.arch}: {each.message}" for each in found.unanswered]
    notes += [f"{row.arch}: {note}" for row in found.rows for note in row.notes]
    if any(row.is_foreign and each.definitions for row in found.rows for each in row.explanations):
        notes.append(
            "* rests on what this machine's own compiler answered, for want of one for that machine"
        )
    return [*notes, *assumptions]
