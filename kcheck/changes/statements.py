"""What can be said of a symbol: statements as values, and when two of them are the same."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from kcheck.changes.canonical import canonical
from kcheck.model import Expr, Location, Operand, SymbolType


class Answer(msgspec.Struct, frozen=True):
    """A macro that stands in a line, and what it expanded to."""

    macro: str
    text: str


class Condition(msgspec.Struct, frozen=True):
    """One of the conditions that all have to hold; `answers` where macros are a part of it."""

    expr: Expr
    answers: tuple[Answer, ...] = ()


Conditions = tuple[Condition, ...]


class Defined(msgspec.Struct, frozen=True, tag="defined"):
    """A file that is read defines the symbol, where in the other model none does."""

    declared: SymbolType


class TypeIs(msgspec.Struct, frozen=True, tag="type"):
    """The symbol's type, where the other model has it, too."""

    declared: SymbolType


class DependsOn(msgspec.Struct, frozen=True, tag="depends"):
    """Without `condition` the symbol is off unless something selects it."""

    condition: Condition


class HasPrompt(msgspec.Struct, frozen=True, tag="prompt"):
    """The user may set the symbol, where all conditions hold."""

    conditions: Conditions


class PromptIf(msgspec.Struct, frozen=True, tag="prompt-if"):
    """The prompt shows only where `condition` holds, besides the dependencies."""

    condition: Condition


class HasDefault(msgspec.Struct, frozen=True, tag="default"):
    """A default: the first whose conditions hold counts."""

    value: Condition
    conditions: Conditions


class HasRange(msgspec.Struct, frozen=True, tag="range"):
    """A range: the first whose conditions hold counts."""

    low: Operand
    high: Operand
    conditions: Conditions


class SelectedBy(msgspec.Struct, frozen=True, tag="selected"):
    """`by` raises the symbol to its own value, where all conditions hold."""

    by: str
    conditions: Conditions


class ImpliedBy(msgspec.Struct, frozen=True, tag="implied"):
    """Likewise, as far as the dependencies and the user allow."""

    by: str
    conditions: Conditions


class ChoiceWith(msgspec.Struct, frozen=True, tag="choice"):
    """Another member of the choice that the symbol is in."""

    other: str


class ChoiceDefault(msgspec.Struct, frozen=True, tag="choice-default"):
    """A default of the choice that the symbol is in: the first that holds and shows counts."""

    value: Condition
    conditions: Conditions


Statement = (
    Defined
    | TypeIs
    | DependsOn
    | HasPrompt
    | PromptIf
    | HasDefault
    | HasRange
    | SelectedBy
    | ImpliedBy
    | ChoiceWith
    | ChoiceDefault
)


class Said(msgspec.Struct, frozen=True):
    """A statement, and the line that makes it."""

    statement: Statement
    location: Location


class Statements(msgspec.Struct, frozen=True):
    """All that is said of a symbol.

    `prompt` is None for a symbol that the user cannot set.  Of each of `ordered` the order
    counts; that of `others` does not.
    """

    type: SymbolType
    location: Location
    others: tuple[Said, ...]
    prompt: tuple[Said, ...] | None
    ordered: tuple[tuple[Said, ...], ...]


def key(statement: Statement) -> Hashable:
    """What two statements have in common that say the same, however it is written."""
    match statement:
        case DependsOn(condition) | PromptIf(condition):
            return (type(statement), condition_key(condition))
        case HasDefault(value, conditions) | ChoiceDefault(value, conditions):
            return (type(statement), condition_key(value), _all_keys(conditions))
        case SelectedBy(by, conditions) | ImpliedBy(by, conditions):
            return (type(statement), by, _all_keys(conditions))
        case HasRange(low, high, conditions):
            return (HasRange, low, high, _all_keys(conditions))
        case _:
            return statement


def condition_key(condition: Condition) -> Hashable:
    return (canonical(condition.expr), condition.answers)


def _all_keys(conditions: Conditions) -> Hashable:
    return frozenset(map(condition_key, conditions))
