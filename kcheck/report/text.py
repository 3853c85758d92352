"""An explanation as text for a terminal: the verdict first, then the chain of causes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

import msgspec

from kcheck.dotconfig import quoted
from kcheck.findings import (
    Explanation,
    Fixed,
    InTheWay,
    NeverOn,
    NotDefinedHere,
    NotSelected,
    NotSet,
    Off,
    OneOf,
    OtherMember,
    ProbeAnswer,
    Reason,
    SeenAbove,
    Suggestion,
    Unmet,
    Verdict,
    WrongValue,
)
from kcheck.model import Location, ProbeSource, SymbolType

_INDENT = "  "
_LABEL = 9
_LOST_SHOWN = 6


class Subject(msgspec.Struct, frozen=True):
    """What was asked about, as the second line of a report says it."""

    version: str
    arch: str
    compiler: str
    config: str


def explanation_text(found: Explanation, subject: Subject, show_all: bool) -> str:
    """The report, lines separated by newlines, with one at the end."""
    lines = [_headline(found, subject), f"{_INDENT}{_subject_line(subject)}"]
    if found.verdict is Verdict.ENABLED:
        lines += _enabled(found)
    else:
        lines += _labelled("why", _reasons(found.reasons))
    lines += _conditions(found, show_all)
    if found.suggestion is not None:
        lines += _suggestion(found, found.suggestion)
    for assumption in found.assumptions:
        lines += _labelled("assumed", _wrapped(tuple(assumption.split()), separator=""))
    lines += _next(found)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _headline(found: Explanation, subject: Subject) -> str:
    if found.verdict is Verdict.ENABLED:
        value = quoted(found.value) if found.type is SymbolType.STRING else found.value
        return f"{found.symbol} = {value}   enabled"
    shown = f"{found.symbol} = {found.value or 'n'}"
    if found.verdict is Verdict.BLOCKED:
        return f"{shown}   blocked by the toolchain"
    if found.verdict is Verdict.IMPOSSIBLE:
        if not found.definitions:
            return f"{found.symbol}   not defined for {subject.arch}"
        return f"{shown}   impossible on {subject.arch}"
    waits = [name for name in found.waits_on if name != found.symbol]
    if waits:
        more = f" and {len(waits) - 3} more" if len(waits) > 3 else ""
        return f"{shown}   off: waits on {', '.join(waits[:3])}{more}"
    if found.waits_on:
        return f"{shown}   off: yours to set"
    blocking = [reason.symbol for reason in found.reasons if isinstance(reason, InTheWay)]
    return f"{shown}   off" + (f": {', '.join(blocking)} in the way" if blocking else "")


def _subject_line(subject: Subject) -> str:
    parts = (f"linux {subject.version}", subject.arch, subject.compiler, subject.config)
    return "  ".join(part for part in parts if part)


def _labelled(label: str, body: list[str]) -> list[str]:
    """`label` before the first line, the others indented alike."""
    return [
        f"{_INDENT}{label if number == 0 else '':<{_LABEL}} {line}"
        for number, line in enumerate(body)
    ]


def _enabled(found: Explanation) -> list[str]:
    lines: list[str] = []
    for origin in found.origins[:4]:
        detail = f"{origin.detail}   " if origin.detail else ""
        lines += _labelled(_short(origin.how), [f"{detail}{origin.place}"])
    if len(found.origins) > 4:
        lines += _labelled("", [f"and {len(found.origins) - 4} more"])
    unmet = [each for each in found.conditions if not each.holds]
    if unmet:
        lines += _labelled(
            "despite", [f"{each.what} {_cut(each.text)} = n   {each.location}" for each in unmet]
        )
    lines += _labelled("defined", [_places(found.definitions)])
    if found.rests_on:
        lines += _labelled("rests on", _wrapped(found.rests_on))
    return lines


def _short(how: str) -> str:
    return {"selected by": "selected"}.get(how, how)


def _wrapped(words: tuple[str, ...], separator: str = ",", width: int = 66) -> list[str]:
    lines: list[str] = [""]
    for number, word in enumerate(words):
        text = word if number == len(words) - 1 else f"{word}{separator}"
        if lines[-1] and len(lines[-1]) + len(text) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {text}".strip()
    return lines


def _places(locations: tuple[Location, ...]) -> str:
    shown = "  ".join(str(location) for location in locations[:3])
    return shown if len(locations) <= 3 else f"{shown}  and {len(locations) - 3} more"


def _reasons(reasons: tuple[Reason, ...]) -> list[str]:
    context = _Context()
    return [line for reason in reasons for line in _reason(reason, 0, context)]


class _Context:
    """The file named last: the same again is left out, as compilers' users know it."""

    def __init__(self) -> None:
        self._file = ""

    def place(self, location: Location | None) -> str:
        if location is None or not location.file:
            return ""
        if location.file == self._file:
            return f"   :{location.line}"
        self._file = location.file
        return f"   {location}"


