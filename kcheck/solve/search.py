"""The search for lines: least given up, then fewest lines, then fewest other changes.

Each answer is proved by the solver on what it looks at, and what it does not look at is
evaluated: a symbol that goes off unseen is looked into from then on, and the search is
made again.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Set
from operator import attrgetter

import msgspec
from pysat.examples.rc2 import RC2Stratified
from pysat.formula import WCNF
from pysat.solvers import Solver

from kcheck.evaluate.changes import Base, Change
from kcheck.evaluate.nodes import TRISTATES, Sym
from kcheck.goals import (
    AtLeast,
    Exactly,
    Goal,
    HasText,
    Holds,
    IsWritten,
    SymbolGoal,
    lowered_by,
    symbol_of,
)
from kcheck.model import Tri
from kcheck.solve.candidates import Candidates, with_compared, with_text
from kcheck.solve.clauses import FALSE, Clauses, Label
from kcheck.solve.encode import Encoder
from kcheck.solve.levels import Levels

_SOLVER = "mc"
"""MiniCard knows cardinalities; others are up to twenty times as slow at counting costs."""


class Limits(msgspec.Struct, frozen=True):
    """What the user rules out or in: `keep` must not go lower, `forbid` must stay as they
    are, and among equals lines about `prefer` come first.
    """

    keep: frozenset[str] = frozenset()
    forbid: frozenset[str] = frozenset()
    prefer: frozenset[str] = frozenset()


class Found(msgspec.Struct, frozen=True):
    """Lines that reach the goals, what they change, and what of that is given up.

    `cost` orders plans; see Place.  `proved` says that no other plan has a lower one as far
    as LINES, `fewest_changes` that none has a lower one at all.
    """

    lines: dict[str, str]
    changes: dict[str, Change]
    lost: tuple[str, ...]
    cost: tuple[int, ...]
    proved: bool
    fewest_changes: bool


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


class Search:
    """One goal, or several at once, on one base.

    Symbols in `answers` stand for what probes answered (kcheck.solve.answers).
    """

    def __init__(
        self,
        base: Base,
        candidates: Candidates,
        goals: tuple[Goal, ...],
        limits: Limits,
        answers: Set[str] = frozenset(),
    ) -> None:
        self.base = base
        self.goals = goals
        self.answers = answers
        self.limits = limits
        self.symbols = base.program.interner.symbols
        self.candidates = candidates
        for goal in goals:
            if isinstance(goal, HasText):
                self.candidates = with_text(self.candidates, self.symbols[goal.symbol], goal.text)
            elif isinstance(goal, Holds):
                self.candidates = with_compared(self.candidates, self.symbols, goal.expr)
        # What is wanted lower than it is counts as no loss.
        self.exempt = {self.symbols[name] for each in goals for name in lowered_by(each)}
        self.wanted = [self.symbols[name] for goal in goals if (name := symbol_of(goal))]
        self.looked_into = {*self.wanted, *self.exempt}
        self.looked_into |= {self.symbols[name] for name in limits.forbid}
        self.last: Encoder | None = None
        self.faithful = not base.forgets_numbers

    def seen(self) -> Iterator[Sym]:
        """The symbols that the last round knew of."""
        if self.last is not None:
            yield from self.last.levels
            yield from self.last.fallible
            yield from self.last.texts.known

    def harmless(self) -> Iterator[Found]:
        """The plans that give up nothing, best first; none if there is none."""
        return self._plans(may_fall=False)

    def least_harm(self) -> Iterator[Found]:
        """The plans that give up least, best first; none if nothing reaches the goals."""
        return self._plans(may_fall=True)

    def _plans(self, may_fall: bool) -> Iterator[Found]:
        tried: list[frozenset[tuple[str, str]]] = []
        waiting: list[Found] = []
        while True:
            rebuild = False
            round_ = Round(self, may_fall, tried)
            self.last = round_.encoder
            self.faithful &= not round_.encoder.entangled
            for bound, lines, fallen in round_.proposals():
                yield from _settled(waiting, bound, len(tried))
                found = self._applied(lines, bound)
                unseen = {self.symbols[name] for name in found.lost} | fallen
                if unseen - self.looked_into:
                    self.looked_into |= unseen
                    rebuild = True
                    break
                tried.append(frozenset(lines.items()))
                if not self._is_reached(found) or (unseen and not may_fall):
                    self.faithful = False
                    continue
                waiting.append(found)
                waiting.sort(key=lambda each: each.cost)
            if not rebuild:
                yield from waiting
                return

    def _applied(self, lines: dict[str, str], bound: tuple[int, ...]) -> Found:
        """The plan as the evaluator sees it."""
        changes = self.base.with_lines(lines)
        lost = tuple(
            name
            for name, change in changes.items()
            if self.symbols[name].type in TRISTATES
            and self.symbols[name] not in self.exempt
            and "nmy".index(change.after) < "nmy".index(change.before)
            and not self._is_m_again(name, change)
        )
        cost = list(bound)
        cost[Place.LOST] = len(lost)
        cost[Place.CHANGED] = len(changes)
        # The clauses take what is y outside of them for y, which such symbols no longer are.
        as_told = not any(self._is_m_again(*each) for each in changes.items())
        is_proved = self.faithful and as_told
        # Nothing beats a single line that gives up nothing.
        is_one = len(lines) == 1 and not (lost or cost[Place.ANSWERS])
        is_least = is_proved or (is_one and not self.base.forgets_numbers)
        return Found(lines, changes, lost, tuple(cost), is_least, is_proved)

    def _is_m_again(self, name: str, change: Change) -> bool:
        """Whether a symbol comes to be m, as the .config asks, because modules come on."""
        return change.after == "m" and self.symbols[name] in self.base.promoted

    def _is_reached(self, found: Found) -> bool:
        return all(
            self._holds(goal, found.changes.get(goal.symbol))
            for goal in self.goals
            if not isinstance(goal, Holds)
        )

    def _holds(self, goal: SymbolGoal, change: Change | None) -> bool:
        symbol = self.symbols[goal.symbol]
        value = change.after if change else self.base.values[symbol]
        match goal:
            case AtLeast(_, tri):
                return "nmy".index(value) >= tri
            case Exactly(_, tri):
                return value == str(tri)
            case HasText(_, text):
                return value == text
            case IsWritten():
                return symbol.written


_MOST_TRIED = 60
"""Plans with as few lines, tried one by one for which of them changes least."""


def _settled(waiting: list[Found], bound: tuple[int, ...], tried: int) -> Iterator[Found]:
    """Take out of `waiting` what nothing to come can be better than."""
    while waiting and waiting[0].cost <= bound:
        yield waiting.pop(0)
    if waiting and tried >= _MOST_TRIED:
        yield msgspec.structs.replace(waiting.pop(0), fewest_changes=False)


class Round:
    """One encoding, solved for one plan after the other."""

    def __init__(
        self,
        search: Search,
        may_fall: bool,
        tried: list[frozenset[tuple[str, str]]],
        labelled: bool = False,
        optional: bool = False,
    ) -> None:
        self._search = search
        self.clauses = Clauses(labelled)
        base = search.base
        held = base.on - search.looked_into
        self.encoder = Encoder(
            base, self.clauses, held, search.limits.forbid, search.candidates, may_fall
        )
        self._soft: list[tuple[int, Place]] = []
        """Literals that had better hold, and which place of the cost they count for."""
        self.goal_selectors: list[int] = []
        """With `optional`, literals to assume for the goals that are to count."""
        for goal in search.goals:
            if optional:
                self.goal_selectors.append(self.clauses.new())
            unless = [-each for each in self.goal_selectors[-1:]]
            for literal in goal_literals(self.encoder, goal):
                self.clauses.add(*unless, literal)
        # By name: among plans of the same cost the solver's choice hangs on the order.
        for symbol in sorted(search.looked_into, key=attrgetter("name")):
            self.encoder.level(symbol)
        self.encoder.complete()
        self._add_losses(may_fall)
        self._add_costs()
        for lines in tried:
            self._forbid(lines)

    def _add_losses(self, may_fall: bool) -> None:
        search, encoder = self._search, self.encoder
        for symbol, level in [*encoder.levels.items(), *encoder.fallible.items()]:
            tri = search.base.tris[symbol]
            if symbol.name in search.limits.forbid:
                self._keep_exactly(symbol.name, level, tri)
            if tri == Tri.N or symbol.is_choice or symbol in search.exempt:
                continue
            stays = level.y if tri == Tri.Y and symbol not in search.base.promoted else level.m
            if may_fall and symbol.name not in search.limits.keep:
                self._soft.append((stays, Place.LOST))
            else:
                self.clauses.state(Label(symbol.name, "keep"), stays)

    def _keep_exactly(self, name: str, level: Levels, tri: int) -> None:
        label = Label(name, "keep")
        self.clauses.state(label, level.m if tri >= Tri.M else -level.m)
        self.clauses.state(label, level.y if tri == Tri.Y else -level.y)

    def _add_costs(self) -> None:
        search, encoder = self._search, self.encoder
        base = search.base
        for symbol, line in encoder.lines.items():
            if line != FALSE:
                is_answer = symbol.name in search.answers
                self._soft.append((-line, Place.ANSWERS if is_answer else Place.LINES))
                if search.limits.prefer and symbol.name not in search.limits.prefer:
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
        for symbol in search.wanted:
            line = encoder.line(symbol)
            if line != FALSE:
                self._soft.append((line, Place.PULLED))
        for symbol, options in encoder.texts.known.items():
            self._soft.append((dict(options)[base.values[symbol]], Place.CHANGED))
            named = search.candidates.get(symbol, {})
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
            symbol = self._search.symbols[name]
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
