"""Plans and proofs as sections of a report."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kcheck.findings import (
    Costly,
    Effect,
    NeedsToolchain,
    OtherAnswer,
    Plan,
    Proof,
    Reachable,
    Solution,
    Unreachable,
)
from kcheck.report.chain import asked
from kcheck.report.layout import Line, wrapped

Section = tuple[str, list[Line]]
_SHOWN = 8
"""Symbols that are named where a count would do; --effects names all."""
_GROUPS = {
    "select": "on by select",
    "default": "on by default",
    "imply": "on by imply",
    "line": "by the .config",
    "value": "other value",
    "gone": "no line any more",
}


class Wanted(msgspec.Struct, frozen=True):
    """How much a report shows: all effects, the whole proof, and to which width."""

    effects: bool = False
    proof: bool = False
    width: int = 72


def solution_sections(solution: Solution, goal: str, wanted: Wanted) -> list[Section]:
    """What to do, and what it changes; or what proves that nothing can be done."""
    match solution:
        case Reachable(plan, alternatives) | Costly(plan, alternatives):
            return [*_plan(plan, goal, wanted), *_alternatives(alternatives, wanted)]
        case NeedsToolchain(answers, plan):
            return [*_answers(answers), *_do(plan, wanted)]
        case Unreachable(proof):
            return _proof(proof, wanted)


def _plan(plan: Plan, goal: str, wanted: Wanted) -> list[Section]:
    sections: list[Section] = []
    if plan.lost:
        sections.append(("lost", _names([_lower(each) for each in plan.lost], wanted)))
    proved = "proved minimal" if plan.proved_minimal else "not proved minimal"
    count = len(plan.effects)
    others = f"{count} other symbol{' changes' if count == 1 else 's change'}"
    applied = f"{proved}; applied: {goal}, {others}{' (--effects)' if count else ''}"
    confirmed = [] if plan.verified_by == "evaluator" else [Line(f"also by {plan.verified_by}")]
    rows = wrapped(applied.split(), " ", wanted.width)
    lines = [*(Line(line) for line in plan.lines), *(Line(row) for row in rows)]
    sections.append(("add", lines + confirmed))
    if wanted.effects:
        sections += _effects(plan, wanted)
    return sections


def _alternatives(plans: tuple[Plan, ...], wanted: Wanted) -> list[Section]:
    sections: list[Section] = []
    for plan in plans:
        cost = f"{_count(len(plan.lines), 'line')}, {_count(len(plan.effects), 'other')} changed"
        lost = [each.symbol for each in plan.lost]
        lines = [*(Line(line) for line in plan.lines), Line(cost)]
        if lost:
            lines += _prefixed("gives up ", lost, wanted)
        sections.append(("or", lines))
    return sections


def _effects(plan: Plan, wanted: Wanted) -> list[Section]:
    """Everything that follows, grouped by what brings it about."""
    lost = {each.symbol for each in plan.lost}
    sections: list[Section] = []
    for cause, title in _GROUPS.items():
        group = [each for each in plan.effects if each.cause == cause and each.symbol not in lost]
        if group:
            words = [_with_cause(each) for each in group]
            rows = wrapped(words, ", ", wanted.width - 2)
            sections.append(("then", [Line(title), *(Line(row, level=1) for row in rows)]))
    if plan.newly_visible:
        rows = wrapped(list(plan.newly_visible), ", ", wanted.width - 2)
        title = "newly visible, left at their defaults"
        sections.append(("then", [Line(title), *(Line(row, level=1) for row in rows)]))
    return sections


def _with_cause(effect: Effect) -> str:
    by = f" ({effect.by})" if effect.by else ""
    value = "" if effect.after is None else f"={effect.after}"
    return f"{effect.symbol}{value}{by}"


def _answers(answers: tuple[OtherAnswer, ...]) -> list[Section]:
    lines: list[Line] = []
    for each in answers:
        question, answer = asked(each.macro, each.answer, each.source)
        wanted = "" if answer == "-> refused" else f", has to be {each.wanted or 'empty'}"
        lines.append(Line(question, place=str(each.location), note=answer + wanted))
    return [("ask", lines)]


def _do(plan: Plan, wanted: Wanted) -> list[Section]:
    lines = [Line("a toolchain that answers so" + (", then" if plan.lines else ""))]
    lines += [Line(line, level=1) for line in plan.lines]
    if plan.lost:
        lines += _prefixed("which gives up ", [each.symbol for each in plan.lost], wanted)
    return [("do", lines)]


def _proof(proof: Proof, wanted: Wanted) -> list[Section]:
    count = len(proof.core)
    what = f"{count} Kconfig lines contradict" if count != 1 else "one Kconfig line contradicts"
    if not proof.certain:
        what = "(members of a choice hang on each other, which no proof covers) " + what
    head = Line(f"no assignment works: {what} it")
    lines = [
        Line(f"{each.symbol}: {each.text}", level=1, place=str(each.location or ""))
        for each in proof.core
    ]
    if not wanted.proof:
        return [("proof", [msgspec.structs.replace(head, text=f"{head.text} (--proof)")])]
    return [("proof", [head, *lines])]


def _lower(effect: Effect) -> str:
    return effect.symbol if effect.after == "n" else f"{effect.symbol}={effect.after}"


def _names(words: Sequence[str], wanted: Wanted) -> list[Line]:
    shown = words if wanted.effects else words[:_SHOWN]
    more = len(words) - len(shown)
    rows = wrapped(
        [*shown, *([f"and {more} more (--effects)"] if more else [])], ", ", wanted.width
    )
    return [Line(row) for row in rows]


def _prefixed(prefix: str, words: Sequence[str], wanted: Wanted) -> list[Line]:
    lines = _names(words, wanted)
    return [msgspec.structs.replace(lines[0], text=prefix + lines[0].text), *lines[1:]]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