def _reason(reason: Reason, level: int, context: _Context) -> Iterator[str]:
    pad = _INDENT * level
    match reason:
        case NotSet(symbol, value, location, line):
            said = "not mentioned in the .config" if line is None else f"set in line {line}"
            yield f"{pad}{symbol} = {value}{context.place(location)}   yours to set ({said})"
        case Unmet("all of", _, _, children):
            yield f"{pad}all of"
            for child in children:
                yield from _reason(child, level + 1, context)
        case Unmet(what, text, location, children):
            yield f"{pad}{what} {_cut(text)}{context.place(location)}"
            for child in children:
                yield from _reason(child, level + 1, context)
        case OneOf(arms, lines, location, more, common):
            yield f"{pad}needs one of{context.place(location)}"
            for arm, count in zip(arms, lines, strict=True):
                yield from _arm(arm, count, level + 1, context)
            if more:
                yield f"{pad}{_INDENT}and {more} other ways"
            if common:
                who = "both wait on" if len(arms) == 2 else "all wait on"
                yield from _waits(who, common[0], level, context)
        case Off(symbol, value, location, prompt, children):
            note = "" if prompt else "   no prompt"
            yield f"{pad}{symbol} = {value}{context.place(location)}{note}"
            if len(children) == 1 and isinstance(children[0], Off | NotSet | SeenAbove):
                yield from _waits("waits on", children[0], level, context)
                return
            for child in children:
                yield from _reason(child, level + 1, context)
        case NotSelected(_, selector, value, how, location, condition, children):
            only = f" if {condition}" if condition and len(condition) < 40 else ""
            yield f"{pad}not {how} by {selector} = {value}{only}{context.place(location)}"
            for child in children:
                yield from _reason(child, level + 1, context)
        case NeverOn(symbol, location):
            yield (
                f"{pad}{symbol} = n{context.place(location)}   no prompt, no default,"
                " and nothing read here selects it"
            )
        case NotDefinedHere():
            yield from _not_defined(reason, pad)
        case InTheWay(symbol, value, location, by):
            yield f"{pad}{symbol} = {value} is in the way{context.place(location)}   {by}"
        case WrongValue(text, symbol, value, location):
            is_now = f": {symbol} is {value or 'empty'}" if symbol else ""
            yield f"{pad}{_cut(text)} does not hold{is_now}{context.place(location)}"
        case ProbeAnswer():
            yield from _probe(reason, pad, context)
        case Fixed(text, location):
            yield f"{pad}{_cut(text)}{context.place(location)}   fixed for this architecture"
        case OtherMember(symbol, chosen, location):
            instead = f"{chosen} is chosen instead" if chosen else "no member is chosen"
            yield f"{pad}{symbol} = n   {instead} in the choice{context.place(location)}"
        case SeenAbove(symbol, value, location, deeper):
            note = f"see kcheck explain {symbol}" if deeper else "see above"
            yield f"{pad}{symbol} = {value}{context.place(location)}   {note}"
        case _:
            assert_never(reason)


def _waits(who: str, cause: Reason, level: int, context: _Context) -> Iterator[str]:
    """A chain of single causes runs straight down instead of ever further to the right."""
    first, *rest = _reason(cause, level, context)
    yield f"{_INDENT * level}{who} {first.lstrip()}"
    yield from rest


def _arm(arm: Reason, count: int | None, level: int, context: _Context) -> Iterator[str]:
    lines = list(_reason(arm, level, context))
    if count is not None and lines:
        lines[0] += f"   ~{count} line{'s' if count != 1 else ''}"
    yield from lines


def _not_defined(reason: NotDefinedHere, pad: str) -> Iterator[str]:
    if not reason.elsewhere:
        yield f"{pad}no Kconfig file of this tree defines {reason.symbol}"
        return
    yield f"{pad}defined in {_places(reason.elsewhere)}, which is not read here"
    if reason.read_by:
        yield f"{pad}read by {', '.join(reason.read_by)} only"
    yield f"{pad}no config or compiler changes this"


def _probe(reason: ProbeAnswer, pad: str, context: _Context) -> Iterator[str]:
    how = {
        ProbeSource.RUN: "asked",
        ProbeSource.RECORDED: "asked earlier",
        ProbeSource.ASSUMED: "assumed",
    }[reason.source]
    macro = reason.macro.replace("$(srctree)/", "")
    answer = reason.answer or "nothing"
    yield f"{pad}{how}: {_cut(macro, 90)} -> {answer}{context.place(reason.location)}"


def _cut(text: str, longest: int = 100) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _conditions(found: Explanation, show_all: bool) -> list[str]:
    total = len(found.conditions)
    if not total:
        return []
    holding = sum(condition.holds for condition in found.conditions)
    if not show_all:
        return _labelled("holds", [f"{holding} of {total} conditions (--all)"])
    return _labelled(
        "holds",
        [
            f"{'yes' if each.holds else 'no ':3} {each.what} {_cut(each.text)}   {each.location}"
            for each in found.conditions
        ],
    )


def _suggestion(found: Explanation, suggestion: Suggestion) -> list[str]:
    lines = _labelled("add", list(suggestion.lines))
    effect = f"applied by kcheck: {found.symbol} is on"
    if suggestion.changed:
        effect += f", {suggestion.changed} other symbols change"
    lines += _labelled("", [f"{effect}; not proved minimal"])
    if suggestion.lost:
        shown = ", ".join(suggestion.lost[:_LOST_SHOWN])
        more = len(suggestion.lost) - _LOST_SHOWN
        lines += _labelled("gives up", [shown + (f" and {more} more" if more > 0 else "")])
    return lines


def _next(found: Explanation) -> list[str]:
    others = [name for name in found.waits_on if name != found.symbol]
    if found.verdict is Verdict.OFF and others:
        return _labelled("next", [f"kcheck explain {others[0]}"])
    return []
