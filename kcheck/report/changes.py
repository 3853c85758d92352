"""Changes between two trees in words, a line each, the way Kconfig files write it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, assert_never

from kcheck.changes.between import How
from kcheck.changes.statements import (
    Answer,
    ChoiceDefault,
    ChoiceWith,
    Condition,
    Conditions,
    Defined,
    DependsOn,
    HasDefault,
    HasPrompt,
    HasRange,
    ImpliedBy,
    PromptIf,
    SelectedBy,
    Statement,
    TypeIs,
)
from kcheck.comparison import Shared
from kcheck.model import And, Or
from kcheck.report.json import location_object
from kcheck.report.layout import Line, as_many_as_fit
from kcheck.wording import expr_text, operand_text

SIGNS = {How.REMOVED: "-", How.ADDED: "+", How.MOVED: "~"}
_NAMES = 40
"""Letters for a list of names, which then says how many more there are."""


def change_lines(changes: Sequence[Shared], level: int = 0) -> list[Line]:
    """Each change as a statement, under the name of its symbol."""
    lines: list[Line] = []
    for symbol, group in groupby(changes, lambda each: each.change.symbol):
        lines.append(Line(symbol, level))
        # One line for all members of a choice instead of one for each.
        for _, same in groupby(group, _alike):
            first, *more = same
            said = [each.change.statement for each in (first, *more)]
            others = [each.other for each in said if isinstance(each, ChoiceWith)]
            text = f"{SIGNS[first.change.how]} {statement_text(said[0])}"
            if len(others) > 1:
                text = text.removesuffix(others[0]) + as_many_as_fit(others, _NAMES)
            if first.change.how is How.MOVED:
                text += " (another place among the others)"
            lines.append(Line(text, level + 1, str(first.change.location), _where(first)))
    return lines


def _alike(shared: Shared) -> tuple[object, ...]:
    change = shared.change
    statement = None if isinstance(change.statement, ChoiceWith) else change.statement
    return (change.how, statement, change.location, shared.arches)


def _where(shared: Shared) -> str:
    """The architectures of a change, in brackets; empty where it is general."""
    return "" if shared.is_general else f"[{as_many_as_fit(shared.arches, _NAMES)}]"


def statement_text(statement: Statement) -> str:
    """A statement as Kconfig files write it, as far as they have a word for it."""
    match statement:
        case Defined(declared):
            return f"defined, {declared.value}"
        case TypeIs(declared):
            return f"type {declared.value}"
        case DependsOn(condition):
            return f"depends on {expr_text(condition.expr)}{_answers(condition.answers)}"
        case HasPrompt(conditions):
            return f"prompt{_if(conditions)}"
        case PromptIf(condition):
            return f"prompt only if {expr_text(condition.expr)}{_answers(condition.answers)}"
        case HasDefault(value, conditions):
            return f"default {_value(value, conditions)}"
        case HasRange(low, high, conditions):
            return f"range {operand_text(low)} {operand_text(high)}{_if(conditions)}"
        case SelectedBy(by, conditions):
            return f"selected by {by}{_if(conditions)}"
        case ImpliedBy(by, conditions):
            return f"implied by {by}{_if(conditions)}"
        case ChoiceWith(other):
            return f"in a choice with {other}"
        case ChoiceDefault(value, conditions):
            return f"its choice's default {_value(value, conditions)}"
        case _:
            assert_never(statement)


def _if(conditions: Conditions, others: Sequence[Answer] = ()) -> str:
    parts = [
        f"({expr_text(each.expr)})"
        if isinstance(each.expr, Or) and len(conditions) > 1
        else expr_text(each.expr)
        for each in conditions
    ]
    answers = [*others, *(answer for each in conditions for answer in each.answers)]
    said = f" if {' && '.join(parts)}" if parts else ""
    return said + _answers(tuple(dict.fromkeys(answers)))


def _value(value: Condition, conditions: Conditions) -> str:
    text = expr_text(value.expr)
    if isinstance(value.expr, And | Or) and conditions:
        text = f"({text})"
    return text + _if(conditions, value.answers)


def _answers(answers: Sequence[Answer]) -> str:
    """`(y: $(cc-option,-mfentry))`: of which macro a constant is the answer."""
    said = "; ".join(f"{each.text or 'nothing'}: {each.macro}" for each in answers)
    return f" ({said})" if said else ""


def change_object(shared: Shared) -> dict[str, Any]:
    """A change for JSON."""
    change = shared.change
    return {
        "symbol": change.symbol,
        "change": change.how.value,
        "kind": change.statement.__struct_config__.tag,
        "text": statement_text(change.statement),
        "location": location_object(change.location),
        "arches": list(shared.arches),
        "general": shared.is_general,
    }
