"""An explanation as text for a terminal: the verdict first, then the chain of causes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kcheck.dotconfig import quoted
from kcheck.findings import Explanation, InTheWay, NotDefinedHere, Suggestion, Verdict
from kcheck.model import SymbolType
from kcheck.report.chain import chain_lines, cut, places
from kcheck.report.layout import WIDTH, Line, labelled, laid_out, wrapped

_NARROW = 4
_WIDE = 8
"""The labels' width: of a report on what is off, and of one on what is on."""
_ORIGINS_SHOWN = 4
_LOST_SHOWN = 6
_TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)


class Subject(msgspec.Struct, frozen=True):
    """What was asked about, as the second line of a report says it."""

    version: str
    arch: str
    compiler: str
    config: str


def explanation_text(found: Explanation, subject: Subject, show_all: bool) -> str:
    """The report, lines separated by newlines, with one at the end."""
    on = found.verdict is Verdict.ENABLED
    width = _WIDE if on else _NARROW
    sections = _on(found) if on else _off(found)
    sections += _conditions(found, show_all)
    if found.suggestion is not None:
        sections += _suggestion(found.symbol, found.suggestion)
    for assumption in found.assumptions:
        sections.append(("note", _prose(assumption.split(), " ", width)))
    sections += _next(found)
    lines = [_headline(found, subject), f"  {_subject_line(subject)}"]
    for label, body in sections:
        rows = [row[width + 4 :] for line in body for row in laid_out(line, width + 4)]
        lines += labelled(label, rows, width)
    return "\n".join(lines) + "\n"


_Section = tuple[str, list[Line]]


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
    waits = [name for name in found.waits_on if name != found.symbol]
    if waits:
        return f"off: waits on {_as_many_as_fit(waits, WIDTH - len(found.symbol) - 22)}"
    if found.waits_on:
        return "off: yours to set"
    blocking = [reason.symbol for reason in found.reasons if isinstance(reason, InTheWay)]
    return f"off: {', '.join(blocking)} in the way" if blocking else "off"


def _as_many_as_fit(names: list[str], width: int) -> str:
    """`A, B and 2 more`; the first in any case."""
    for shown in range(len(names), 1, -1):
        more = f" and {len(names) - shown} more" if shown < len(names) else ""
        text = ", ".join(names[:shown]) + more
        if len(text) <= width:
            return text
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _subject_line(subject: Subject) -> str:
    parts = (f"linux {subject.version}", subject.arch, subject.compiler, subject.config)
    return "  ".join(part for part in parts if part)


def _on(found: Explanation) -> list[_Section]:
    sections: list[_Section] = []
    for origin in found.origins[:_ORIGINS_SHOWN]:
        label = "selected" if origin.how == "selected by" else origin.how
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


def _off(found: Explanation) -> list[_Section]:
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


def _conditions(found: Explanation, show_all: bool) -> list[_Section]:
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


def _suggestion(symbol: str, suggestion: Suggestion) -> list[_Section]:
    """The lines to paste, and what kcheck saw when it tried them."""
    effect = f"tried: {symbol} comes on"
    if suggestion.changed:
        effect += (
            f", {suggestion.changed} other{'s change' if suggestion.changed > 1 else ' changes'}"
        )
    if len(suggestion.lines) > 1:
        effect += "; fewer lines may do"
    lines = [*(Line(line) for line in suggestion.lines), Line(effect)]
    if suggestion.lost:
        more = len(suggestion.lost) - _LOST_SHOWN
        shown = ", ".join(suggestion.lost[:_LOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
        lines.append(Line(f"gives up {shown}"))
    return [("add", lines)]


def _next(found: Explanation) -> list[_Section]:
    others = [name for name in found.waits_on if name != found.symbol]
    if found.verdict is Verdict.BLOCKED:
        return [("next", [Line("name another compiler: --cross-compile PREFIX, --cc or --llvm")])]
    if found.verdict is Verdict.OFF and others:
        return [("next", [Line(f"kcheck explain {others[0]}")])]
    return []
