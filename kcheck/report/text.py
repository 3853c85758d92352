"""An explanation as text for a terminal: the verdict first, then the chain of causes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kcheck.dotconfig import quoted
from kcheck.findings import (
    Costly,
    Explanation,
    NeedsToolchain,
    NotDefinedHere,
    Reachable,
    Verdict,
    WhyOn,
)
from kcheck.model import SymbolType
from kcheck.report.chain import chain_lines, cut, places
from kcheck.report.layout import WIDTH, Line, as_many_as_fit, as_text, labelled, laid_out, wrapped
from kcheck.report.plan import Section, Wanted, solution_sections

_NARROW = 4
_WIDE = 8
"""The labels' width: of a report on what is off, and of one on what is on."""
_ORIGINS_SHOWN = 4
_TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)


class Subject(msgspec.Struct, frozen=True):
    """What was asked about, as the second line of a report says it."""

    version: str
    arch: str
    compiler: str
    config: str


def explanation_text(
    found: Explanation,
    subject: Subject,
    show_all: bool,
    effects: bool = False,
    proof: bool = False,
) -> str:
    """The report, lines separated by newlines, with one at the end."""
    on = found.verdict is Verdict.ENABLED
    width = _WIDE if on else _NARROW
    sections = _on(found) if on else _off(found)
    sections += _conditions(found, show_all)
    if found.solution is not None:
        # Without a chain of reasons the proof is the reason.
        all_lines = proof or show_all or not found.reasons
        wanted = Wanted(effects, all_lines, WIDTH - width - 4)
        goal = f"{found.symbol} is on" if found.type in _TRISTATES else f"{found.symbol} shows"
        sections += solution_sections(found.solution, goal, wanted)
    for assumption in found.assumptions:
        sections.append(("note", _prose(assumption.split(), " ", width)))
    sections += _next(found)
    lines = [_headline(found, subject), f"  {subject_line(subject)}"]
    for label, body in sections:
        rows = [row[width + 4 :] for line in body for row in laid_out(line, width + 4)]
        lines += labelled(label, rows, width)
    return as_text(lines)


def why_on_text(found: WhyOn, subject: Subject, effects: bool, proof: bool) -> str:
    """What keeps a symbol on, and the lines that turn it off."""
    lines = [f"{found.symbol} = {found.value}   {_kept(found)}", f"  {subject_line(subject)}"]
    sections: list[Section] = [
        (_LABELS.get(origin.how, origin.how), [_with_place(origin.detail, origin.place)])
        for origin in found.kept_by
    ]
    if found.definitions:
        sections.append(("defined", [Line(places(found.definitions))]))
    if found.solution is not None:
        wanted = Wanted(effects, proof, WIDTH - _WIDE - 4)
        sections += solution_sections(found.solution, f"{found.symbol} is off", wanted)
    for label, body in sections:
        rows = [row[_WIDE + 4 :] for line in body for row in laid_out(line, _WIDE + 4)]
        lines += labelled(label, rows, _WIDE)
    return as_text(lines)


_LABELS = {"selected by": "selected", "implied by": "implied"}


def _kept(found: WhyOn) -> str:
    if not found.is_logical:
        return "neither on nor off; kcheck explain says where its value comes from"
    match found.solution:
        case None:
            return "nothing keeps it on"
        case Reachable(plan):
            return f"can be turned off: {len(plan.lines)} line{'' if len(plan.lines) == 1 else 's'}"
        case Costly(plan):
            lost = as_many_as_fit([each.symbol for each in plan.lost], WIDTH - 32)
            return f"turning it off gives up {lost}"
        case NeedsToolchain():
            return "kept on by what the toolchain answered"
        case _:
            return "nothing turns it off"


def _headline(found: Explanation, subject: Subject) -> str:
    if found.verdict is Verdict.ENABLED:
        value = quoted(found.value) if found.type is SymbolType.STRING else found.value
        return f"{found.symbol} = {value}   enabled"
    if found.verdict is Verdict.IMPOSSIBLE and not found.definitions:
        return f"{found.symbol}   not defined for {subject.arch}"
    is_number = found.type not in _TRISTATES
    shown = f"{found.symbol} has no value" if is_number else f"{found.symbol} = n"
    return f"{shown}   {_short_verdict(found, subject)}"


