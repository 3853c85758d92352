"""A symbol over kernel versions: what each architecture says from when to when, and what
changed in the dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

import msgspec

from kcheck.comparison import (
    Comparison,
    Course,
    Standing,
    Version,
    changed,
    plan_of,
    standing,
)
from kcheck.findings import Explanation
from kcheck.report.arches import why
from kcheck.report.changes import change_lines, change_object
from kcheck.report.diff import WORDS
from kcheck.report.json import SCHEMA, document_text
from kcheck.report.layout import WIDTH, Line, aligned, labelled, laid_out, with_notes, wrapped
from kcheck.survey import Row, Unanswered

_HEADS = ("ARCH", "FROM", "TO", "VERDICT", "LINES", "WHY")
_NOT_ASKED = "not asked"


class Span(msgspec.Struct, frozen=True):
    """Versions, one behind the other, in which an architecture says the same.

    `why` is what the last of them says; `lines` is empty without a plan.
    """

    arch: str
    first: str
    last: str
    verdict: str
    lines: str
    why: str


def history_text(found: Comparison, about: str, notes: Sequence[str]) -> str:
    """A part for each symbol, then what all of them rest on."""
    parts: list[str] = []
    for number, symbol in enumerate(found.symbols):
        parts += wrapped(f"{symbol}   {headline(found, number)}".split(" "), " ", WIDTH)
        first, last = found.versions[0], found.versions[-1]
        subject = f"linux {first.version} to {last.version}, {_counted(found.versions)}   {about}"
        parts += [f"  {row}" for row in wrapped(subject.split(" "), " ", WIDTH - 2)]
        parts += _table(found, number)
        parts += _steps(found, number)
        parts.append("")
    return with_notes(parts, notes)


def _counted(versions: Sequence[Version]) -> str:
    count, snapshots = len(versions), sum(each.is_snapshot for each in versions)
    if snapshots in (0, count):
        return f"{count} {'snapshots' if snapshots else 'versions'}"
    return f"{count} versions ({snapshots} by snapshot)"


def headline(found: Comparison, number: int) -> str:
    """Since when each architecture has had a way to it, in the order of their coming."""
    coming: dict[str, list[str]] = {}
    gone: list[str] = []
    for course in found.courses:
        reached = [
            version.name
            for version, row in zip(found.versions, course.rows, strict=True)
            if _standing(row, number) >= Standing.BLOCKED
        ]
        if reached:
            coming.setdefault(reached[0], []).append(course.arch)
            if _standing(course.rows[-1], number) < Standing.BLOCKED:
                gone.append(f"{course.arch} to {reached[-1]}")
    if not coming:
        return "on no architecture in any of these versions"
    names = [version.name for version in found.versions if version.name in coming]
    said = "; ".join(f"{', '.join(coming[name])} since {name}" for name in names)
    return f"{said}{'; ' if gone else ''}{', '.join(gone)}"


def spans(found: Comparison, number: int) -> Iterator[tuple[Course, list[Span]]]:
    """What each architecture says, from version to version; those that never say more than
    that it is not defined are left out."""
    for course in found.courses:
        if all(_standing(row, number) is Standing.UNDEFINED for row in course.rows):
            continue
        told = [
            (version, _said(row, number))
            for version, row in zip(found.versions, course.rows, strict=True)
        ]
        made: list[Span] = []
        for (verdict, lines, _), group in groupby(told, lambda each: each[1]):
            versions = [version for version, _ in group]
            rows = [course.rows[found.versions.index(each)] for each in versions]
            if any(isinstance(row, Row) and row.is_foreign for row in rows):
                verdict += " *" if verdict != WORDS[Standing.UNDEFINED] else ""
            cause = _why(course.rows[found.versions.index(versions[-1])], number)
            first, last = versions[0].name, versions[-1].name
            made.append(Span(course.arch, first, last, verdict, lines, cause))
        yield course, made


def never_defined(found: Comparison, number: int) -> list[str]:
    """The architectures on which no version defines the symbol."""
    return [
        course.arch
        for course in found.courses
        if all(_standing(row, number) is Standing.UNDEFINED for row in course.rows)
    ]


def _explanation(row: Row | Unanswered | None, number: int) -> Explanation | None:
    return row.explanations[number] if isinstance(row, Row) else None


def _standing(row: Row | Unanswered | None, number: int) -> Standing:
    return standing(_explanation(row, number))


def _said(row: Row | Unanswered | None, number: int) -> tuple[str, str, bool]:
    """What has to be the same for two versions to share a line."""
    if isinstance(row, Unanswered):
        return _NOT_ASKED, "", False
    told = _explanation(row, number)
    plan = plan_of(told)
    return WORDS[standing(told)], "" if plan is None else str(len(plan.lines)), row is None


def _why(row: Row | Unanswered | None, number: int) -> str:
    if isinstance(row, Unanswered):
        return row.message
    told = _explanation(row, number)
    if told is None:
        return "no such architecture"
    return why(told) if told.definitions else ""


def _table(found: Comparison, number: int) -> list[str]:
    rows: list[tuple[str, ...]] = [_HEADS]
    for course, made in spans(found, number):
        for place, span in enumerate(made):
            name = "" if place else course.arch
            last = "" if span.last == span.first else span.last
            rows.append((name, span.first, last, span.verdict, span.lines or "-", span.why))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    room = WIDTH - 2 - sum(widths) - 10
    lines: list[str] = []
    for row in rows if len(rows) > 1 else ():
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:4], widths, strict=False)]
        head = f"  {'  '.join(cells)}  {row[4]:>{widths[4]}}  "
        first, *more = wrapped(row[5].split(" "), " ", room)
        lines += [(head + first).rstrip(), *(" " * len(head) + each for each in more)]
    never = never_defined(found, number)
    if never:
        lines += labelled("not defined", wrapped(never, ", ", WIDTH - 17), 11)
    return lines


def _steps(found: Comparison, number: int) -> list[str]:
    """What changed about the symbol and its own dependencies, from version to version."""
    lines = _beginning(found, number)
    lines.append(f"  changed in {found.symbols[number]} and its own dependencies")
    count = len(lines)
    for step, (before, after) in enumerate(_pairs(found.versions)):
        near = changed(found, number, step).near
        if near:
            lines.append(f"    {before.name} -> {after.name}")
            lines += [row for line in aligned(change_lines(near, 3)) for row in laid_out(line)]
    if len(lines) == count:
        lines[-1] = lines[-1].replace("changed", "nothing changed")
    return lines


def _beginning(found: Comparison, number: int) -> list[str]:
    """What the symbol depends on in the first version that has it."""
    for place, version in enumerate(found.versions):
        for course in found.courses:
            told = _explanation(course.rows[place], number)
            if told is not None and told.conditions:
                rows = [f"  {told.symbol} in {version.name} ({course.arch})"]
                lines = [
                    Line(f"{each.what} {each.text}", 2, str(each.location))
                    for each in told.conditions
                ]
                return rows + [row for line in aligned(lines) for row in laid_out(line)]
    return []


def _pairs(versions: Sequence[Version]) -> Iterator[tuple[Version, Version]]:
    return pairwise(versions)


def history_json(found: Comparison, notes: Sequence[str]) -> str:
    """The document, indented, with a newline at the end; see docs/history.schema.json."""
    return document_text(
        {
            "schema": SCHEMA,
            "versions": [_version_object(each) for each in found.versions],
            "symbols": [
                {
                    "symbol": symbol,
                    "courses": [
                        {
                            "arch": course.arch,
                            "rows": [
                                _row_object(version, row, number)
                                for version, row in zip(found.versions, course.rows, strict=True)
                            ],
                        }
                        for course in found.courses
                    ],
                    "steps": [
                        {
                            "before": before.name,
                            "after": after.name,
                            "changes": [
                                change_object(each) for each in changed(found, number, step).near
                            ],
                        }
                        for step, (before, after) in enumerate(_pairs(found.versions))
                    ],
                }
                for number, symbol in enumerate(found.symbols)
            ],
            "notes": list(notes),
        }
    )


def _version_object(version: Version) -> dict[str, str]:
    return {
        "name": version.name,
        "version": version.version,
        "source": version.source,
        "commit": version.commit,
    }


def _row_object(version: Version, row: Row | Unanswered | None, number: int) -> dict[str, Any]:
    told = _explanation(row, number)
    plan = plan_of(told)
    is_defined = told is not None and bool(told.definitions)
    return {
        "version": version.name,
        "answered": not isinstance(row, Unanswered),
        "defined": is_defined,
        "verdict": told.verdict.value if told is not None and is_defined else None,
        "value": told.value if told is not None and is_defined else None,
        "lines": None if plan is None else list(plan.lines),
        "why": _why(row, number),
        "foreign_compiler": isinstance(row, Row) and row.is_foreign,
    }
