"""Ints, hexes and strings as clauses: one literal for each value that makes a difference.

A value makes a difference if the base, a default, a range or the goal names it, or if a
comparison changes beside it; between two such values all others behave alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple
from weakref import proxy

from kcheck.evaluate.nodes import TRISTATES, Property, Sym
from kcheck.evaluate.numbers import BASES, is_valid, leading_number
from kcheck.evaluate.values import single_symbol
from kcheck.model import SymbolType
from kcheck.solve.clauses import FALSE, TRUE, Label
from kcheck.solve.conditions import Option

if TYPE_CHECKING:
    from kcheck.solve.encode import Encoder


class Texts:
    """The values of the ints, hexes and strings of one encoding."""

    def __init__(self, encoder: Encoder, candidates: Mapping[Sym, Iterable[str]]) -> None:
        # Weakly, since the encoder has this: a circle would keep both until garbage is sought.
        self._encoder: Encoder = proxy(encoder)
        self._offered = candidates
        self.written: dict[Sym, int] = {}
        self._options: dict[Sym, list[Option]] = {}
        self._domains: dict[Sym, dict[str, None]] = {}

    def options(self, symbol: Sym) -> list[Option]:
        """Each value that `symbol` may have, with its literal; just one of them holds."""
        found = self._options.get(symbol)
        if found is not None:
            return found
        clauses = self._encoder.clauses
        values = self._domain(symbol)
        if len(values) == 1:
            found = [(value, TRUE) for value in values]
        else:
            found = [(value, clauses.new()) for value in values]
            clauses.add(*(literal for _, literal in found))
            clauses.at_most_one([literal for _, literal in found])
        self._options[symbol] = found
        self._encoder.mention(symbol)
        return found

    def value(self, symbol: Sym, text: str) -> int:
        """The literal for "`symbol` has that value"; FALSE where it never does."""
        return dict(self.options(symbol)).get(text, FALSE)

    def is_written(self, symbol: Sym) -> int:
        """The literal for "`symbol` has a line in the .config"."""
        self.options(symbol)
        self._encoder.complete()
        return self.written[symbol]

    @property
    def known(self) -> Mapping[Sym, list[Option]]:
        """All that have been asked for, with their values."""
        return self._options

    # Which values.

    def _domain(self, symbol: Sym) -> dict[str, None]:
        found = self._domains.get(symbol)
        if found is not None:
            return found
        base = self._encoder.base
        base.looked_at.symbols.add(symbol)
        found = self._domains[symbol] = {base.values[symbol]: None}
        found.setdefault(base.without_value.get(symbol.type, ""))
        if symbol in base.user:
            found.setdefault(base.user[symbol])
        for item in symbol.defaults:
            source = single_symbol(item)
            if source is not None:
                found.update(self._texts_of(source))
        for item in symbol.ranges:
            assert item.low is not None
            assert item.high is not None
            found.update(self._texts_of(item.low))
            found.update(self._texts_of(item.high))
        if self._encoder.may_have_line(symbol):
            found.update(dict.fromkeys(self._candidates(symbol)))
        return found

    def _texts_of(self, symbol: Sym) -> dict[str, None]:
        """What `symbol` can hand to another one as a text."""
        if symbol.constant:
            return {symbol.text: None}
        if symbol.type is SymbolType.UNKNOWN:
            return {symbol.name: None}
        if symbol.type in TRISTATES:
            return {"n": None}
        return self._domain(symbol)

    def _candidates(self, symbol: Sym) -> list[str]:
        """Values that a line may give."""
        return [each for each in self._offered.get(symbol, ()) if is_valid(symbol.type, each)]

    # What they follow from.

    def define(self, symbol: Sym) -> None:
        """The value of an int, hex or string (sym_calc_value)."""
        encoder, clauses = self._encoder, self._encoder.clauses
        literals = dict(self.options(symbol))
        line = encoder.line(symbol)
        label = Label(symbol.name, "value")
        visible = encoder.visibility(symbol).m
        before, valued = self._before_range(symbol, visible)
        self.written[symbol] = clauses.any_of((visible, valued))
        states = self._range_states(symbol)
        after: dict[str, list[int]] = {text: [] for text in literals}
        for text, literal in before.items():
            for state, bounds in states:
                clamped = _clamped(symbol.type, text, bounds)
                after[clamped].append(clauses.all_of((literal, state)))
        for text, literal in literals.items():
            clauses.equal(label, literal, clauses.any_of(after[text]), unless=line)
        if line == FALSE:
            return
        clauses.state(label, -line, visible)
        for text, literal in literals.items():
            if not is_valid(symbol.type, text):
                clauses.state(label, -line, -literal)
                continue
            for state, bounds in states:
                if _clamped(symbol.type, text, bounds) != text:
                    clauses.state(label, -line, -literal, -state)

    def _before_range(self, symbol: Sym, visible: int) -> tuple[dict[str, int], int]:
        """For each value a literal: the base's line or the default gives it; and one for
        "there is a default, or such a line".
        """
        encoder, clauses = self._encoder, self._encoder.clauses
        found: dict[str, list[int]] = {}
        open_still = TRUE
        if symbol in encoder.base.user:
            found.setdefault(encoder.base.user[symbol], []).append(visible)
            open_still = -visible
        for item in symbol.defaults:
            condition = encoder.condition(symbol, "default", item.condition).m
            active = clauses.all_of((open_still, condition))
            open_still = clauses.all_of((open_still, -condition))
            for text, literal in self._given_by(symbol, item):
                found.setdefault(text, []).append(clauses.all_of((active, literal)))
        nothing = encoder.base.without_value.get(symbol.type, "")
        found.setdefault(nothing, []).append(open_still)
        return {text: clauses.any_of(literals) for text, literals in found.items()}, -open_still

    def _given_by(self, symbol: Sym, item: Property) -> list[Option]:
        source = single_symbol(item)
        if source is None:
            return [(self._encoder.base.without_value.get(symbol.type, ""), TRUE)]
        return self._as_text(source)

    def _as_text(self, symbol: Sym) -> list[Option]:
        if symbol.type in TRISTATES and not symbol.constant:
            return [("n", TRUE)]
        return self._encoder.options(symbol)

    def _range_states(self, symbol: Sym) -> list[_RangeState]:
        """The ranges that may be active, each with its bounds as they may be."""
        if symbol.type not in BASES:
            return [_RangeState(TRUE, None)]
        clauses = self._encoder.clauses
        found: list[_RangeState] = []
        open_still = TRUE
        for item in symbol.ranges:
            assert item.low is not None
            assert item.high is not None
            condition = self._encoder.condition(symbol, "range", item.condition).m
            active = clauses.all_of((open_still, condition))
            open_still = clauses.all_of((open_still, -condition))
            for low, is_low in self._as_text(item.low):
                lowest = _bound(item.low, low, symbol)
                for high, is_high in self._as_text(item.high):
                    bounds = _Bounds(low, lowest, high, _bound(item.high, high, symbol))
                    found.append(_RangeState(clauses.all_of((active, is_low, is_high)), bounds))
        found.append(_RangeState(open_still, None))
        return [each for each in found if each.literal != FALSE]


class _Bounds(NamedTuple):
    """A range: the bounds as texts and as numbers."""

    low: str
    lowest: int
    high: str
    highest: int


class _RangeState(NamedTuple):
    """A range that is active where `literal` holds; None for no range."""

    literal: int
    bounds: _Bounds | None


def _bound(bound: Sym, text: str, symbol: Sym) -> int:
    return leading_number(text, BASES.get(bound.type, BASES[symbol.type]))


def _clamped(symbol_type: SymbolType, text: str, bounds: _Bounds | None) -> str:
    """The value that a range makes of `text` (sym_validate_range)."""
    if bounds is None:
        return text
    number = leading_number(text, BASES[symbol_type])
    if number < bounds.lowest:
        return bounds.low
    return bounds.high if number > bounds.highest else text
