"""Which of many goals can hold together, whatever else is given up for them."""

from __future__ import annotations

from collections.abc import Set

from pysat.solvers import Solver

from kcheck.evaluate.changes import Base
from kcheck.evaluate.nodes import Sym
from kcheck.goals import Goal
from kcheck.solve.candidates import Candidates
from kcheck.solve.round import Round
from kcheck.solve.sought import Sought

_SOLVER = "g4"


class Together:
    """One encoding of all of `goals`, each of which can be asked for or not.

    Of what stands in neither `goals` nor `looked_into` and is y in the base, nothing is
    known but that it may fall: where goals clash they do so in truth, and where they do not
    a search has the last word.
    """

    def __init__(
        self,
        base: Base,
        candidates: Candidates,
        goals: tuple[Goal, ...],
        looked_into: Set[Sym],
    ) -> None:
        sought = Sought(base, candidates, goals)
        sought.looked_into |= looked_into
        round_ = Round(sought, may_fall=True, tried=[], optional=True)
        self._asked = round_.goal_selectors
        self._solver = Solver(_SOLVER, bootstrap_with=round_.clauses.clauses)

    def __enter__(self) -> Together:
        return self

    def __exit__(self, *_: object) -> None:
        self._solver.delete()

    def clash(self, held: list[int], goal: int) -> tuple[int, ...] | None:
        """Those of `held` with which `goal` cannot hold, none of them to spare, and `goal`
        itself; None where all can.  Goals go by their place among `goals`.
        """
        if self._solver.solve(assumptions=[self._asked[each] for each in (*held, goal)]):
            return None
        number_of = {selector: number for number, selector in enumerate(self._asked)}
        left = [number_of[each] for each in self._solver.get_core() or () if each in number_of]
        left = sorted(set(left) - {goal})
        core = [goal]
        while left:
            candidate = left.pop()
            if self._solver.solve(assumptions=[self._asked[each] for each in (*core, *left)]):
                core.append(candidate)
            else:
                still = {number_of[each] for each in self._solver.get_core() or ()}
                left = [each for each in left if each in still]
        return tuple(sorted(core))
