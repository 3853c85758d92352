"""The search for lines: least given up, then fewest lines, then fewest other changes.

Each answer is proved by the solver on what it looks at, and what it does not look at is
evaluated: a symbol that goes off unseen is looked into from then on, and the search is
made again.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kcheck.evaluate.changes import Change
from kcheck.evaluate.nodes import TRISTATES, Sym
from kcheck.goals import AtLeast, Exactly, HasText, Holds, IsWritten, SymbolGoal
from kcheck.solve.encode import Encoder
from kcheck.solve.round import Place, Round
from kcheck.solve.sought import Sought

_MOST_TRIED = 60
"""Plans with as few lines, tried one by one for which of them changes least."""


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


class Search:
    """The search for what is sought."""

    def __init__(self, sought: Sought) -> None:
        self.sought = sought
        self._last: Encoder | None = None
        self.faithful = not sought.base.forgets_numbers

    def seen(self) -> Iterator[Sym]:
        """The symbols that the last round knew of."""
        if self._last is not None:
            yield from self._last.levels
            yield from self._last.fallible
            yield from self._last.texts.known

    def harmless(self) -> Iterator[Found]:
        """The plans that give up nothing, best first; none if there is none."""
        return self._plans(may_fall=False)

    def least_harm(self) -> Iterator[Found]:
        """The plans that give up least, best first; none if nothing reaches the goals."""
        return self._plans(may_fall=True)

    def _plans(self, may_fall: bool) -> Iterator[Found]:
        sought = self.sought
        tried: list[frozenset[tuple[str, str]]] = []
        waiting: list[Found] = []
        while True:
            rebuild = False
            round_ = Round(sought, may_fall, tried)
            self._last = round_.encoder
            self.faithful &= not round_.encoder.entangled
            for bound, lines, fallen in round_.proposals():
                yield from _settled(waiting, bound, len(tried))
                found = self._applied(lines, bound)
                unseen = {sought.symbols[name] for name in found.lost} | fallen
                if unseen - sought.looked_into:
                    sought.looked_into |= unseen
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
        base, symbols = self.sought.base, self.sought.symbols
        changes = base.with_lines(lines)
        lost = tuple(
            name
            for name, change in changes.items()
            if symbols[name].type in TRISTATES
            and symbols[name] not in self.sought.exempt
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
        is_least = is_proved or (is_one and not base.forgets_numbers)
        return Found(lines, changes, lost, tuple(cost), is_least, is_proved)

    def _is_m_again(self, name: str, change: Change) -> bool:
        """Whether a symbol comes to be m, as the .config asks, because modules come on."""
        symbol = self.sought.symbols[name]
        return change.after == "m" and symbol in self.sought.base.promoted

    def _is_reached(self, found: Found) -> bool:
        return all(
            self._holds(goal, found.changes.get(goal.symbol))
            for goal in self.sought.goals
            if not isinstance(goal, Holds)
        )

    def _holds(self, goal: SymbolGoal, change: Change | None) -> bool:
        symbol = self.sought.symbols[goal.symbol]
        value = change.after if change else self.sought.base.values[symbol]
        match goal:
            case AtLeast(_, tri):
                return "nmy".index(value) >= tri
            case Exactly(_, tri):
                return value == str(tri)
            case HasText(_, text):
                return value == text
            case IsWritten():
                return symbol.written


def _settled(waiting: list[Found], bound: tuple[int, ...], tried: int) -> Iterator[Found]:
    """Take out of `waiting` what nothing to come can be better than."""
    while waiting and waiting[0].cost <= bound:
        yield waiting.pop(0)
    if waiting and tried >= _MOST_TRIED:
        yield msgspec.structs.replace(waiting.pop(0), fewest_changes=False)
