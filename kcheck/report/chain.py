"""A chain of reasons put into words, one statement a line."""

from __future__ import annotations

import re
from typing import assert_never

import msgspec

from kcheck.findings import (
    AllOf,
    Fixed,
    InTheWay,
    NeverOn,
    NotDefinedHere,
    NotSelected,
    NotSet,
    Off,
    OneOf,
    OtherMember,
    Overridden,
    ProbeAnswer,
    Reason,
    SeenAbove,
    Unmet,
    WrongValue,
)
from kcheck.model import Location, ProbeSource
from kcheck.report.layout import Line, Places, aligned

_LONGEST = 140
_NO_PROMPT = " (no prompt)"
_ASKED = {
    ProbeSource.RUN: "asked",
    ProbeSource.RECORDED: "asked earlier",
    ProbeSource.ASSUMED: "assumed",
}
_SUCCESS = re.compile(r"\$\((?:success|if-success),(.*)\)")
_SHELL = re.compile(r"\$\(shell,(.*)\)")
_CALL = re.compile(r"\$\(([a-z0-9-]+-(?:option|instr)[a-z0-9-]*),(.*)\)")
_FOLDER = re.compile(r"(?<!\S)\S*/(?=[\w.-]+\.sh\b)")
_LINKS = Off | NotSet | SeenAbove | NeverOn | NotDefinedHere | OtherMember


def chain_lines(reasons: tuple[Reason, ...]) -> list[Line]:
    """The reasons, all of which have to be mended, as statements."""
    return _Chain().reasons(reasons, 0)


class _Chain:
    """Words for one report, which names each file in a row once."""

    def __init__(self) -> None:
        self._places = Places()

    def reasons(self, reasons: tuple[Reason, ...], level: int) -> list[Line]:
        """The statements on each of them, one after the other."""
        return [line for reason in reasons for line in self._reason(reason, level)]

    def _reason(self, reason: Reason, level: int) -> list[Line]:
        match reason:
            case NotSet(_, _, location, _):
                return [Line(_state(reason), level, self._at(location), note=_note(reason))]
            case AllOf(children):
                return [Line("all of", level), *self.reasons(children, level + 1)]
            case Unmet(what, text, location, children):
                head = Line(f"{what} {cut(text)}", level, self._at(location))
                return [head, *self.reasons(children, level + 1)]
            case OneOf():
                return self._one_of(reason, level)
            case Off(_, _, location, prompt, children):
                note = "" if prompt else _NO_PROMPT
                head = Line(f"{_state(reason)}{note}", level, self._at(location))
                return [head, *self._below(children, level + 1)]
            case NotSelected():
                return self._not_selected(reason, level)
            case NeverOn(symbol, location):
                said = "no prompt, no default, never selected"
                return [Line(f"{symbol} = n: {said}", level, self._at(location))]
            case NotDefinedHere(symbol, elsewhere, _):
                only = f"not defined here, only in {places(elsewhere)}"
                said = only if elsewhere else "defined in no file of this tree"
                return [Line(f"{symbol}: {said}", level)]
            case InTheWay(symbol, value, location, selectors, set_at):
                said = f"{symbol} = {value} is in the way: {_kept_on(selectors, set_at)}"
                return [Line(said, level, self._at(location))]
            case WrongValue(text, symbol, value, location):
                now = f": {symbol} is {value or 'empty'}" if symbol else ""
                return [Line(f"{cut(text)} does not hold{now}", level, self._at(location))]
            case ProbeAnswer():
                question, answer = asked(reason.macro, reason.answer, reason.source)
                return [Line(question, level, self._at(reason.location), note=answer)]
            case Fixed(text, location):
                return [Line(f"{cut(text)}: never here", level, self._at(location))]
            case Overridden(symbol, value, location, by):
                first = f"{by} comes first: " if by is not None else ""
                said = f"this default does not count, {first}{symbol} = {value}"
                return [Line(said, level, self._at(location))]
            case OtherMember(symbol, chosen, location):
                instead = f"{chosen} is chosen instead" if chosen else "no member is chosen"
                return [Line(f"{symbol} = n: {instead}", level, self._at(location))]
            case SeenAbove(_, _, location, _):
                return [Line(_state(reason), level, self._at(location), note=_note(reason))]
            case _:
                assert_never(reason)

    def _at(self, location: Location | None) -> str:
        return self._places.name(location)

    def _below(self, children: tuple[Reason, ...], level: int) -> list[Line]:
        """A single cause is waited on, and what it waits on stands right below it."""
        lines: list[Line] = []
        while len(children) == 1:
            cause, more = _only_way(children[0])
            if not isinstance(cause, _LINKS):
                break
            lines += self._waits("waits on", cause, level)
            if more:
                lines.append(_others(more, level + 1))
            children = cause.children if isinstance(cause, Off) else ()
        return lines + self.reasons(children, level + 1 if lines else level)

    def _waits(self, who: str, cause: Reason, level: int) -> list[Line]:
        """The cause alone, without what it waits on in turn."""
        alone = msgspec.structs.replace(cause, children=()) if isinstance(cause, Off) else cause
        first, *rest = self._reason(alone, level)
        return [msgspec.structs.replace(first, text=f"{who} {first.text}"), *rest]

    def _one_of(self, reason: OneOf, level: int) -> list[Line]:
        head = Line("needs one of", level, self._at(reason.location))
        lines = [head, *self._arms(reason, level + 1)]
        if reason.common:
            cause = reason.common[0]
            who = "both wait on" if len(reason.arms) == 2 else "all wait on"
            lines += self._waits(who, cause, level)
            lines += self._below(cause.children if isinstance(cause, Off) else (), level)
        return lines

    def _arms(self, reason: OneOf, level: int) -> list[Line]:
        groups: list[list[Line]] = []
        has_cost = any(count is not None for count in reason.lines)
        for arm, count in zip(reason.arms, reason.lines, strict=True):
            first, *rest = self._reason(arm, level)
            cost = _cost(count) if has_cost else ""
            text = first.text.removesuffix(_NO_PROMPT)
            groups.append([msgspec.structs.replace(first, text=text, cost=cost), *rest])
        if all(len(group) == 1 for group in groups):
            groups = [[line] for line in aligned([group[0] for group in groups])]
        lines = [line for group in groups for line in group]
        return [*lines, _others(reason.more, level)] if reason.more else lines

    def _not_selected(self, reason: NotSelected, level: int) -> list[Line]:
        verb = "select" if reason.how == "selected" else "imply"
        only = f" if {reason.condition}" if reason.condition else ""
        if reason.value == "n":
            said = f"{reason.selector} = n would {verb} it{only}"
        elif only:
            said = f"{reason.selector} {verb.replace('ply', 'plie')}s it only{only}"
        else:
            said = f"{reason.selector} = {reason.value} does not {verb} it"
        note = ""
        below: list[Line] | None = None
        place = self._at(reason.location)
        match reason.children:
            case (OneOf(common=()) as ways,) if only:
                # The condition is an ||, whose arms stand below.
                said = said.replace(only, " if one of these holds")
                below = self._arms(ways, level + 1)
            case (Off(symbol, children=children),) if symbol == reason.selector:
                below = self._below(children, level + 1)
            case (NotSet(symbol) | SeenAbove(symbol) as child,) if symbol == reason.selector:
                note, below = _note(child), []
        if below is None:
            below = self.reasons(reason.children, level + 1)
        return [Line(cut(said), level, place, note=note), *below]


