"""What a symbol has, for rules to be held against: computed by the model, or as a line says."""

from __future__ import annotations

import math
import re
from typing import Protocol

import msgspec

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.nodes import TRISTATES
from kcheck.evaluate.valuation import Valuation
from kcheck.model import Relation, SymbolType, Tri
from kcheck.policy.conditions import AllOf, AnyOf, Compared, Condition, Off, On, Term, without_none

_TRIS = ("n", "m", "y")
_NUMBERS = {SymbolType.INT: 10, SymbolType.HEX: 16}


class Value(msgspec.Struct, frozen=True):
    """A symbol's value as conditions see it: `text` without quotes, n or empty where it has none.

    An int or hex that is not written to a .config is 0 since 6.10, and empty before; that it is
    not written is what `is_on` says of it, and of a string.

    `is_defined` is false where no file that is read defines the symbol, or (by lines alone)
    where none speaks of it.
    """

    type: SymbolType
    text: str
    is_on: bool
    is_defined: bool


class Values(Protocol):
    """Where values come from."""

    def of(self, symbol: str) -> Value:
        """The symbol's value."""


class ComputedValues:
    """What conf would give each symbol."""

    def __init__(self, valuation: Valuation) -> None:
        self._valuation = valuation

    def of(self, symbol: str) -> Value:
        """The symbol's value."""
        known = self._valuation.model.symbols.get(symbol)
        if known is None:
            return ABSENT
        state = self._valuation.state(symbol)
        if known.type in TRISTATES:
            return Value(known.type, str(state.tri), state.tri != Tri.N, True)
        return Value(known.type, state.value, state.written, True)


class WrittenValues:
    """What the lines of a config say, no model at hand: what they do not name is off."""

    def __init__(self, config: DotConfig) -> None:
        self._config = config

    def of(self, symbol: str) -> Value:
        """The symbol's value."""
        line = self._config.last(symbol)
        if line is None:
            return ABSENT
        if line.value is None:
            return Value(SymbolType.TRISTATE, "n", False, True)
        text = line.value.removesuffix("\r")
        if text in ("y", "m", "n"):
            return Value(SymbolType.TRISTATE, text, text != "n", True)
        if len(text) > 1 and text[0] == text[-1] == '"':
            plain = re.sub(r"\\(.)", r"\1", text[1:-1])
            return Value(SymbolType.STRING, plain, True, True)
        is_hex = text[:2] in ("0x", "0X")
        return Value(SymbolType.HEX if is_hex else SymbolType.INT, text, text != "", True)


ABSENT = Value(SymbolType.UNKNOWN, "n", False, False)
"""What a symbol has of which nothing is known."""


def holds(condition: Condition, values: Values) -> bool:
    """Whether the condition holds."""
    return not failing_terms(condition, values)


def failing_terms(condition: Condition, values: Values) -> tuple[Term, ...]:
    """The terms for whose sake it does not hold, in the order written; none where it does."""
    return _failing(without_none(condition), values)


def _failing(condition: Term | AllOf | AnyOf, values: Values) -> tuple[Term, ...]:
    match condition:
        case On(symbol):
            return () if values.of(symbol).is_on else (condition,)
        case Off(symbol):
            return (condition,) if values.of(symbol).is_on else ()
        case Compared():
            return () if _compares(condition, values.of(condition.symbol)) else (condition,)
        case AllOf(conditions):
            return tuple(
                term for each in conditions for term in _failing(without_none(each), values)
            )
        case AnyOf(conditions):
            found = [_failing(without_none(each), values) for each in conditions]
            return () if not all(found) else tuple(term for each in found for term in each)


def _compares(term: Compared, value: Value) -> bool:
    left, right = _comparable(term, value)
    match term.relation:
        case Relation.EQUAL:
            return left == right
        case Relation.UNEQUAL:
            return left != right
        case Relation.LESS:
            return left < right
        case Relation.LESS_EQUAL:
            return left <= right
        case Relation.GREATER:
            return left > right
        case Relation.GREATER_EQUAL:
            return left >= right


def _comparable(term: Compared, value: Value) -> tuple[tuple[float, str], tuple[float, str]]:
    """Both sides as pairs: numbers where both are, tristates by their order, else texts.

    What has no value is below every number.
    """
    if value.type is not SymbolType.STRING:
        if value.text in _TRIS and term.value in _TRIS:
            return (_TRIS.index(value.text), ""), (_TRIS.index(term.value), "")
        right = _number(term.value, value.type)
        has_value = value.text != "" if value.type in _NUMBERS else value.is_on
        left = _number(value.text, value.type) if has_value else -math.inf
        if left is not None and right is not None:
            return (left, ""), (right, "")
    return (0, value.text), (0, term.value)


def _number(text: str, symbol_type: SymbolType) -> int | None:
    try:
        return int(text, 0 if text[:2] in ("0x", "0X") else _NUMBERS.get(symbol_type, 10))
    except ValueError:
        return None
