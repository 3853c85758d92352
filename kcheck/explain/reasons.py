"""The chain of causes that keeps a symbol off, cheapest way first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar, assert_never

import msgspec

from kcheck.explain.cost import NEVER, Cost
from kcheck.explain.elsewhere import definitions_elsewhere
from kcheck.explain.leaves import Leaves, has_symbol
from kcheck.explain.limits import Limits, without_implied
from kcheck.findings import (
    AllOf,
    Fixed,
    NeverOn,
    NotDefinedHere,
    NotSelected,
    NotSet,
    Off,
    OneOf,
    OtherMember,
    Reason,
    SeenAbove,
    Unmet,
)
from kcheck.goals import AtLeast, Goal, Holds
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Expr,
    Not,
    Or,
    Relation,
    SymbolRef,
    Tri,
)
from kcheck.solve.session import Session
from kcheck.ways import Term, Way, ways_on
from kcheck.wording import expr_text

_PULLED = {"select": "selected", "imply": "implied"}
_ARMS_SHOWN = 4
"""So many ways are laid side by side; a symbol like REGMAP has hundreds of selectors."""
_Arm = TypeVar("_Arm", Way, Expr)
_DEARER = 3
"""A way that takes more lines than the cheapest and so many besides is only counted."""


class Builder:
    """Builds reasons for one question; a symbol is explained where it comes up first.

    `depth` is how many alternatives deep the chain goes before it only names what follows:
    a cause without an alternative takes no depth.  With `limits`, of the conditions that fail
    only those count that cannot hold, and of several ways those that another compiler
    would open.  With `every`, no arm is left out.
    """

    def __init__(
        self,
        leaves: Leaves,
        cost: Cost,
        depth: int,
        limits: Limits,
        every: bool,
        session: Session,
    ) -> None:
        self._leaves = leaves
        self._model = leaves.model
        self._valuation = leaves.valuation
        self._cost = cost
        self._depth = depth
        self._limits = limits
        self._every = every
        self._session = session
        self._seen: set[str] = set()
        self._arms_aside = 0
        self.waits_on: list[str] = []
        """The symbols to set along the cheapest chain."""

    def why_off(self, name: str, level: int = 0) -> tuple[Reason, ...]:
        """Why `name` is not on; empty if it is."""
        self._seen.add(name)
        symbol = self._model.symbols.get(name)
        if symbol is None:
            found = definitions_elsewhere(self._model, name)
            return (NotDefinedHere(name, found.definitions, found.read_by),)
        ranked = sorted(ways_on(self._model, name), key=self._cost.way)
        if not ranked:
            return (NeverOn(name, symbol.definitions[0].location),)
        prompts = [way for way in ranked if way.kind == "prompt"]
        if prompts and (len(prompts) == len(ranked) or self._cost.way(prompts[0]) < NEVER):
            # What is the user's to set is explained by its prompt, not by who else may
            # pull it; those show only where the prompt cannot be had.
            return self._way(name, prompts[0], level)
        possible = [way for way in ranked if self._cost.way(way) < NEVER] or ranked
        if self._limits.reached:
            possible = [way for way in ranked if self._limits.would_do(way.terms)] or possible
        if len(possible) == 1:
            return self._way(name, possible[0], level)
        shown, lines = self._by_price(
            self._near_the_cheapest(possible), lambda way: self._goals_of(name, way)
        )
        arms = [_grouped(self._way(name, shown[0], level + 1))]
        with self._aside():
            arms += [self._beside(name, way, level + 1) for way in shown[1:]]
        return (OneOf(tuple(arms), lines, more=len(possible) - len(shown)),)

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """While other arms than the cheapest are told, whose symbols nobody waits on."""
        self._arms_aside += 1
        yield
        self._arms_aside -= 1

    def _near_the_cheapest(self, ways: list[Way]) -> list[Way]:
        if self._every:
            return ways
        cheapest, *others = ways
        limit = self._cost.way(cheapest) + _DEARER
        near = [
            way
            for way in others
            if self._cost.way(way) <= limit and not self._cost.covers(way, cheapest)
        ]
        return [cheapest, *near][:_ARMS_SHOWN]

    def _beside(self, name: str, way: Way, level: int) -> Reason:
        """Another way than the cheapest: who would pull, without going down its chain."""
        if way.by is None:
            return _grouped(self._way(name, way, level))
        value = self._valuation.state(way.by).value
        conditions = [
            expr_text(term.expr)
            for term in way.terms
            if term.what.endswith(" if") and self._valuation.tri(term.expr) == Tri.N
        ]
        only = " && ".join(conditions)
        return NotSelected(name, way.by, value, _PULLED[way.kind], way.location, only, ())

    def _way(self, name: str, way: Way, level: int) -> tuple[Reason, ...]:
        failing = self._decisive(way.terms)
        if way.kind in ("select", "imply"):
            return (self._pull(name, way, failing, level),)
        if failing:
            return tuple(self._term(term, level) for term in self._told(failing))
        if way.kind != "prompt":
            return (self._leaves.overridden(name, way),)
        if name not in self.waits_on and not self._arms_aside:
            self.waits_on.append(name)
        return (self._leaves.not_set(name, way),)

    def _decisive(self, terms: Iterable[Term]) -> list[Term]:
        failing = [term for term in terms if self._valuation.tri(term.expr) == Tri.N]
        return self._limits.decisive(failing, self._length)

    def _told(self, failing: list[Term]) -> list[Term]:
        return failing if self._every else without_implied(self._model, failing)

    def _length(self, expr: Expr) -> int:
        """How long a tale a condition is, roughly."""
        match expr:
            case SymbolRef(name):
                if name in self._seen:
                    return 1
                if name not in self._model.symbols:
                    return 2
                return 9 if ways_on(self._model, name) else 2
            case And(operands):
                return min(self._length(each) for each in operands)
            case Or(operands):
                return sum(self._length(each) for each in operands)
            case _:
                return 0

    def _by_price(
        self, arms: list[_Arm], goals: Callable[[_Arm], tuple[Goal, ...]]
    ) -> tuple[list[_Arm], tuple[int | None, ...]]:
        """The arms, cheapest first, each with the lines that it takes at least."""
        if self._limits.reached:
            return arms, (None,) * len(arms)
        lines = [self._session.lines_for(goals(arm)) for arm in arms]
        order = sorted(range(len(arms)), key=lambda i: (lines[i] is None, lines[i]))
        return [arms[i] for i in order], tuple(lines[i] for i in order)

    def _goals_of(self, name: str, way: Way) -> tuple[Goal, ...]:
        conditions = tuple(Holds(term.expr) for term in way.terms)
        return conditions if way.by is not None else (*conditions, AtLeast(name, Tri.M))

    def _pull(self, name: str, way: Way, failing: list[Term], level: int) -> Reason:
        assert way.by is not None
        children: list[Reason] = []
        conditions: list[str] = []
        for term in failing:
            if term.expr == SymbolRef(way.by):
                children.append(self._off(way.by, level))
            elif term.what.endswith(" if"):
                conditions.append(expr_text(term.expr))
                children.append(self._term(term, level))
        # What the selector itself depends on is part of why the selector is off.
        return NotSelected(
            name,
            way.by,
            self._valuation.state(way.by).value,
            _PULLED[way.kind],
            way.location,
            " && ".join(conditions),
            tuple(children),
        )

    def _term(self, term: Term, level: int) -> Reason:
        probe = self._leaves.probe(term)
        if probe is not None:
            return probe
        if not has_symbol(term.expr):
            return Fixed(f"{term.what} {expr_text(term.expr)}", term.location)
        children = self._failing(term.expr, term, level)
        return Unmet(term.what, expr_text(term.expr), term.location, children)

    def _failing(self, expr: Expr, term: Term, level: int) -> tuple[Reason, ...]:
        """Reasons for a condition that is n."""
        match expr:
            case And(operands):
                return self._failing_all(operands, term, level)
            case Or(operands):
                return self._failing_any(operands, term, level)
            case SymbolRef(name):
                return (self._off(name, level),)
            case Not(Not(inner)):
                return self._failing(inner, term, level)
            case Not(Constant()) | Constant():
                return (self._leaves.probe(term) or Fixed(expr_text(expr), term.location),)
            case Not(operand):
                return self._leaves.holding(operand)
            case Comparison():
                return self._comparison(expr, level)
            case _:
                assert_never(expr)

    def _failing_all(
        self, operands: tuple[Expr, ...], term: Term, level: int
    ) -> tuple[Reason, ...]:
        parts = [msgspec.structs.replace(term, expr=each) for each in operands]
        return tuple(
            reason
            for part in self._told(self._decisive(parts))
            for reason in self._failing(part.expr, term, level)
        )

    def _failing_any(
        self, operands: tuple[Expr, ...], term: Term, level: int
    ) -> tuple[Reason, ...]:
        parts = [msgspec.structs.replace(term, expr=each) for each in operands]
        useful = [part.expr for part in parts if self._limits.would_do((part,))]
        ranked = sorted(useful or operands, key=self._cost.expr)
        if len(ranked) == 1:
            return self._failing(ranked[0], term, level)
        shown, lines = self._by_price(
            ranked if self._every else ranked[:_ARMS_SHOWN], lambda each: (Holds(each),)
        )
        arms = [_grouped(self._failing(shown[0], term, level + 1))]
        with self._aside():
            arms += [_grouped(self._failing(each, term, level + 1)) for each in shown[1:]]
        return (OneOf(tuple(arms), lines, term.location, len(ranked) - len(shown)),)

    def _off(self, name: str, level: int) -> Reason:
        value = self._valuation.state(name).value
        location = self._leaves.defined_at(name)
        if name in self._seen:
            return SeenAbove(name, "n" if location is None else value, location, deeper=False)
        if location is None:
            return self.why_off(name)[0]
        if level >= self._depth and not self._is_leaf(name):
            return SeenAbove(name, value, location, deeper=True)
        prompted = any(way.kind == "prompt" for way in ways_on(self._model, name))
        children = self.why_off(name, level)
        if len(children) == 1 and isinstance(children[0], NotSet | NeverOn | OtherMember):
            return children[0]
        return Off(name, value, location, prompted, children)

    def _is_leaf(self, name: str) -> bool:
        """Whether there is nothing below the symbol: it is only to be set, or never can be."""
        ways = ways_on(self._model, name)
        return not ways or any(
            way.kind == "prompt"
            and all(self._valuation.tri(term.expr) != Tri.N for term in way.terms)
            for way in ways
        )

    def _comparison(self, expr: Comparison, level: int) -> tuple[Reason, ...]:
        left, right = expr.left, expr.right
        if isinstance(left, SymbolRef) and left.name in self._model.symbols:
            wants_on = (expr.relation is Relation.EQUAL and right == Constant("y")) or (
                expr.relation is Relation.UNEQUAL and right == Constant("n")
            )
            if wants_on and self._valuation.state(left.name).tri == Tri.N:
                return (self._off(left.name, level),)
        return (self._leaves.wrong_value(expr_text(expr), left),)


def _grouped(reasons: tuple[Reason, ...]) -> Reason:
    return reasons[0] if len(reasons) == 1 else AllOf(reasons)
