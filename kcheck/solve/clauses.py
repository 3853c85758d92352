"""Clauses for a SAT solver, built from gates that are made once and folded where they can be.

A literal is an int as python-sat has it: a variable's number, negative where it is negated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

TRUE = 1
FALSE = -1


class Label(NamedTuple):
    """What a clause says, for a proof: `aspect` of `symbol`, and which part of it."""

    symbol: str
    aspect: str
    part: object = None


class Clauses:
    """A growing set of clauses.  Variable 1 is always true.

    With `labelled`, the statements made by `state` and `named` can be switched off one by
    one: `selectors` maps each label to the literal that has to be assumed for it to count.
    """

    def __init__(self, labelled: bool = False) -> None:
        self.clauses: list[list[int]] = [[TRUE]]
        self.variables = 1
        self.labelled = labelled
        self.selectors: dict[Label, int] = {}
        self._gates: dict[tuple[int, ...], int] = {}

    def new(self) -> int:
        """A fresh variable."""
        self.variables += 1
        return self.variables

    def add(self, *literals: int) -> None:
        """One of `literals` holds."""
        if TRUE not in literals:
            # Where nothing can hold, a contradiction: solvers take no empty clause.
            self.clauses.append([each for each in literals if each != FALSE] or [FALSE])

    def state(self, label: Label, *literals: int) -> None:
        """As `add`, under a label."""
        if self.labelled:
            self.add(-self._selector(label), *literals)
        else:
            self.add(*literals)

    def named(self, label: Label, literal: int) -> int:
        """`literal` behind a label: without the label it may be anything."""
        if not self.labelled:
            return literal
        variable = self.new()
        self.state(label, -variable, literal)
        self.state(label, variable, -literal)
        return variable

    def _selector(self, label: Label) -> int:
        if label not in self.selectors:
            self.selectors[label] = self.new()
        return self.selectors[label]

    def all_of(self, literals: Iterable[int]) -> int:
        """A literal that holds where all of `literals` do."""
        kept: set[int] = set()
        for literal in literals:
            if literal == FALSE or -literal in kept:
                return FALSE
            if literal != TRUE:
                kept.add(literal)
        if not kept:
            return TRUE
        if len(kept) == 1:
            return kept.pop()
        key = tuple(sorted(kept))
        gate = self._gates.get(key)
        if gate is None:
            gate = self._gates[key] = self.new()
            clauses = self.clauses
            for literal in key:
                clauses.append([-gate, literal])
            clauses.append([gate, *(-literal for literal in key)])
        return gate

    def any_of(self, literals: Iterable[int]) -> int:
        """A literal that holds where one of `literals` does."""
        return -self.all_of(-literal for literal in literals)

    def choose(self, condition: int, then: int, other: int) -> int:
        """A literal that is `then` where `condition` holds, else `other`."""
        if condition == TRUE or then == other:
            return then
        if condition == FALSE:
            return other
        return self.any_of((self.all_of((condition, then)), self.all_of((-condition, other))))

    def equal(self, label: Label, one: int, other: int, unless: int = FALSE) -> None:
        """`one` and `other` have the same value, unless `unless` holds."""
        self.state(label, -one, other, unless)
        self.state(label, one, -other, unless)

    def at_most_one(self, literals: Sequence[int]) -> None:
        """No two of `literals` hold together."""
        if len(literals) <= 4:
            for index, one in enumerate(literals):
                for other in literals[index + 1 :]:
                    self.add(-one, -other)
            return
        # One prefix variable a literal: linear where pairs would be quadratic.
        before = FALSE
        for literal in literals:
            self.add(-before, -literal)
            reached = self.new()
            self.add(-before, reached)
            self.add(-literal, reached)
            before = reached
