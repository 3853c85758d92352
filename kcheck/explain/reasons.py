"""The chain of causes that keeps a symbol off, cheapest way first."""

from __future__ import annotations

from typing import assert_never

import msgspec

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.valuation import Valuation
from kcheck.explain.cost import NEVER, Cost
from kcheck.explain.elsewhere import definitions_elsewhere
from kcheck.explain.reach import Reach
from kcheck.explain.ways import Term, Way, ways_on
from kcheck.explain.wording import expr_text
from kcheck.findings import (
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
    Unmet,
    WrongValue,
)
from kcheck.model import (
    And,
    Choice,
    Comparison,
    Constant,
    Expr,
    Location,
    Model,
    Not,
    Or,
    Relation,
    SymbolRef,
    Tri,
)

_PULLED = {"select": "selected", "imply": "implied"}
_ARMS_SHOWN = 4
"""So many ways are laid side by side; a symbol like REGMAP has hundreds of selectors."""


class Limits(msgspec.Struct, frozen=True):
    """What is out of reach here, and what another compiler would bring within it."""

    here: Reach
    better: Reach | None


class Builder:
    """Builds reasons for one question; a symbol is explained where it comes up first.

    `depth` is how many symbols deep the chain goes before it only names what follows.
    With `limits`, of the conditions that fail only those count that cannot hold, and of
    several ways those that another compiler would open.
    """

    def __init__(
        self,
        model: Model,
        valuation: Valuation,
        config: DotConfig | None,
        cost: Cost,
        depth: int,
        limits: Limits | None = None,
    ) -> None:
        self._model = model
        self._valuation = valuation
        self._config = config
        self._cost = cost
        self._depth = depth
        self._limits = limits
        self._seen: set[str] = set()
        self.waits_on: list[str] = []

    def why_off(self, name: str, level: int = 0) -> tuple[Reason, ...]:
        """Why `name` is not on; empty if it is."""
        symbol = self._model.symbols.get(name)
        if symbol is None:
            found = definitions_elsewhere(self._model, name)
            return (NotDefinedHere(name, found.definitions, found.read_by),)
        self._seen.add(name)
        ways = ways_on(self._model, name)
        if not ways:
            return (NeverOn(name, symbol.definitions[0].location),)
        ranked = sorted(ways, key=self._cost.way)
        prompts = [way for way in ranked if way.kind == "prompt"]
        if prompts:
            # What is the user's to set is explained by its prompt, not by who else may
            # pull it; those show only where the prompt cannot be had.
            best = prompts[0]
            if self._cost.way(best) < NEVER or len(prompts) == len(ways):
                return self._way(name, best, level)
        if len(ranked) == 1:
            return self._way(name, ranked[0], level)
        possible = [way for way in ranked if self._cost.way(way) < NEVER] or ranked
        if self._limits is not None:
            possible = [way for way in ranked if self._would_do(way.terms)] or possible
        if len(possible) == 1:
            return self._way(name, possible[0], level)
        shown = possible[:_ARMS_SHOWN]
        arms = [self._grouped(self._way(name, shown[0], level))]
        arms += [self._beside(name, way, level) for way in shown[1:]]
        lines = tuple(self._lines(self._cost.way(way)) for way in shown)
        return (OneOf(tuple(arms), lines, more=len(possible) - len(shown)),)

    def _beside(self, name: str, way: Way, level: int) -> Reason:
        """Another way than the cheapest: who would pull, without going down its chain."""
        if way.by is None:
            return self._grouped(self._way(name, way, level))
        value = self._valuation.state(way.by).value
        conditions = [
            expr_text(term.expr)
            for term in way.terms
            if term.what.endswith(" if") and self._valuation.tri(term.expr) == Tri.N
        ]
        only = " && ".join(conditions)
        return NotSelected(name, way.by, value, _PULLED[way.kind], way.location, only, ())

    def _way(self, name: str, way: Way, level: int) -> tuple[Reason, ...]:
        failing = self._decisive(
            [term for term in way.terms if self._valuation.tri(term.expr) == Tri.N]
        )
        if way.kind in ("select", "imply"):
            return (self._pull(name, way, failing, level),)
        if failing:
            return tuple(self._term(term, level) for term in failing)
        if way.kind == "prompt":
            return (self._not_set(name, way),)
        return (Fixed(f"{name} has this default, and is n all the same", way.location),)

    def _decisive(self, failing: list[Term]) -> list[Term]:
        """Of several failing conditions, those that cannot hold, if that is the question."""
        if self._limits is None:
            return failing
        here = self._limits.here
        return [term for term in failing if not here.can_hold(term.expr, term.probes)] or failing

    def _would_do(self, terms: tuple[Term, ...]) -> bool:
        """Whether a better compiler could make all of them hold; so if nobody asks."""
        if self._limits is None or self._limits.better is None:
            return True
        better = self._limits.better
        return all(better.can_hold(term.expr, term.probes) for term in terms)

    def _lines(self, cost: float) -> int | None:
        """An estimate to show; none where no number of lines would do."""
        if self._limits is not None or cost == NEVER:
            return None
        return max(1, round(cost))

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
        state = self._valuation.state(way.by)
        return NotSelected(
            name,
            way.by,
            state.value,
            _PULLED[way.kind],
            way.location,
            " && ".join(conditions),
            tuple(children),
        )

    def _not_set(self, name: str, way: Way) -> Reason:
        if name not in self.waits_on:
            self.waits_on.append(name)
        other = self._other_member(name)
        if other is not None:
            return other
        line = self._config.last(name) if self._config is not None else None
        state = self._valuation.state(name)
        return NotSet(name, state.value, way.location, None if line is None else line.number)

    def _other_member(self, name: str) -> Reason | None:
        for index, members in self._model.choice_members.items():
            if name in members:
                chosen = [each for each in members if self._valuation.state(each).tri == Tri.Y]
                choice = self._model.entries[index]
                assert isinstance(choice, Choice)
                return OtherMember(name, chosen[0] if chosen else None, choice.location)
        return None

    def _term(self, term: Term, level: int) -> Reason:
        probe = self._probe(term)
        if probe is not None:
            return probe
        if not _has_symbol(term.expr):
            return Fixed(f"{term.what} {expr_text(term.expr)}", term.location)
        children = self._failing(term.expr, term, level)
        return Unmet(term.what, expr_text(term.expr), term.location, children)

    def _probe(self, term: Term) -> Reason | None:
        """The probe behind a constant n, where that is what fails."""
        if not term.probes or not _fails_by_constant(term.expr, self._valuation):
            return None
        asked = self._model.probes[term.probes[-1]]
        return ProbeAnswer(asked.macro, asked.command, asked.answer, asked.source, term.location)

    def _failing(self, expr: Expr, term: Term, level: int) -> tuple[Reason, ...]:
        """Reasons for a condition that is n."""
        match expr:
            case And(operands):
                parts = [
                    msgspec.structs.replace(term, expr=each)
                    for each in operands
                    if self._valuation.tri(each) == Tri.N
                ]
                return tuple(
                    reason
                    for part in self._decisive(parts)
                    for reason in self._failing(part.expr, term, level)
                )
            case Or(operands):
                parts = [msgspec.structs.replace(term, expr=each) for each in operands]
                useful = [part.expr for part in parts if self._would_do((part,))]
                ranked = sorted(useful or operands, key=self._cost.expr)
                shown = ranked[:_ARMS_SHOWN]
                if len(ranked) == 1:
                    return self._failing(ranked[0], term, level)
                arms = tuple(self._grouped(self._failing(each, term, level)) for each in shown)
                lines = tuple(self._lines(self._cost.expr(each)) for each in shown)
                return (OneOf(arms, lines, term.location, len(ranked) - len(shown)),)
            case SymbolRef(name):
                return (self._off(name, level),)
            case Not(operand):
                return self._holding(operand)
            case Constant():
                return (self._probe(term) or Fixed(expr_text(expr), term.location),)
            case Comparison():
                return self._comparison(expr, level)
            case _:
                assert_never(expr)

    def _grouped(self, reasons: tuple[Reason, ...]) -> Reason:
        if len(reasons) == 1:
            return reasons[0]
        first = reasons[0]
        location = getattr(first, "location", None) or Location("", 0)
        return Unmet("all of", "", location, reasons)

    def _off(self, name: str, level: int) -> Reason:
        symbol = self._model.symbols.get(name)
        state = self._valuation.state(name)
        location = symbol.definitions[0].location if symbol else None
        if name in self._seen:
            return SeenAbove(name, state.value, location, deeper=False)
        if symbol is None:
            return self.why_off(name)[0]
        if level + 1 >= self._depth:
            return SeenAbove(name, state.value, location, deeper=True)
        prompted = any(way.kind == "prompt" for way in ways_on(self._model, name))
        children = self.why_off(name, level + 1)
        if len(children) == 1 and isinstance(children[0], NotSet | NeverOn | OtherMember):
            return children[0]
        assert location is not None
        return Off(name, state.value, location, prompted, children)

    def _holding(self, expr: Expr) -> tuple[Reason, ...]:
        """Reasons for `!expr` being n: what keeps `expr` on."""
        match expr:
            case SymbolRef(name):
                return (self._in_the_way(name),)
            case And(operands) | Or(operands):
                found: list[Reason] = []
                for each in operands:
                    if self._valuation.tri(each) == Tri.Y:
                        found.extend(self._holding(each))
                return tuple(found)
            case Comparison(_, left, _):
                return (self._wrong(f"!({expr_text(expr)})", left),)
            case Not(operand):
                return (Unmet("!", expr_text(operand), Location("", 0), ()),)
            case Constant():
                return ()
            case _:
                assert_never(expr)

    def _in_the_way(self, name: str) -> Reason:
        state = self._valuation.state(name)
        symbol = self._model.symbols.get(name)
        location = symbol.definitions[0].location if symbol else None
        line = self._config.last(name) if self._config is not None else None
        active = [
            definition.symbol
            for definition, item in self._model.selects.get(name, ())
            if min(
                self._valuation.state(definition.symbol).tri, self._valuation.tri(item.condition)
            )
            != Tri.N
        ]
        if active:
            by = f"selected by {', '.join(active[:3])}" + (" …" if len(active) > 3 else "")
        elif line is not None and state.user is not None:
            by = f"set in the .config, line {line.number}"
        else:
            by = "by default"
        return InTheWay(name, state.value, location, by)

    def _comparison(self, expr: Comparison, level: int) -> tuple[Reason, ...]:
        left, right = expr.left, expr.right
        if isinstance(left, SymbolRef) and left.name in self._model.symbols:
            wants_on = (expr.relation is Relation.EQUAL and right == Constant("y")) or (
                expr.relation is Relation.UNEQUAL and right == Constant("n")
            )
            if wants_on and self._valuation.state(left.name).tri == Tri.N:
                return (self._off(left.name, level),)
        return (self._wrong(expr_text(expr), left),)

    def _wrong(self, text: str, operand: SymbolRef | Constant) -> Reason:
        if isinstance(operand, Constant):
            return WrongValue(text, "", operand.text, None)
        symbol = self._model.symbols.get(operand.name)
        location = symbol.definitions[0].location if symbol else None
        return WrongValue(text, operand.name, self._valuation.state(operand.name).value, location)


def _has_symbol(expr: Expr) -> bool:
    match expr:
        case SymbolRef():
            return True
        case Constant():
            return False
        case Not(operand):
            return _has_symbol(operand)
        case And(operands) | Or(operands):
            return any(_has_symbol(each) for each in operands)
        case Comparison(_, left, right):
            return isinstance(left, SymbolRef) or isinstance(right, SymbolRef)
        case _:
            assert_never(expr)


def _fails_by_constant(expr: Expr, valuation: Valuation) -> bool:
    """Whether a constant in it, which a macro left there, makes the condition n."""
    match expr:
        case Constant(text):
            return text not in ("y", "m")
        case Not(Constant("y")):
            return True
        case And(operands):
            return any(_fails_by_constant(each, valuation) for each in operands)
        case Or(operands):
            return all(_fails_by_constant(each, valuation) for each in operands)
        case _:
            return False
