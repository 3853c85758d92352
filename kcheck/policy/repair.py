"""The one fragment with which all rules hold, or which of them clash."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from kcheck.checking import Clash, Repair
from kcheck.findings import Costly, NeedsToolchain, Plan, Reachable, Unreachable
from kcheck.goals import Goal
from kcheck.policy.conditions import Condition
from kcheck.policy.judge import Judged
from kcheck.policy.wanted import as_one, goals_of
from kcheck.solve.session import Session

_ROUNDS = 5
"""Lines may bring a rule into play that did not apply before; then they are sought anew."""


def repair(
    session: Session,
    first: Sequence[Judged],
    with_lines: Callable[[tuple[str, ...]], Sequence[Judged]],
) -> Repair | None:
    """What helps; None where every rule that counts holds.

    `with_lines` holds the rules against the config with lines behind it.
    """
    wanted = {each.rule.facts.id: each.rule.ask for each in first if each.counts}
    failing = [each.rule.facts.id for each in first if each.counts and each.terms]
    if not failing:
        return None
    for _ in range(_ROUNDS):
        found = _repair(session, {name: ask for name, ask in wanted.items() if ask}, failing)
        left_out = {name for clash in found.clashes for name in clash.rules}
        then = with_lines(found.lines)
        new = [
            each
            for each in then
            if each.counts and each.terms and each.rule.facts.id not in left_out
        ]
        if not new:
            return found
        wanted |= {each.rule.facts.id: each.rule.ask for each in new}
        failing = list(dict.fromkeys([*failing, *(each.rule.facts.id for each in new)]))
    unreached = tuple(Clash((each.rule.facts.id,)) for each in new)
    return msgspec.structs.replace(
        found, proved_minimal=False, clashes=(*found.clashes, *unreached)
    )


def _repair(session: Session, wanted: dict[str, Condition], failing: list[str]) -> Repair:
    model = session.model
    goals: dict[Goal, None] = {}
    for condition in wanted.values():
        goals |= dict.fromkeys(goals_of(model, condition))
    match session.solve(tuple(goals)):
        case Reachable(plan) | Costly(plan):
            return _as_repair(plan, ())
    ids = list(wanted)
    together = tuple(as_one(model, condition) for condition in wanted.values())
    doubtful = tuple(number for number, name in enumerate(ids) if name in failing)
    clashes, plan_left = session.together(together, doubtful)
    named = tuple(
        _clash(session, tuple(ids[number] for number in clash), wanted) for clash in clashes
    )
    return _as_repair(plan_left, named)


def _clash(session: Session, rules: tuple[str, ...], wanted: dict[str, Condition]) -> Clash:
    """A rule that cannot hold by itself with what stands in its way."""
    if len(rules) > 1:
        return Clash(rules)
    match session.solve(goals_of(session.model, wanted[rules[0]])):
        case NeedsToolchain(answers):
            return Clash(rules, answers)
        case Unreachable(proof):
            return Clash(rules, (), proof)
        case _:
            return Clash(rules)


def _as_repair(plan: Plan | None, clashes: tuple[Clash, ...]) -> Repair:
    if plan is None:
        return Repair((), (), (), False, clashes)
    return Repair(plan.lines, plan.effects, plan.lost, plan.proved_minimal, clashes)
