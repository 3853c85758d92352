"""Answers that hold for every .config alike in what they were found from.

Configs of one kernel differ in lines that hardly ever bear on a question.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import msgspec

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.changes import Base, Facts
from kcheck.evaluate.near import Near
from kcheck.evaluate.nodes import Sym
from kcheck.evaluate.program import Program
from kcheck.model import Model
from kcheck.solve.candidates import Candidates

_Answer = TypeVar("_Answer")

_VARIANTS = 4
"""Answers to one question that are kept, those given last,"""
_QUESTIONS = 64
"""and questions to which some are, those asked last."""

Offered = tuple[Base, Candidates]
"""A base, and the values that make a difference there."""


class _Told(msgspec.Struct, frozen=True):
    """What looking at a base has told, and what was offered there, which counts by its identity."""

    facts: dict[Sym, Facts]
    offered: Candidates
    program: Program
    forgets_numbers: bool

    def is_told_by(self, base: Base, offered: Candidates) -> bool:
        """Whether looking there would tell the same."""
        return (
            self.program is base.program
            and self.offered is offered
            and self.forgets_numbers == base.forgets_numbers
            and base.agrees(self.facts)
        )


class _Found(msgspec.Struct, frozen=True):
    """An answer, and what it was found from: a base, and the one with other answers of probes
    where that was looked at, too.
    """

    here: _Told
    beside: _Told | None
    answer: Any

    def holds_for(self, here: Offered, beside: Callable[[], Offered | None]) -> bool:
        """Whether what it was found from is the same."""
        if not self.here.is_told_by(*here):
            return False
        if self.beside is None:
            return True
        there = beside()
        return there is not None and self.beside.is_told_by(*there)


class Known:
    """Answers to questions about bases of one program, each of which may be about another
    .config.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, deque[_Found]] = {}
        self._free: Near | None = None

    def answer(
        self,
        question: Hashable,
        here: Offered,
        beside: Callable[[], Offered | None],
        find: Callable[[], _Answer],
    ) -> _Answer:
        """What was found for a base with which this one agrees in all that was looked at, else
        what `find` finds now.

        `find` is to look at nothing but what is `here`, and what is `beside` it where it says so
        in the base's `looked_at`.
        """
        # Asked last, it stands last.
        kept = self._found.pop(question, None) or deque(maxlen=_VARIANTS)
        self._found[question] = kept
        if len(self._found) > _QUESTIONS:
            del self._found[next(iter(self._found))]
        for each in kept:
            if each.holds_for(here, beside):
                known: _Answer = each.answer
                return known
        base = here[0]
        base.look_anew()
        found = find()
        other = beside() if base.looked_at.beside else None
        kept.append(_Found(_told(*here), None if other is None else _told(*other), found))
        return found

    def base(self, model: Model, config: DotConfig) -> Base | None:
        """`config` as conf reads it with `model`, in which probes' answers are free, and which is
        always the same one; None where that is not told from the one before.
        """
        if self._free is None:
            self._free = Near(model)
        return self._free.base() if self._free.can_follow and self._free.read(config) else None

    def close(self) -> None:
        """Let go of the model with free answers; what was found there holds no more."""
        if self._free is not None:
            self._free.close()
            self._free = None


def _told(base: Base, offered: Candidates) -> _Told:
    return _Told(base.facts_looked_at(), offered, base.program, base.forgets_numbers)
