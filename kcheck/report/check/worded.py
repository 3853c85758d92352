"""What does not hold, in words that all formats share."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from kcheck.auditing import Lost
from kcheck.checking import Checked, Failing, Result, RuleFacts, Status, Waiver
from kcheck.model import Location, SymbolType
from kcheck.report.audit import sentence
from kcheck.report.causes import loss_lines
from kcheck.report.check.cause import why_off, why_on
from kcheck.report.check.related import related_lines

SEVERITY = {Status.FAIL: "error", Status.WARN: "warning", Status.WAIVED: "waived"}
"""What does not hold, the worst first."""
_ORDER = list(SEVERITY)
_COMPARED = re.compile(r"\s*(=|!=|<=|>=|<|>)\s*(.*)", re.DOTALL)
_SHOWN = 3


class Finding(msgspec.Struct, frozen=True):
    """A rule that does not hold on a config, waived or not.

    `location` is the config's line, None where it has none: then the whole file is meant.
    `symbol` and `asked` do not change when lines move.
    """

    rule: RuleFacts
    status: Status
    config: str
    symbol: str
    asked: str
    headline: str
    others: tuple[str, ...]
    cause: str
    location: Location | None
    related: tuple[Location, ...]
    waiver: Waiver | None

    @property
    def rank(self) -> int:
        """The lower, the worse."""
        return _ORDER.index(self.status)

    @property
    def line(self) -> int | None:
        """The number of the config's line."""
        return None if self.location is None else self.location.line

    @property
    def sentence(self) -> str:
        """All that is to be said of it, in one line."""
        joint = ", " if self.cause.startswith("because ") else ": "
        said = f"{self.headline}{joint}{self.cause}" if self.cause else self.headline
        parts = [said, *self.others]
        if self.waiver is not None and self.waiver.expired:
            parts.append(f"its waiver expired on {self.waiver.until}")
        return "; ".join(parts)


def findings(checked: Checked) -> tuple[Finding, ...]:
    """What does not hold on a config, the worst first, else in the order of the results."""
    found = [
        finding_of(checked.config, each) for each in checked.results if each.status in SEVERITY
    ]
    return tuple(worst_first(found))


def worst_first(found: Sequence[Finding]) -> list[Finding]:
    """Errors, then warnings, then what is waived."""
    return sorted(found, key=lambda each: each.rank)


def finding_of(config: str, result: Result) -> Finding:
    """A result in words."""
    lost, failing = result.lost, result.failing
    symbol, asked = "", result.rule.asks
    location: Location | None = None
    if lost is not None:
        symbol, asked, location = lost.symbol or "", lost.asked or lost.text, lost.line
    elif failing:
        symbol, asked, location = failing[0].symbol, failing[0].asked, failing[0].line
    return Finding(
        rule=result.rule,
        status=result.status,
        config=config,
        symbol=symbol,
        asked=asked,
        headline=headline(result),
        others=_others(failing[1:]),
        cause=cause(result),
        location=location,
        related=related_lines(result, config),
        waiver=result.waiver,
    )


def _others(failing: tuple[Failing, ...]) -> tuple[str, ...]:
    shown = tuple(f"also {_state(each)}" for each in failing[:_SHOWN])
    more = len(failing) - len(shown)
    return (*shown, f"also {more} more") if more else shown


def headline(result: Result) -> str:
    """What is not as asked, or that all is: `LIVEPATCH is off`."""
    if result.lost is not None:
        return _lost(result.lost)
    if result.failing:
        return _state(result.failing[0])
    return f"{result.rule.asks} {'does not hold' if result.status in SEVERITY else 'holds'}"


def cause(result: Result) -> str:
    """The first cause of a rule that does not hold, empty where none is known."""
    if result.lost is not None:
        return sentence(lines[0]) if (lines := loss_lines(result.lost)) else ""
    if not result.failing:
        return ""
    first = result.failing[0]
    if first.why is None:
        return "" if first.line else "no line about it"
    return (why_on if is_on(first) else why_off)(first.why, first.line)


def is_on(failing: Failing) -> bool:
    """Whether the symbol is on, at whatever value."""
    return failing.value not in ("", "n")


def _lost(lost: Lost) -> str:
    if lost.symbol is None:
        return f"a line is not read: {lost.text.strip()}"
    asked = f"{lost.symbol} asked {'empty' if lost.asked == '' else lost.asked}"
    if lost.asked is None:
        asked = f"{lost.symbol} asked by a line that is not read"
    if lost.type is SymbolType.UNKNOWN:
        return f"{asked}, is not defined"
    return f"{asked}, {_is(lost.got or '')}"


def _state(failing: Failing) -> str:
    symbol, value = failing.symbol, failing.value
    asked = failing.asked.strip()
    if asked == symbol:
        return f"{symbol} is off" if value == "n" else f"{symbol} {_is(value)}"
    if asked == f"!{symbol}":
        return f"{symbol} is {'on' if value in ('y', 'm') else value}"
    rest = asked.removeprefix(symbol)
    match = _COMPARED.fullmatch(rest) if rest != asked else None
    if match is None:
        return f"{symbol} {_is(value)}, asked is {asked}"
    relation, wanted = match.groups()
    if relation == "=" and value == "n" and wanted in ("y", "m"):
        return f"{symbol} is off"
    if relation == "=" and wanted == "n":
        return f"{symbol} is {'on' if value in ('y', 'm') else value}"
    if relation == "!=":
        return f"{symbol} {_is(value)}, which is ruled out"
    return f"{symbol} {_is(value)}, not {wanted if relation == '=' else f'{relation} {wanted}'}"


def _is(value: str) -> str:
    return f"is {value}" if value else "has no value"
