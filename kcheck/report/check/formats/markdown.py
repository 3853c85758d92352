"""A check as Markdown for a comment on a change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kcheck.checking import Checked, CheckReport, Repair, Status
from kcheck.report.check.context import Context
from kcheck.report.check.helps import (
    Tally,
    applied,
    clash_said,
    common_notes,
    counted,
    given_up,
    judged_by,
    notes_of,
    unread_said,
)
from kcheck.report.check.places import published, published_unread
from kcheck.report.check.worded import SEVERITY, Finding, findings

NAME = "markdown"
_COMMENT = 65_000
"""So many bytes of a comment are taken, by GitHub less than by GitLab."""
_CHUNK = 50
"""Rows of one table, so that a part of a long one can be left out."""
_MARKS = re.compile(r"([\\`*_\[\]<>|~&$!])")
_CALLING = re.compile("[@#](?=\\w)")
"""What makes a mention or a reference of a word; done after all marks, so a backslash before
it would not help, but a space without width does.
"""


def render(report: CheckReport, context: Context) -> Iterator[str]:
    """A table of findings for each config that has any, the lines that mend them, and notes."""
    yield document(report, context, _COMMENT)


def document(report: CheckReport, context: Context, limit: int) -> str:
    """As much as goes into so many bytes, in whole tables and blocks."""
    return _within(_parts(report, context), limit)


def _parts(report: CheckReport, context: Context) -> Iterator[str]:
    tally = Tally()
    counted_configs = tally.through(report.configs)
    shared = common_notes(notes_of(published(each, context)) for each in counted_configs)
    yield f"**kcheck**: {marked(tally.total(len(report.unread)))}"
    for each in published_unread(report, context):
        yield f"- {marked(unread_said(each))}"
    passing: list[str] = []
    for checked in (published(each, context) for each in report.configs):
        own = [each for each in notes_of(checked) if each not in shared]
        if context.show_all or own or any(each.status in SEVERITY for each in checked.results):
            yield from _config(checked, own, context.show_all)
        else:
            passing.append(checked.config)
    if passing:
        yield f"Without findings: {', '.join(map(marked, passing))}"
    if shared:
        yield "\n".join(f"- {marked(note)}" for note in shared)


def marked(text: str) -> str:
    """A text in which Markdown sees no marks, and that calls nobody."""
    return _CALLING.sub(lambda found: f"{found[0]}&#8203;", _MARKS.sub(r"\\\1", text))


def _config(checked: Checked, notes: Sequence[str], show_all: bool) -> list[str]:
    found = findings(checked)
    about = marked("  ".join(judged_by(checked)))
    parts = [f"**{marked(checked.config)}**: {marked(counted(checked.results))}, judged by {about}"]
    for start in range(0, len(found), _CHUNK):
        parts.append(_table(found[start : start + _CHUNK]))
    if checked.repair is not None:
        parts += _repair(checked.repair)
    said = [_waived(each) for each in found if each.waiver and not each.waiver.expired]
    if show_all:
        said += [
            f"passed: {marked(each.rule.id)}: {marked(each.rule.asks)}"
            if each.status is Status.PASS
            else f"not applicable: {marked(each.rule.id)}: {marked(each.not_because)}"
            for each in checked.results
            if each.status not in SEVERITY
        ]
    said += map(marked, notes)
    return [*parts, "\n".join(f"- {each}" for each in said)] if said else parts


def _table(found: Sequence[Finding]) -> str:
    rows = ["| | rule | finding | where |", "|---|---|---|---|"]
    for each in found:
        where = str(each.location or each.config)
        cells = (SEVERITY[each.status], each.rule.id, each.sentence, where)
        rows.append(f"| {' | '.join(map(marked, cells))} |")
    return "\n".join(rows)


def _repair(repair: Repair) -> list[str]:
    parts: list[str] = []
    if repair.lines:
        proved = "proved minimal" if repair.proved_minimal else "not proved minimal"
        parts.append(f"Lines to add ({proved}): {marked(applied(repair))}.")
        parts.append(_fenced(repair.lines))
    if repair.lost:
        parts.append(f"This gives up {', '.join(map(marked, given_up(repair)))}.")
    for clash in repair.clashes:
        said = clash_said(clash)
        below = "".join(f"\n  - {marked(line)}" for line in said.lines)
        parts.append(f"- {marked(said.text)}{below}")
    return parts


def _fenced(lines: Sequence[str]) -> str:
    """A block that no line of it can end."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([fence, *lines, fence])


def _waived(finding: Finding) -> str:
    waiver = finding.waiver
    assert waiver is not None
    until = f"{marked(finding.rule.id)} is waived until {waiver.until}"
    return f"{until}: {marked(waiver.reason)}"


def _within(parts: Iterator[str], limit: int) -> str:
    left_out = "{} more parts are left out, for want of room"
    room = limit - len(left_out) - 20
    kept: list[str] = []
    for part in parts:
        room -= len(part.encode()) + 2
        if room < 0:
            kept.append(left_out.format(1 + sum(1 for _ in parts)))
            break
        kept.append(part)
    return "\n\n".join(kept) + "\n"
