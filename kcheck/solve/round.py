"""One encoding of what is sought, solved for one proposal after the other."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from operator import attrgetter

from pysat.examples.rc2 import RC2Stratified
from pysat.formula import WCNF
from pysat.solvers import Solver

from kcheck.evaluate.nodes import TRISTATES, Sym
from kcheck.goals import AtLeast, Exactly, Goal, HasText, Holds, IsWritten
from kcheck.model import Tri
from kcheck.solve.clauses import FALSE, Clauses, Label
from kcheck.solve.encode import Encoder
from kcheck.solve.levels import Levels
from kcheck.solve.sought import Sought

_SOLVER = "mc"
"""MiniCard knows cardinalities; others are up to twenty times as slow at counting costs."""


class Place(enum.IntEnum):
    """What a plan's cost is made of, what counts most first."""

    LOST = 0
    """Symbols that go off, or from y to m."""
    ANSWERS = 1
    """Probes that would have to answer otherwise."""
    LINES = 2
    UNPREFERRED = 3
    """Lines about other symbols than those that the user prefers."""
    CHANGED = 4
    """Symbols whose value changes."""
    PULLED = 5
    """Symbols that another's select pulls up, though they could have a line of their own."""
    UNNAMED = 6
    """Numbers and strings beside the one that a comparison, or the goal, names."""


