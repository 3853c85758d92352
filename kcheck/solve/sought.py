"""What is sought: goals, on which base, and what the user rules out."""

from __future__ import annotations

from collections.abc import Set

import msgspec

from kcheck.evaluate.changes import Base
from kcheck.goals import Goal, HasText, Holds, lowered_by, symbol_of
from kcheck.solve.candidates import Candidates, with_compared, with_text


class Limits(msgspec.Struct, frozen=True):
    """What the user rules out or in: `keep` must not go lower, `forbid` must stay as they
    are, and among equals lines about `prefer` come first.
    """

    keep: frozenset[str] = frozenset()
    forbid: frozenset[str] = frozenset()
    prefer: frozenset[str] = frozenset()


class Sought:
    """One goal, or several at once, on one base.

    Symbols in `answers` stand for what probes answered (kcheck.solve.answers).  `looked_into`
    has those whose value is more than what stands in the base: it grows as a search goes on.
    """

    def __init__(
        self,
        base: Base,
        candidates: Candidates,
        goals: tuple[Goal, ...],
        limits: Limits = Limits(),  # noqa: B008
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
