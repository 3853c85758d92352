"""Questions about one model and one .config, answered with plans or proofs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cached_property

from kcheck.arches import BUILT_FOR
from kcheck.border import Border
from kcheck.dotconfig import DotConfig, content_of, parse_dotconfig
from kcheck.errors import KconfigSyntaxError
from kcheck.evaluate.asked import asked_values
from kcheck.evaluate.changes import Base
from kcheck.evaluate.conf import olddefconfig
from kcheck.evaluate.nodes import Sym
from kcheck.evaluate.valuation import Valuation
from kcheck.findings import (
    Costly,
    NeedsToolchain,
    Plan,
    Reachable,
    Solution,
    Unreachable,
)
from kcheck.goals import Goal
from kcheck.model import Model
from kcheck.solve.answers import free_answers
from kcheck.solve.candidates import Candidates, candidates
from kcheck.solve.clashes import Together
from kcheck.solve.known import Known, Offered
from kcheck.solve.otherwise import Otherwise
from kcheck.solve.planned import Planner, with_lines_behind
from kcheck.solve.prove import prove
from kcheck.solve.round import Place
from kcheck.solve.search import Found, Search
from kcheck.solve.sought import Limits, Sought


class Session:
    """`config` is the file that lines are to be put behind; None stands for an empty one.

    `valuation` is what conf makes of it, and `base` it as conf reads it, where that is known
    already.  Of a part of a model, `border` says where it ends: answers that reach beyond raise
    Outgrown.  `known` has what was found for other bases of the same program.
    """

    def __init__(
        self,
        model: Model,
        config: DotConfig | None,
        valuation: Valuation | None = None,
        border: Border | None = None,
        base: Base | None = None,
        known: Known | None = None,
    ) -> None:
        self.model = model
        self._base = base
        self._config = config
        self._valuation = valuation
        self._border = border
        self._known = known

    @cached_property
    def base(self) -> Base:
        """The .config as conf reads it."""
        if self._base is not None:
            return self._base
        return Base(self.model, self._config, self._border)

    @cached_property
    def valuation(self) -> Valuation:
        """What conf makes of the .config."""
        if self._valuation is not None:
            return self._valuation
        if self.base.forgets_numbers:
            # Then conf computes some symbols from numbers that it forgets afterwards.
            return olddefconfig(self.model, self._config).valuation
        return self.base.valuation

    @cached_property
    def _candidates(self) -> Candidates:
        return candidates(self.base.program, self.base.values)

    @cached_property
    def _here(self) -> Offered:
        return self.base, self._candidates

    @cached_property
    def _otherwise(self) -> Otherwise | None:
        free = free_answers(self.model)
        config = with_lines_behind(self._config, free.lines())
        border = self._border and self._border.with_probes(free.probes)
        try:
            known = None if self._known is None else self._known.base(free.model, config)
            return Otherwise(free, known or Base(free.model, config, border))
        except KconfigSyntaxError:
            # Some other answers have dependencies run in a circle, which conf refuses.
            return None

    def _beside(self) -> Offered | None:
        return None if self._otherwise is None else self._otherwise.offered

    @cached_property
    def _planner(self) -> Planner:
        return Planner(self.model, self._config, self.base, self.valuation, self._border)

    def prepare(self) -> None:
        """Compute what answers to all goals share, which otherwise the first one waits for."""
        _ = self.valuation, self._candidates
        self.base.with_lines({})

    def search(self, goals: tuple[Goal, ...], limits: Limits = Limits()) -> Search:  # noqa: B008
        """The search for lines that reach `goals`."""
        return Search(Sought(self.base, self._candidates, goals, limits))

    def solve(
        self,
        goals: tuple[Goal, ...],
        limits: Limits = Limits(),  # noqa: B008
        alternatives: int = 0,
        whole: bool = False,
    ) -> Solution:
        """The best plan and the `alternatives` next best, or what stands in the way.

        With `whole`, each plan is applied to all symbols once more as conf would, from an
        empty evaluator; without, to those whose values its lines can reach, and what becomes
        visible is not told.
        """

        def find() -> Solution:
            return self._solved(goals, limits, alternatives, whole)

        if whole or self._known is None:
            return find()
        question = "solve", goals, limits, alternatives
        return self._known.answer(question, self._here, self._beside, find)

    def _solved(
        self, goals: tuple[Goal, ...], limits: Limits, alternatives: int, whole: bool
    ) -> Solution:
        search = self.search(goals, limits)
        plans = self._plans(search.harmless(), goals, alternatives, whole)
        if plans and not plans[0].lost:
            return Reachable(plans[0], plans[1:])
        if self._rests_on_probes(search):
            better = self._with_other_answers(goals, limits, may_fall=False)
            if better is not None:
                return better
        plans = self._plans(search.least_harm(), goals, alternatives, whole)
        if plans:
            if _leaves_machine(plans[0]) and self._rests_on_probes(search):
                better = self._with_other_answers(goals, limits, may_fall=True)
                if better is not None and not _leaves_machine(better.plan):
                    return better
            return Costly(plans[0], plans[1:])
        if self._rests_on_probes(search):
            better = self._with_other_answers(goals, limits, may_fall=True)
            if better is not None:
                return better
        return Unreachable(prove(self.model, search))

    def applied(self, plan: Plan) -> tuple[bytes, bytes]:
        """The .config with the plan's lines behind it, and what conf makes of that."""
        config = with_lines_behind(self._config, plan.lines)
        text = content_of(line.text for line in config.lines)
        return text, olddefconfig(self.model, config).text

    def with_lines(self, lines: tuple[str, ...]) -> Valuation:
        """What conf makes of the .config with `lines` behind it, found from what they change.

        Symbols that only come into sight are as they were.
        """
        before = self.valuation.states
        added = parse_dotconfig(content_of(lines), "plan")
        asked = asked_values(self.model, added)
        values = {
            line.symbol: asked[line.number]
            for line in added.lines
            if line.symbol is not None and line.number in asked
        }
        self.base.with_lines(values)
        return Valuation(self.model, {**before, **self.base.states()})

    def together(
        self, goals: tuple[Goal, ...], doubtful: tuple[int, ...]
    ) -> tuple[tuple[tuple[int, ...], ...], Plan | None]:
        """Which of `goals` clash, and the best plan for the others, at whatever price.

        Goals go by their place among `goals`.  Those that are not `doubtful` can hold
        together; each doubtful one that cannot join what came before is in a clash, which
        has no goal to spare, and in no plan.
        """

        def find() -> tuple[tuple[tuple[int, ...], ...], Plan | None]:
            return self._held_together(goals, doubtful)

        if self._known is None:
            return find()
        question = "together", goals, doubtful
        return self._known.answer(question, self._here, self._beside, find)

    def _held_together(
        self, goals: tuple[Goal, ...], doubtful: tuple[int, ...]
    ) -> tuple[tuple[tuple[int, ...], ...], Plan | None]:
        looked_into: set[Sym] = set()
        while True:
            clashes: list[tuple[int, ...]] = []
            held = [each for each in range(len(goals)) if each not in doubtful]
            with Together(self.base, self._candidates, goals, looked_into) as asked:
                for goal in doubtful:
                    clash = asked.clash(held, goal)
                    if clash is None:
                        held.append(goal)
                    else:
                        clashes.append(clash)
            kept = tuple(goals[each] for each in sorted(held))
            search = self.search(kept, Limits())
            plans = self._plans(search.least_harm(), kept, 0, whole=False)
            if plans or search.sought.looked_into <= looked_into:
                return tuple(clashes), plans[0] if plans else None
            looked_into |= search.sought.looked_into

    def lines_for(self, goals: tuple[Goal, ...]) -> int | None:
        """How many lines reach `goals` without giving anything up; None where none do."""
        found = next(self.search(goals).harmless(), None)
        return None if found is None else found.cost[Place.LINES]

    def _plans(
        self, found: Iterator[Found], goals: tuple[Goal, ...], alternatives: int, whole: bool
    ) -> tuple[Plan, ...]:
        plans = (self._planner.plan(each, goals, whole) for each in found)
        wanted = (plan for plan in plans if plan is not None)
        return tuple(itertools.islice(wanted, 1 + alternatives))

    # Other answers.

    def _rests_on_probes(self, search: Search) -> bool:
        """Whether an answer stands in anything that the search has looked at."""
        names = {symbol.name for symbol in search.seen()}
        return not names.isdisjoint(self.model.probed)

    def _with_other_answers(
        self, goals: tuple[Goal, ...], limits: Limits, may_fall: bool
    ) -> NeedsToolchain | None:
        if self._otherwise is None:
            return None
        if not self.base.looked_at.beside:
            self.base.looked_at.beside = True
            self._otherwise.base.look_anew()
        return self._otherwise.solved(self.base, goals, limits, may_fall)


def _leaves_machine(plan: Plan) -> bool:
    """Whether the kernel would be one for another kind of machine: no answer to who has this."""
    return any(each.symbol in BUILT_FOR for each in plan.lost)
