"""A check as text for a terminal: the findings first, then the lines that mend them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from kcheck.checking import Checked, CheckReport, Status
from kcheck.printable import legible
from kcheck.report.check.context import Context
from kcheck.report.check.helps import (
    Tally,
    applied,
    clash_said,
    common_notes,
    counted,
    fix_label,
    given_up,
    judged_by,
    notes_of,
    unread_said,
)
from kcheck.report.check.places import printable
from kcheck.report.check.worded import SEVERITY, Finding, findings
from kcheck.report.layout import WIDTH, Line, labelled, laid_out, wrapped

NAME = "text"

Section = tuple[str, list[str], str]
"""A label, words, and what parts them."""


def render(report: CheckReport, context: Context) -> Iterator[str]:
    """A block for each config with findings, a line for each other one, the counts at the end."""
    # What ends with a blank row is parted already from what follows.
    is_apart = True
    for rows in _parts(report, context):
        if rows == _GAP and is_apart:
            continue
        if rows:
            is_apart = rows[-1] == ""
            yield "\n".join(map(_inert, rows)) + "\n"


_GAP = [""]


def _parts(report: CheckReport, context: Context) -> Iterator[list[str]]:
    """Rows that go together; a gap is one blank row at most."""
    # All texts of every config made legible only for their notes would be half of the work.
    shared = common_notes(tuple(map(legible, notes_of(each))) for each in report.configs)
    is_one = len(report.configs) == 1
    tally = Tally()
    for checked in tally.through(map(printable, report.configs)):
        block = _block(checked, context.show_all, shared)
        if is_one:
            yield block
        elif _is_brief(checked, context.show_all):
            yield [_passes(checked), *_notes(checked, shared)]
        else:
            yield _GAP
            yield [f"{checked.config}   {counted(checked.results)}", *block, ""]
    if shared:
        yield _GAP
        yield _sections([("note", note.split(), " ") for note in shared])
    if report.unread:
        yield _GAP
        for each in map(printable, report.unread):
            yield _row(f"error: {unread_said(each)}")
    if not is_one or report.unread:
        yield _GAP
    yield _row(tally.total(len(report.unread)))


def _inert(row: str) -> str:
    """A row that the runner of a CI job does not take for a command; lines to copy stay whole."""
    if "CONFIG_" in row:
        return row
    return re.sub(r"^(\s*):(?=:)", r"\1: ", row).replace("##[", "## [")


def _is_brief(checked: Checked, show_all: bool) -> bool:
    return not show_all and not any(each.status in SEVERITY for each in checked.results)


def _passes(checked: Checked) -> str:
    said = f"{checked.config}   {counted(checked.results)}"
    whole = f"{said}   by {'  '.join(judged_by(checked))}"
    return whole if len(whole) <= WIDTH else said


def _notes(checked: Checked, shared: Collection[str]) -> list[str]:
    own = [each for each in notes_of(checked) if each not in shared]
    return _sections([("note", note.split(), " ") for note in own])


def _block(checked: Checked, show_all: bool, shared: Collection[str]) -> list[str]:
    rows: list[str] = []
    for finding in findings(checked):
        rows += _finding(finding, show_all, has_lines=bool(checked.repair and checked.repair.lines))
    if show_all:
        rows += _others(checked)
    return rows + _sections(_below(checked, shared))


def _finding(finding: Finding, show_all: bool, has_lines: bool) -> list[str]:
    rows = _row(f"{SEVERITY[finding.status]}[{finding.rule.id}]: {finding.headline}")
    where = str(finding.location or finding.config)
    rows += _row(f"--> {where}   {finding.cause}".rstrip(), 2)
    sections: list[Section] = [
        ("also", each.removeprefix("also ").split(), " ") for each in finding.others
    ]
    waiver = finding.waiver
    if waiver is not None and not waiver.expired:
        said = f"until {waiver.until}: {waiver.reason} ({waiver.location})"
        sections.append(("waived", said.split(), " "))
    if show_all and finding.rule.reason:
        source = f" ({finding.rule.source})" if finding.rule.source else ""
        sections.append(("why", f"{finding.rule.reason}{source}".split(), " "))
    if finding.rule.advice and (show_all or not has_lines) and finding.status is not Status.WAIVED:
        sections.append(("do", finding.rule.advice.split(), " "))
    return rows + _sections(sections)


def _others(checked: Checked) -> list[str]:
    rows: list[str] = []
    for each in checked.results:
        if each.status is Status.PASS:
            rows += _row(f"passed[{each.rule.id}]: {each.rule.asks}")
        elif each.status is Status.NOT_APPLICABLE:
            rows += _row(f"not applicable[{each.rule.id}]: {each.not_because}")
    return rows


def _below(checked: Checked, shared: Collection[str]) -> list[Section]:
    """What mends the findings, what the config was judged by, and what that rests on."""
    sections: list[Section] = []
    repair = checked.repair
    if repair is not None and repair.lines:
        sections += [(fix_label(repair), list(repair.lines), "\n")]
        sections += [("", applied(repair).split(), " ")]
    if repair is not None and repair.lost:
        sections.append(("gives up", list(given_up(repair)), ", "))
    for clash in () if repair is None else repair.clashes:
        said = clash_said(clash)
        sections.append(("clash", said.text.split(), " "))
        sections += [("", f"  {line}".split(" "), " ") for line in said.lines]
    sections.append(("judged by", list(judged_by(checked)), "  "))
    own = [each for each in notes_of(checked) if each not in shared]
    return sections + [("note", note.split(), " ") for note in own]


def _sections(sections: Sequence[Section]) -> list[str]:
    width = max((len(label) for label, _, _ in sections), default=0)
    rows: list[str] = []
    for label, words, separator in sections:
        if separator == "\n" or any("CONFIG_" in word for word in words):
            # To be copied, and so never broken.
            texts = words if separator == "\n" else [separator.join(words)]
        else:
            texts = wrapped(words, separator, WIDTH - width - 4)
        rows += labelled(label, texts, width)
    return rows


def _row(text: str, indent: int = 0) -> list[str]:
    if "CONFIG_" in text:
        return [" " * indent + text]
    return laid_out(Line(text), indent)
