"""How many lines it might take to turn a symbol on: an estimate, to rank ways by.

It counts settings along the cheapest chain and looks at no side effects, so it is
neither an upper nor a lower bound; nothing is claimed on its strength.
"""

from __future__ import annotations

import math
from typing import assert_never

from kcheck.evaluate.valuation import Valuation
from kcheck.explain.reach import Reach
from kcheck.explain.ways import Way, ways_on
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

NEVER = math.inf
_UNRELATED_SELECT = 1.5
"""A symbol's own prompt comes before somebody else's select, as long as both are short."""


class Cost:
    """Estimates under one valuation."""

    def __init__(self, model: Model, valuation: Valuation, reach: Reach) -> None:
        self._model = model
        self._valuation = valuation
        self._reach = reach
        self._known: dict[str, float] = {}

    def symbol(self, name: str) -> float:
        """Lines to turn `name` on; 0 if it is on, NEVER where no way is seen."""
        if self._valuation.state(name).tri != Tri.N:
            return 0
        if name not in self._known:
            self._known[name] = NEVER
            if self._reach.can_be_on(name):
                self._known[name] = min(
                    (self.way(way) for way in ways_on(self._model, name)), default=NEVER
                )
        return self._known[name]

    def way(self, way: Way) -> float:
        """Lines for one way."""
        state = self._valuation.state(way.symbol)
        if way.kind in ("default", "imply") and state.user is not None and state.visibility:
            # The user has said otherwise, and that counts before any default.
            return NEVER
        terms = sum(self.expr(term.expr) for term in way.terms)
        if way.kind == "prompt":
            return terms + 1
        return terms if way.kind == "default" else terms * _UNRELATED_SELECT

    def expr(self, expr: Expr) -> float:
        """Lines to make a condition hold."""
        if self._valuation.tri(expr) != Tri.N:
            return 0
        match expr:
            case Constant():
                return NEVER
            case SymbolRef(name):
                return self.symbol(name)
            case And(operands):
                return sum(self.expr(each) for each in operands)
            case Or(operands):
                return min(self.expr(each) for each in operands)
            case Not(SymbolRef(name)):
                return self._off(name)
            case Not():
                return 1
            case Comparison(relation, left, right):
                if not isinstance(left, SymbolRef):
                    return NEVER
                if relation is Relation.EQUAL and right in (Constant("y"), Constant("m")):
                    return self.symbol(left.name) or 1
                if relation is Relation.UNEQUAL and right == Constant("n"):
                    return self.symbol(left.name)
                return self._off(left.name)
            case _:
                assert_never(expr)

    def _off(self, name: str) -> float:
        symbol = self._model.symbols.get(name)
        state = self._valuation.state(name)
        if symbol is None:
            return NEVER
        if state.visibility > state.selected:
            return 1
        if any(isinstance(item, Prompt) for item in symbol.properties):
            return 2
        return 3
