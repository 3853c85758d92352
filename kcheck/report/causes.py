"""Why a line does not survive, in words."""

from __future__ import annotations

from typing import assert_never

from kcheck.auditing import (
    Absent,
    ByDefault,
    Cause,
    Compared,
    Defaulted,
    Held,
    LastMember,
    Lost,
    Needs,
    NoModules,
    NoPrompt,
    NotChosen,
    OtherMember,
    OutOfRange,
    Pulled,
    Raised,
    Refused,
    Root,
    Selector,
    Superseded,
    Transitional,
    Unknown,
    Unreadable,
    Unset,
)
from kcheck.findings import Fixed, NeverOn, ProbeAnswer
from kcheck.model import Location, SymbolType, Tri
from kcheck.report.chain import chain_lines, cut, places
from kcheck.report.layout import Line

_SHOWN = 3
"""So many selectors, or symbols waited on, are named; the rest is counted."""
_REFUSED = {
    SymbolType.UNKNOWN: "the symbol has no type",
    SymbolType.BOOL: "a bool is y or n",
    SymbolType.TRISTATE: "a tristate is y, m or n",
    SymbolType.INT: "an int is digits alone, without a leading zero",
    SymbolType.HEX: "a hex is hexadecimal digits, with or without 0x",
    SymbolType.STRING: "a string stands between double quotes",
}


def loss_lines(lost: Lost) -> list[Line]:
    """The statements on all causes of a loss."""
    return [line for cause in lost.causes for line in cause_lines(cause, lost)]


def cause_lines(cause: Cause, lost: Lost) -> list[Line]:
    """The statements on one cause; lines of the same file go by their number alone."""
    file = lost.line.file
    match cause:
        case Superseded(line, text):
            return [Line(f"{line_name(line, file)} overrides it: {text}")]
        case Unreadable():
            return [Line("no line that conf reads: CONFIG_X=VALUE or # CONFIG_X is not set")]
        case Refused(of_type):
            return [Line(f"conf does not take that value: {_REFUSED[of_type]}")]
        case Unknown():
            return [Line(_unknown(cause))]
        case Transitional(successors, location):
            gives = f"; its value goes to {', '.join(successors)}" if successors else ""
            return [Line(f"the symbol's old name{gives}", place=str(location))]
        case Needs():
            return _needs(cause, lost)
        case NoPrompt(location, roots):
            head = Line("no prompt: only selects and defaults set it", place=str(location))
            return [head, *_roots(roots, file)]
        case Raised(how, by):
            pulled = "selected" if how == "select" else "implied"
            lines = [_pulled(pulled, each, file) for each in by[:_SHOWN]]
            return [*lines, *_more(len(by), 0)]
        case ByDefault(text, location):
            return [Line(f"so its default counts: {cut(text)}", place=str(location))]
        case OtherMember(chosen, line, location):
            said = f"its choice takes {chosen or 'no member'}"
            return [Line(said + _set_by(line, file), place=str(location))]
        case LastMember(location):
            return [Line("its choice takes it, since no other member is on", place=str(location))]
        case OutOfRange(low, high, location):
            return [Line(f"range {low} to {high}", place=str(location))]
        case NoModules(symbol, roots):
            said = "nothing is m without modules"
            return [Line(f"{said}: {symbol} = n" if symbol else said), *_roots(roots, file)]
        case _:
            assert_never(cause)


def line_name(line: Location, file: str) -> str:
    """`line 2`, or `other.config:2` where the line stands in another file than `file`."""
    return f"line {line.line}" if line.file == file else str(line)


def _unknown(cause: Unknown) -> str:
    if cause.elsewhere:
        return f"not defined here, only in {places(cause.elsewhere)}"
    alike = f"; did you mean {' or '.join(cause.alike)}?" if cause.alike else ""
    return f"no Kconfig file of this tree defines it{alike}"