def _short_verdict(found: Explanation, subject: Subject) -> str:
    if found.verdict is Verdict.BLOCKED:
        return "blocked by the toolchain"
    if found.verdict is Verdict.IMPOSSIBLE:
        return f"impossible on {subject.arch}"
    match found.solution:
        case Costly(plan):
            lost = [each.symbol for each in plan.lost]
            room = WIDTH - len(found.symbol) - 29
            return f"conflict: gives up {as_many_as_fit(lost, room)}"
        case Reachable(plan):
            count = len(plan.lines)
            return f"can be enabled: {count} line{'' if count == 1 else 's'}"
        case _:
            return "off"


def subject_line(subject: Subject) -> str:
    parts = (f"linux {subject.version}", subject.arch, subject.compiler, subject.config)
    return "  ".join(part for part in parts if part)


def _on(found: Explanation) -> list[Section]:
    sections: list[Section] = []
    for origin in found.origins[:_ORIGINS_SHOWN]:
        label = _LABELS.get(origin.how, origin.how)
        sections.append((label, [_with_place(origin.detail, origin.place)]))
    if len(found.origins) > _ORIGINS_SHOWN:
        sections.append(("", [Line(f"and {len(found.origins) - _ORIGINS_SHOWN} more")]))
    unmet = [each for each in found.conditions if not each.holds]
    for each in unmet:
        despite = f"{each.what} {cut(each.text)} = n"
        sections.append(("despite", [_with_place(despite, str(each.location))]))
    sections.append(("defined", [Line(places(found.definitions))]))
    if found.rests_on:
        sections.append(("rests on", _prose(found.rests_on, ", ", _WIDE)))
    return sections


def _prose(words: Sequence[str], separator: str, label_width: int) -> list[Line]:
    return [Line(row) for row in wrapped(words, separator, WIDTH - label_width - 4)]


def _with_place(text: str, place: str) -> Line:
    return Line(text, place=place) if text else Line(place)


def _off(found: Explanation) -> list[Section]:
    match found.reasons:
        case (NotDefinedHere() as reason,) if not found.definitions:
            return [("why", _not_defined(reason))]
        case (_, _, *_):
            head = [Line("needs all of")]
            rest = [
                msgspec.structs.replace(line, level=line.level + 1)
                for line in chain_lines(found.reasons)
            ]
            return [("why", head + rest)]
        case _:
            return [("why", chain_lines(found.reasons))]


def _not_defined(reason: NotDefinedHere) -> list[Line]:
    if not reason.elsewhere:
        return [Line(f"no Kconfig file of this tree defines {reason.symbol}")]
    lines = [Line(f"defined in {places(reason.elsewhere)}, which is not read here")]
    if reason.read_by:
        lines.append(Line(f"read by {', '.join(reason.read_by)} only"))
    return [*lines, Line("no config or compiler changes this")]


def _conditions(found: Explanation, show_all: bool) -> list[Section]:
    """What holds, as a count; one by one if that is asked for."""
    if not found.conditions:
        return []
    on = found.verdict is Verdict.ENABLED
    if len(found.conditions) == 1 and not (on or show_all):
        return []
    holding = sum(condition.holds for condition in found.conditions)
    count = f"{holding} of {len(found.conditions)} conditions"
    if not show_all:
        return [("holds" if on else "", [Line(f"{count} {'' if on else 'hold '}(--all)")])]
    return [
        (
            "all",
            [
                Line(
                    f"{'yes' if each.holds else 'no ':3} {each.what} {cut(each.text)}",
                    place=str(each.location),
                )
                for each in found.conditions
            ],
        )
    ]


def _next(found: Explanation) -> list[Section]:
    match found.verdict:
        case Verdict.BLOCKED:
            text = "name another compiler: --cross-compile PREFIX, --cc or --llvm"
        case Verdict.REACHABLE:
            text = f"kcheck fragment {found.symbol} >> {found.symbol.lower()}.config"
        case Verdict.CONFLICT:
            text = f"kcheck fragment {found.symbol} --allow-loss"
        case _:
            return []
    return [("next", [Line(text)])]
