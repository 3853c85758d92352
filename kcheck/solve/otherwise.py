"""What lines could do if probes answered otherwise: what another toolchain would allow."""

from __future__ import annotations

import msgspec

from kcheck.evaluate.changes import Base
from kcheck.findings import Effect, NeedsToolchain, OtherAnswer, Plan
from kcheck.goals import Goal
from kcheck.model import Model
from kcheck.solve.answers import FreeAnswers
from kcheck.solve.candidates import candidates
from kcheck.solve.effects import as_lines, as_written, in_order
from kcheck.solve.known import Offered
from kcheck.solve.search import Found, Search
from kcheck.solve.sought import Limits, Sought


class Otherwise(msgspec.Struct, frozen=True):
    """A model with free answers, and a .config as conf reads it there, in which they are as they
    were given.
    """

    free: FreeAnswers
    base: Base

    @property
    def offered(self) -> Offered:
        """The base, and the values that make a difference there."""
        return self.base, candidates(self.base.program, self.base.values)

    def solved(
        self, first: Base, goals: tuple[Goal, ...], limits: Limits, may_fall: bool
    ) -> NeedsToolchain | None:
        """The other answers and the lines that reach `goals`; None where none do.

        `first` is the .config under the answers as they are: the lines are to be behind that.
        """
        probes = self.free.probes
        base, texts = self.offered
        search = Search(Sought(base, texts, goals, limits, frozenset(probes)))
        found = next(search.least_harm() if may_fall else search.harmless(), None)
        if found is None:
            return None
        model = first.program.model
        answers = tuple(
            self._other_answer(probes[name], value)
            for name, value in found.lines.items()
            if name in probes
        )
        lines = {name: value for name, value in found.lines.items() if name not in probes}
        changed = self._changed(model, found)
        plan = Plan(
            as_lines(model, in_order(first, lines)),
            tuple(each for each in changed if each.symbol not in lines),
            tuple(each for each in changed if each.symbol in found.lost),
            (),
            found.proved,
            found.fewest_changes,
            "evaluator, with the other answers",
        )
        return NeedsToolchain(answers, plan)

    def _changed(self, model: Model, found: Found) -> tuple[Effect, ...]:
        """What changes, in the order of the files: that of the search hangs on how much of them it
        has seen.
        """
        self.base.with_lines(found.lines)
        after = self.base.states()
        self.base.with_lines({})
        before = self.base.states(found.changes)
        return tuple(
            Effect(
                name,
                as_written(symbol.type, before[name]),
                as_written(symbol.type, after[name]),
                "dependency" if name in found.lost else "",
            )
            for name, symbol in model.symbols.items()
            if name in found.changes
        )

    def _other_answer(self, index: int, wanted: str) -> OtherAnswer:
        probe = self.free.model.probes[index]
        return OtherAnswer(
            probe.macro, probe.command, probe.answer, wanted, probe.source, probe.location
        )