def _only_way(reason: Reason) -> tuple[Reason, int]:
    """The way that is left where the dearer ones are only counted, and their count."""
    if isinstance(reason, OneOf) and len(reason.arms) == 1 and not reason.common:
        return reason.arms[0], reason.more
    return reason, 0


def _others(count: int, level: int) -> Line:
    return Line(f"or {count} other way{'s' if count != 1 else ''} (--all)", level)


def _cost(lines: int | None) -> str:
    if lines is None:
        return "no harmless way"
    return f"{lines} line{'s' if lines != 1 else ''}"


def cut(text: str) -> str:
    """The text, or its beginning where it is very long."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def places(locations: tuple[Location, ...]) -> str:
    """Up to three places and how many more there are."""
    shown = ", ".join(str(location) for location in locations[:3])
    return shown if len(locations) <= 3 else f"{shown} and {len(locations) - 3} more"


def _state(reason: NotSet | Off | SeenAbove) -> str:
    return f"{reason.symbol} = {reason.value or 'n'}"


def _note(reason: NotSet | SeenAbove) -> str:
    if isinstance(reason, SeenAbove):
        return "(goes on: --depth)" if reason.deeper else "(see above)"
    said = "not in the config" if reason.asked is None else f"off at {reason.asked}"
    return f"<- yours to set ({said})"


def _kept_on(selectors: tuple[str, ...], asked: Location | None) -> str:
    if selectors:
        more = f" and {len(selectors) - 3} more" if len(selectors) > 3 else ""
        return f"selected by {', '.join(selectors[:3])}{more}"
    return "on by default" if asked is None else f"set at {asked}"


def asked(macro: str, answer: str, source: ProbeSource) -> tuple[str, str]:
    """What was asked of which program and what it said, without the macro's wrapping.

    $(success,$(srctree)/arch/powerpc/tools/check.sh gcc -mbig-endian) -> n
    becomes `asked: check.sh gcc -mbig-endian` and `-> refused`.
    """
    said = macro.replace("$(srctree)/", "")
    answer = answer or "nothing"
    shell = _SHELL.fullmatch(said)
    if shell is not None:
        said = shell[1]
    match = _SUCCESS.fullmatch(said) or _CALL.fullmatch(said)
    if match is not None:
        said = " ".join(part.strip() for part in match.groups())
        answer = {"n": "refused", "y": "accepted"}.get(answer, answer)
    said = _FOLDER.sub("", said)
    return f"{_ASKED[source]}: {cut(' '.join(said.split()))}", f"-> {answer}"
