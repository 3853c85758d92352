"""Answers that hold for every .config alike in what they were found from.

Configs of one kernel differ in lines that hardly ever bear on a question.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import msgspec

from kcheck.evaluate.changes import Base, Facts
from kcheck.evaluate.nodes import Sym
from kcheck.evaluate.program import Program

_Answer = TypeVar("_Answer")

_VARIANTS = 4
"""Answers to one question that are kept, those given last."""


class _Found(msgspec.Struct, frozen=True):
    """An answer, and what it was found from."""

    facts: dict[Sym, Facts]
    offered: object
    program: Program
    forgets_numbers: bool
    answer: Any

    def holds_for(self, base: Base, offered: object) -> bool:
        """Whether what it was found from is the same."""
        return (
            self.program is base.program
            and self.offered is offered
            and self.forgets_numbers == base.forgets_numbers
            and base.agrees(self.facts)
        )


class Known:
    """Answers to questions about bases, each of which may be about another .config."""

    def __init__(self) -> None:
        self._found: dict[Hashable, deque[_Found]] = {}

    def answer(
        self, question: Hashable, base: Base, offered: object, find: Callable[[], _Answer]
    ) -> _Answer:
        """What was found for a base with which this one agrees in all that was looked at, else
        what `find` finds now.

        `find` is to look at nothing but the base and `offered`, which counts by its identity.
        """
        kept = self._found.setdefault(question, deque(maxlen=_VARIANTS))
        for each in kept:
            if each.holds_for(base, offered):
                known: _Answer = each.answer
                return known
        base.look_anew()
        found = find()
        if not base.looked_at.everything:
            facts = base.facts_looked_at()
            kept.append(_Found(facts, offered, base.program, base.forgets_numbers, found))
        return found
