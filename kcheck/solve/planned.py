"""What a search has found, as plans: with all that the lines change, as conf would have it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kcheck.border import Border
from kcheck.dotconfig import DotConfig, content_of, parse_dotconfig
from kcheck.evaluate.changes import Base
from kcheck.evaluate.conf import olddefconfig
from kcheck.evaluate.valuation import Valuation
from kcheck.findings import Plan
from kcheck.goals import AtLeast, Exactly, Goal, HasText, Holds, IsWritten, lowered_by
from kcheck.model import Model, Tri
from kcheck.solve.effects import as_lines, effects, in_order, newly_visible
from kcheck.solve.search import Found


class Planner(msgspec.Struct, frozen=True):
    """Where plans begin: a model, the .config that lines are put behind, `before` what conf makes
    of that, `base` it as conf reads it, and of a part of a model its border.
    """

    model: Model
    config: DotConfig | None
    base: Base
    before: Valuation
    border: Border | None

    def plan(self, found: Found, goals: tuple[Goal, ...], whole: bool) -> Plan | None:
        """The plan with all that it changes; None if it does not reach the goals."""
        lines = as_lines(self.model, in_order(self.base, found.lines))
        before = self.before
        names: Iterable[str] = self.model.symbols
        if whole:
            after = olddefconfig(self.model, with_lines_behind(self.config, lines)).valuation
        else:
            self.base.with_lines(found.lines)
            # Whether a number is written may change while it stays the same.
            states = self.base.states(each.symbol for each in goals if isinstance(each, IsWritten))
            names = [name for name in self.model.symbols if name in states]
            after = Valuation(self.model, {**before.states, **states})
        if not all(reached(after, goal) for goal in goals):
            return None
        exempt = {name for goal in goals for name in lowered_by(goal)}
        promoted = {symbol.name for symbol in self.base.promoted}
        changed = effects(self.model, before, after, names)
        if self.border is not None:
            self.border.cross(each.symbol for each in changed)
        lost = tuple(
            each
            for each in changed
            if each.cause == "dependency"
            and each.symbol not in exempt
            and not (each.after == "m" and each.symbol in promoted)
        )
        as_found = {each.symbol for each in changed} == found.changes.keys()
        return Plan(
            lines,
            tuple(each for each in changed if each.symbol not in found.lines),
            lost,
            newly_visible(before, after, names) if whole else (),
            found.proved and as_found,
            found.fewest_changes and as_found,
        )


def with_lines_behind(config: DotConfig | None, lines: tuple[str, ...]) -> DotConfig:
    """`config`, or an empty one, with lines behind it."""
    added = parse_dotconfig(content_of(lines), "plan")
    name = "plan" if config is None else config.name
    return DotConfig(name, (*(config.lines if config else ()), *added.lines))


def reached(valuation: Valuation, goal: Goal) -> bool:
    """Whether a goal holds."""
    if isinstance(goal, Holds):
        return valuation.tri(goal.expr) != Tri.N
    state = valuation.state(goal.symbol)
    match goal:
        case AtLeast(_, tri):
            return state.tri >= tri
        case Exactly(_, tri):
            return state.tri == tri
        case HasText(_, text):
            return state.value == text
        case IsWritten():
            return state.written
