"""How many lines it might take to turn a symbol on: an estimate, to rank ways by.

It counts the settings along the cheapest chain, each once, and looks at no side effects:
it is neither an upper nor a lower bound, and nothing is claimed on its strength.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import assert_never

from kcheck.evaluate.valuation import Valuation
from kcheck.explain.reach import Reach
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Expr,
    Model,
    Not,
    Or,
    Prompt,
    Relation,
    SymbolRef,
    Tri,
)
from kcheck.ways import Way, ways_on

NEVER = math.inf
_UNRELATED_SELECT = 1.5
"""A symbol's own prompt comes before somebody else's select, as long as both are short."""

_Settings = frozenset[str] | None
"""What has to be set, one item a line; None where no way is seen."""
_NOTHING: frozenset[str] = frozenset()


class Cost:
    """Estimates under one valuation."""

    def __init__(self, model: Model, valuation: Valuation, reach: Reach) -> None:
        self._model = model
        self._valuation = valuation
        self._reach = reach
        self._known: dict[str, _Settings] = {}

    def symbol(self, name: str) -> float:
        """Lines to turn `name` on; 0 if it is on, NEVER where no way is seen."""
        return _count(self._symbol(name))

    def way(self, way: Way) -> float:
        """Lines for one way."""
        return self._weighted(way, self._way(way))

    def lines(self, way: Way) -> float:
        """Lines for one way, without the weight that its rank has."""
        return _count(self._way(way))

    def covers(self, dear: Way, cheap: Way) -> bool:
        """Whether `dear` takes all that `cheap` takes, and so is never to be preferred."""
        more, less = self._way(dear), self._way(cheap)
        return less is not None and (more is None or more >= less)

    def expr(self, expr: Expr) -> float:
        """Lines to make a condition hold."""
        return _count(self._expr(expr))

    def _weighted(self, way: Way, settings: _Settings) -> float:
        is_own = way.kind in ("prompt", "default")
        return _count(settings) * (1 if is_own else _UNRELATED_SELECT)

    def _symbol(self, name: str) -> _Settings:
        if self._valuation.state(name).tri != Tri.N:
            return _NOTHING
        if name not in self._known:
            # Met again on the way down, it is no way to itself.
            self._known[name] = None
            if self._reach.can_be_on(name):
                ways = [(way, self._way(way)) for way in ways_on(self._model, name)]
                cheapest = min(ways, key=lambda pair: self._weighted(*pair), default=None)
                self._known[name] = cheapest[1] if cheapest is not None else None
        return self._known[name]

    def _way(self, way: Way) -> _Settings:
        state = self._valuation.state(way.symbol)
        if way.kind in ("default", "imply") and state.user is not None and state.visibility:
            # The user has said otherwise, and that counts before any default.
            return None
        own = frozenset((way.symbol,)) if way.kind == "prompt" else _NOTHING
        return _union((own, *(self._expr(term.expr) for term in way.terms)))

    def _expr(self, expr: Expr) -> _Settings:
        if self._valuation.tri(expr) != Tri.N:
            return _NOTHING
        match expr:
            case Constant():
                return None
            case SymbolRef(name):
                return self._symbol(name)
            case And(operands):
                return _union(self._expr(each) for each in operands)
            case Or(operands):
                return min((self._expr(each) for each in operands), key=_count)
            case Not(SymbolRef(name)):
                return self._off(name)
            case Not():
                return frozenset((str(expr),))
            case Comparison(relation, left, right):
                if not isinstance(left, SymbolRef):
                    return None
                if relation is Relation.EQUAL and right in (Constant("y"), Constant("m")):
                    settings = self._symbol(left.name)
                    return frozenset((left.name,)) if settings == _NOTHING else settings
                if relation is Relation.UNEQUAL and right == Constant("n"):
                    return self._symbol(left.name)
                return self._off(left.name)
            case _:
                assert_never(expr)

    def _off(self, name: str) -> _Settings:
        symbol = self._model.symbols.get(name)
        if symbol is None:
            return None
        state = self._valuation.state(name)
        if state.visibility > state.selected:
            return frozenset((f"!{name}",))
        # Somebody else keeps it on: one line for that one, and more where it has no prompt.
        prompted = any(isinstance(item, Prompt) for item in symbol.properties)
        lines = 2 if prompted else 3
        return frozenset(f"!{name} ({number})" for number in range(lines))


def _count(settings: _Settings) -> float:
    return NEVER if settings is None else len(settings)


def _union(parts: Iterable[_Settings]) -> _Settings:
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return frozenset(found)
