"""What keeps a condition from holding, down to the lines of a .config.

Of several ways to make it hold the cheapest is followed, so the answer is one tale, not
every tale; it is told of values as they are and proves nothing about others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from kcheck.auditing import (
    Absent,
    Compared,
    Defaulted,
    Held,
    NotChosen,
    Pulled,
    Root,
    Selector,
    Unset,
)
from kcheck.evaluate.valuation import SymbolState, Valuation
from kcheck.explain.cost import NEVER, Cost
from kcheck.explain.reach import Reach
from kcheck.explain.setters import Setters
from kcheck.findings import Fixed, NeverOn, ProbeAnswer
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Expr,
    Location,
    Model,
    Not,
    Or,
    Relation,
    SymbolRef,
    SymbolType,
    Tri,
)
from kcheck.ways import Term, Way, ways_on
from kcheck.wording import expr_text

_DECISIVE = {
    (Relation.EQUAL, "y"): (Tri.Y, None),
    (Relation.EQUAL, "n"): (None, Tri.N),
    (Relation.UNEQUAL, "n"): (Tri.M, None),
    (Relation.UNEQUAL, "y"): (None, Tri.M),
}
"""For comparisons with a constant: how high the symbol has to be at least, or at most."""


class Blame:
    """Answers under one valuation, whose values `setters` gave."""

    def __init__(self, model: Model, valuation: Valuation, setters: Setters) -> None:
        self._model = model
        self._valuation = valuation
        self._setters = setters
        self._cost = Cost(model, valuation, Reach(model, valuation))
        self._met: set[str] = set()

    def of_condition(self, expr: Expr, want: Tri, term: Term) -> tuple[Root, ...]:
        """Why `expr`, a part of `term`, is lower than `want`."""
        self._met = set()
        return tuple(dict.fromkeys(self._below(expr, want, term)))

    def of_symbol(self, name: str, want: Tri) -> tuple[Root, ...]:
        """Why `name` is lower than `want`."""
        self._met = set()
        return tuple(dict.fromkeys(self._symbol_below(name, want)))

    def cheapest(self, ways: list[Way]) -> Way:
        """The way that takes the fewest lines."""
        return min(ways, key=self._cost.way)

    # What is too low.

    def _below(self, expr: Expr, want: Tri, term: Term) -> Iterator[Root]:
        match expr:
            case SymbolRef(name):
                yield from self._symbol_below(name, want)
            case And(operands):
                for each in operands:
                    if self._valuation.tri(each) < want:
                        yield from self._below(each, want, term)
            case Or(operands):
                yield from self._below(min(operands, key=self._cost.expr), want, term)
            case Not(operand):
                yield from self._above(operand, Tri(Tri.Y - want), term)
            case Comparison():
                yield from self._comparison(expr, True)
            case Constant():
                yield self._constant(expr, term)
            case _:
                assert_never(expr)

    def _symbol_below(self, name: str, want: Tri) -> Iterator[Root]:
        if name in self._met:
            return
        self._met.add(name)
        symbol = self._model.symbols.get(name)
        if symbol is None:
            yield Absent(name)
            return
        if symbol.type is SymbolType.BOOL:
            # A bool that may be m may be y.
            want = min(want, Tri.M)
        state = self._valuation.state(name)
        if state.visibility >= want:
            yield self._unasked(name, state)
            return
        ways = ways_on(self._model, name)
        prompts = [way for way in ways if way.kind == "prompt"]
        if not ways:
            yield NeverOn(name, symbol.definitions[0].location)
            return
        ranked = sorted(prompts or ways, key=self._cost.way)
        if prompts and self._cost.way(ranked[0]) == NEVER:
            ranked = sorted(ways, key=self._cost.way)
        failing = [t for t in ranked[0].terms if self._valuation.tri(t.expr) < want]
        for term in failing:
            yield from self._below(term.expr, want, term)
        if not failing:
            yield Defaulted(name, state.value, ranked[0].location)

    def _unasked(self, name: str, state: SymbolState) -> Root:
        """A symbol whose prompt would let it be as wanted."""
        choice = self._setters.members_beside(name)
        if choice is not None:
            return NotChosen(name, *self._setters.chosen(choice[1]))
        line = self._setters.line_of(name)
        if line is not None:
            return Held(name, state.value, line)
        return Unset(name, state.value, self._model.symbols[name].definitions[0].location)

    # What is too high.

    def _above(self, expr: Expr, limit: Tri, term: Term) -> Iterator[Root]:
        match expr:
            case SymbolRef(name):
                yield self._symbol_above(name, limit)
            case And(operands):
                # One of them lower would do: one that a line sets, if there is such.
                found = [tuple(self._above(each, limit, term)) for each in operands]
                yield from min(found, key=lambda roots: self._setters.rank(_first_line(roots)))
            case Or(operands):
                for each in operands:
                    if self._valuation.tri(each) > limit:
                        yield from self._above(each, limit, term)
            case Not(operand):
                yield from self._below(operand, Tri(Tri.Y - limit), term)
            case Comparison():
                yield from self._comparison(expr, False)
            case Constant():
                yield self._constant(expr, term)
            case _:
                assert_never(expr)

    def _symbol_above(self, name: str, limit: Tri) -> Root:
        value = self._valuation.state(name).value
        selectors = self._setters.selectors(name, limit)
        if selectors:
            return Pulled(name, value, selectors)
        line = self._setters.line_of(name)
        if line is not None:
            return Held(name, value, line)
        implying = self._setters.selectors(name, limit, "imply")
        if implying:
            return Pulled(name, value, implying)
        default = self._setters.default(name) if name in self._model.symbols else None
        return Defaulted(name, value, default.location if default is not None else None)

    # Either.

    def _comparison(self, expr: Comparison, wanted: bool) -> Iterator[Root]:
        left, right = expr.left, expr.right
        if isinstance(left, SymbolRef) and isinstance(right, Constant) and wanted:
            lowest, highest = _DECISIVE.get((expr.relation, right.text), (None, None))
            if lowest is not None:
                yield from self._symbol_below(left.name, lowest)
                return
            if highest is not None:
                yield self._symbol_above(left.name, highest)
                return
        text = expr_text(expr)
        if isinstance(left, Constant):
            yield Compared(text, None, left.text, None)
        else:
            value = self._valuation.state(left.name).value
            yield Compared(text, left.name, value, self._setters.line_of(left.name))

    def _constant(self, expr: Constant, term: Term) -> Root:
        if not term.probes:
            return Fixed(expr_text(term.expr), term.location)
        probe = self._model.probes[term.probes[-1]]
        return ProbeAnswer(probe.macro, probe.command, probe.answer, probe.source, term.location)


def _first_line(roots: tuple[Root, ...]) -> Location | None:
    match roots:
        case (Held(line=line), *_):
            return line
        case (Pulled(by=(Selector(line=line), *_)), *_):
            return line
        case _:
            return None