def _needs(needs: Needs, lost: Lost) -> list[Line]:
    file = lost.line.file
    only_m = "m only: " if needs.value is Tri.M else ""
    # A line that asks less than there is needs nothing; only its prompt does, to be heard.
    whose = "" if _asks_more(lost) else "its prompt "
    said = f"{only_m}{whose}needs {cut(needs.text)}"
    place = str(needs.location)
    if needs.is_direct:
        return [Line(f"{said}; {_direct(needs.roots[0], file)}", place=place)]
    match needs.roots:
        case (ProbeAnswer() | Fixed() as root,) if root.location == needs.location:
            # What was asked, or that the line says n outright, tells more than the `n` there.
            return _root(root, file)
    return [Line(said, place=place), *_roots(needs.roots, file)]


def _asks_more(lost: Lost) -> bool:
    return (lost.asked, lost.got) in (("y", "n"), ("y", "m"), ("m", "n"))


def _direct(root: Root, file: str) -> str:
    """About a condition that is the root's symbol, or its negation."""
    match root:
        case Held(_, value, line):
            return _sets(value, line, file)
        case Unset():
            return "nothing sets it"
        case Pulled(_, _, by):
            return _selected(by, file).text
        case _:
            return "it is so by default"


def _roots(roots: tuple[Root, ...], file: str) -> list[Line]:
    shown = [line for root in roots[:_SHOWN] for line in _root(root, file)]
    lowered = [Line(line.text, line.level + 1, line.place, line.cost, line.note) for line in shown]
    return [*lowered, *_more(len(roots), 1)]


def _root(root: Root, file: str) -> list[Line]:
    match root:
        case Held(symbol, value, line):
            return [Line(f"{_state(symbol, value)}; {_sets(value, line, file)}")]
        case Unset(symbol, value, location):
            return [Line(f"{_state(symbol, value)}; nothing sets it", place=str(location))]
        case Pulled(symbol, value, by):
            by_whom = _selected(by, file)
            return [Line(f"{symbol} = {value} is {by_whom.text}", place=by_whom.place)]
        case Defaulted(symbol, value, location):
            return [Line(f"{_state(symbol, value)} by default", place=str(location or ""))]
        case NotChosen(symbol, chosen, line):
            instead = f"{chosen} is chosen" if chosen else "no member is chosen"
            return [Line(f"waits on {symbol} = n: {instead}{_set_by(line, file)}")]
        case Absent(symbol):
            return [Line(f"waits on {symbol}, which is not defined here")]
        case Compared(text, symbol, value, line):
            now = f": {symbol} is {value or 'empty'}" if symbol else ""
            return [Line(f"{cut(text)}{now}{_set_by(line, file)}")]
        case NeverOn() | ProbeAnswer() | Fixed():
            return chain_lines((root,))
        case _:
            assert_never(root)


def _state(symbol: str, value: str) -> str:
    """A symbol that is off is waited on; one that is on is in the way, or is too low."""
    return f"waits on {symbol} = n" if value == "n" else f"{symbol} = {value}"


def _pulled(how: str, by: Selector, file: str) -> Line:
    said = f"{how} by {by.symbol}"
    if by.line is not None:
        line = line_name(by.line, file)
        via = "" if by.set_there == by.symbol else f", through {by.set_there}"
        said += f" ({line}{via})"
    return Line(said, place=str(by.location))


def _selected(by: tuple[Selector, ...], file: str) -> Line:
    """The first selector; how many others there are stands with it."""
    first = _pulled("selected", by[0], file)
    more = f" and {len(by) - 1} more" if len(by) > 1 else ""
    return Line(first.text + more, place=first.place)


def _sets(value: str, line: Location, file: str) -> str:
    name = line_name(line, file)
    return f"{name} turns it off" if value == "n" else f"{name} sets it"


def _set_by(line: Location | None, file: str) -> str:
    return "" if line is None else f"; {line_name(line, file)} sets it"


def _more(count: int, level: int) -> list[Line]:
    return [Line(f"and {count - _SHOWN} more", level)] if count > _SHOWN else []