class Round:
    """One encoding, solved for one plan after the other."""

    def __init__(
        self,
        sought: Sought,
        may_fall: bool,
        tried: list[frozenset[tuple[str, str]]],
        labelled: bool = False,
        optional: bool = False,
    ) -> None:
        self._sought = sought
        self.clauses = Clauses(labelled)
        base = sought.base
        held = base.on - sought.looked_into
        self.encoder = Encoder(
            base, self.clauses, held, sought.limits.forbid, sought.candidates, may_fall
        )
        self._soft: list[tuple[int, Place]] = []
        """Literals that had better hold, and which place of the cost they count for."""
        self.goal_selectors: list[int] = []
        """With `optional`, literals to assume for the goals that are to count."""
        for goal in sought.goals:
            if optional:
                self.goal_selectors.append(self.clauses.new())
            unless = [-each for each in self.goal_selectors[-1:]]
            for literal in goal_literals(self.encoder, goal):
                self.clauses.add(*unless, literal)
        # By name: among plans of the same cost the solver's choice hangs on the order.
        for symbol in sorted(sought.looked_into, key=attrgetter("name")):
            self.encoder.level(symbol)
        self.encoder.complete()
        self._add_losses(may_fall)
        self._add_costs()
        for lines in tried:
            self._forbid(lines)

    def _add_losses(self, may_fall: bool) -> None:
        sought, encoder = self._sought, self.encoder
        for symbol, level in [*encoder.levels.items(), *encoder.fallible.items()]:
            tri = sought.base.tris[symbol]
            if symbol.name in sought.limits.forbid:
                self._keep_exactly(symbol.name, level, tri)
            if tri == Tri.N or symbol.is_choice or symbol in sought.exempt:
                continue
            stays = level.y if tri == Tri.Y and symbol not in sought.base.promoted else level.m
            if may_fall and symbol.name not in sought.limits.keep:
                self._soft.append((stays, Place.LOST))
            else:
                self.clauses.state(Label(symbol.name, "keep"), stays)

    def _keep_exactly(self, name: str, level: Levels, tri: int) -> None:
        label = Label(name, "keep")
        self.clauses.state(label, level.m if tri >= Tri.M else -level.m)
        self.clauses.state(label, level.y if tri == Tri.Y else -level.y)

    def _add_costs(self) -> None:
        sought, encoder = self._sought, self.encoder
        base = sought.base
        for symbol, line in encoder.lines.items():
            if line != FALSE:
                is_answer = symbol.name in sought.answers
                self._soft.append((-line, Place.ANSWERS if is_answer else Place.LINES))
                if sought.limits.prefer and symbol.name not in sought.limits.prefer:
                    self._soft.append((-line, Place.UNPREFERRED))
        for symbol, level in encoder.levels.items():
            if symbol.is_choice:
                continue
            tri = base.tris[symbol]
            if tri == Tri.M:
                same = self.clauses.all_of((level.m, -level.y))
            else:
                same = level.y if tri == Tri.Y else -level.m
            self._soft.append((same, Place.CHANGED))
            pulled = encoder.pulled.get(symbol, FALSE)
            if tri == Tri.N and encoder.may_have_line(symbol) and pulled != FALSE:
                self._soft.append((-pulled, Place.PULLED))
        for symbol in sought.wanted:
            line = encoder.line(symbol)
            if line != FALSE:
                self._soft.append((line, Place.PULLED))
        for symbol, options in encoder.texts.known.items():
            self._soft.append((dict(options)[base.values[symbol]], Place.CHANGED))
            named = sought.candidates.get(symbol, {})
            for text, literal in options:
                if text != base.values[symbol] and not named.get(text, False):
                    # Right beside it rather than anywhere.
                    times = 1 if text in named else 2
                    self._soft += [(-literal, Place.UNNAMED)] * times

    def _forbid(self, lines: Iterable[tuple[str, str]]) -> None:
        """Leave out plans with all of `lines`."""
        self.clauses.add(*self._without(lines))

    def _without(self, lines: Iterable[tuple[str, str]]) -> list[int]:
        """Literals one of which holds where one of `lines` is missing or another."""
        literals: list[int] = []
        for name, value in lines:
            symbol = self._sought.symbols[name]
            literals.append(-self.encoder.lines.get(symbol, FALSE))
            if symbol.type in TRISTATES:
                level = self.encoder.level(symbol)
                literals += {"n": [level.m], "m": [-level.m, level.y], "y": [-level.y]}[value]
            else:
                literals.append(-self.encoder.texts.value(symbol, value))
        return literals

    def proposals(self) -> Iterator[tuple[tuple[int, ...], dict[str, str], set[Sym]]]:
        """Each a lower bound of the cost, the lines, and the unlooked-into that fall."""
        with Solver(_SOLVER, bootstrap_with=self.clauses.clauses) as solver:
            if not solver.solve():
                return
        if not self._soft:
            # Nothing that has a price: RC2 cannot do with that.
            yield (0,) * len(Place), {}, set()
            return
        weights = self._weights()
        formula = WCNF()
        formula.hard = self.clauses.clauses
        formula.nv = self.clauses.variables
        formula.soft = [[literal] for literal, _ in self._soft]
        formula.wght = [weights[place] for _, place in self._soft]
        formula.topw = sum(formula.wght) + 1
        with RC2Stratified(formula, solver=_SOLVER, nohard=True) as solver:
            while True:
                model = solver.compute()
                if model is None:
                    return
                values = _Values(model)
                cost = [0] * len(Place)
                for literal, place in self._soft:
                    cost[place] += not values.holds(literal)
                lines = {
                    symbol.name: self._value(symbol, values)
                    for symbol, line in self.encoder.lines.items()
                    if line != FALSE and values.holds(line)
                }
                fallen = {
                    symbol
                    for symbol, level in self.encoder.fallible.items()
                    if not values.holds(level.y)
                }
                yield tuple(cost), lines, fallen
                if not lines:
                    return
                solver.add_clause(self._without(lines.items()))

    def _weights(self) -> list[int]:
        """One for each place of the cost, each above all that the later ones add up to."""
        weights: list[int] = []
        total = 0
        for place in reversed(Place):
            weights.insert(0, total + 1)
            total += weights[0] * sum(at is place for _, at in self._soft)
        return weights

    def _value(self, symbol: Sym, values: _Values) -> str:
        if symbol.type in TRISTATES:
            level = self.encoder.level(symbol)
            return "nmy"[values.holds(level.m) + values.holds(level.y)]
        return next(text for text, literal in self.encoder.options(symbol) if values.holds(literal))


class _Values:
    """A solver's model; variables that it leaves out are false."""

    def __init__(self, model: list[int]) -> None:
        self._true = {literal for literal in model if literal > 0}

    def holds(self, literal: int) -> bool:
        """Whether the literal is true."""
        return (literal in self._true) if literal > 0 else (-literal not in self._true)


def goal_literals(encoder: Encoder, goal: Goal) -> list[int]:
    """Literals all of which hold where the goal is reached."""
    if isinstance(goal, Holds):
        return [encoder.expr(goal.expr).m]
    symbol = encoder.base.program.interner.symbols[goal.symbol]
    match goal:
        case AtLeast(_, tri):
            level = encoder.level(symbol)
            return [] if tri == Tri.N else [level.y if tri == Tri.Y else level.m]
        case Exactly(_, tri):
            level = encoder.level(symbol)
            return [
                level.m if tri >= Tri.M else -level.m,
                level.y if tri == Tri.Y else -level.y,
            ]
        case HasText(_, text):
            return [encoder.texts.value(symbol, text)]
        case IsWritten():
            return [encoder.texts.is_written(symbol)]
