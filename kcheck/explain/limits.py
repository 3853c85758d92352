"""Which of the conditions that fail are worth telling."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kcheck.explain.reach import Reach
from kcheck.model import Expr, Model, SymbolRef
from kcheck.ways import Term, always_needed


class Limits(msgspec.Struct, frozen=True):
    """What is out of reach here, and what another compiler would bring within it.

    Without `here` the question is only what is off, and every failing condition counts.
    """

    here: Reach | None = None
    better: Reach | None = None

    @property
    def reached(self) -> bool:
        """Whether no settings would do, so that estimates of them say nothing."""
        return self.here is not None

    def decisive(self, failing: list[Term], length: Callable[[Expr], int]) -> list[Term]:
        """Of several failing conditions, those that cannot hold, if that is the question.

        Where no compiler would help, one of them is enough: that of the least `length`.
        """
        if self.here is None:
            return failing
        stuck = [term for term in failing if not self.here.can_hold(term.expr, term.probes)]
        if stuck and self.better is None:
            return [min(stuck, key=lambda term: length(term.expr))]
        return stuck or failing

    def would_do(self, terms: tuple[Term, ...]) -> bool:
        """Whether a better compiler could make all of them hold; so if nobody asks."""
        better = self.better
        return better is None or all(better.can_hold(term.expr, term.probes) for term in terms)


def without_implied(model: Model, failing: list[Term]) -> list[Term]:
    """Without the symbols that another one of the conditions waits on anyway.

    With A depending on B, `A` and `B` become `A`.
    """
    needed = {
        far
        for term in failing
        if isinstance(term.expr, SymbolRef)
        for far in always_needed(model, term.expr.name) - {term.expr.name}
    }
    kept = [
        term
        for term in failing
        if not (isinstance(term.expr, SymbolRef) and term.expr.name in needed)
    ]
    return kept or failing
