"""A bool's or tristate's value as literals."""

from __future__ import annotations

from typing import NamedTuple

from kcheck.solve.clauses import FALSE, TRUE


class Levels(NamedTuple):
    """A tristate as two literals: at least m, and y; of a bool the two are one."""

    m: int
    y: int


OFF = Levels(FALSE, FALSE)
JUST_M = Levels(TRUE, FALSE)
ON = Levels(TRUE, TRUE)
CONSTANTS = {"n": OFF, "m": JUST_M, "y": ON}
