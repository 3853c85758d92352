"""What a rule asks: conditions on symbols, read from a rule file's strings and tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import assert_never

import msgspec

from kcheck.model import Relation

_TERM = re.compile(
    r"(?P<not>!)?\s*(?:CONFIG_)?(?P<symbol>[A-Za-z0-9_]+)\s*"
    r"(?:(?P<relation>=|!=|<=|>=|<|>)\s*(?P<value>\S.*?|))?\s*\Z",
    re.DOTALL,
)
_ORDERED = re.compile(r"(?:[ymn]|-?[0-9]+|0[xX][0-9a-fA-F]+)\Z", re.ASCII)
_DEEPEST = 20


class On(msgspec.Struct, frozen=True):
    """A bool or tristate is y or m; an int, hex or string has a line in the .config."""

    symbol: str


class Off(msgspec.Struct, frozen=True):
    """The contrary; a symbol that is not defined is off, too."""

    symbol: str


class Compared(msgspec.Struct, frozen=True):
    """The symbol's value, without quotes, stands in that relation to `value`.

    Numbers are compared as such, tristates by n < m < y, all else as texts.
    """

    symbol: str
    relation: Relation
    value: str


class AllOf(msgspec.Struct, frozen=True):
    """Every one of the conditions holds."""

    conditions: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True):
    """At least one of them holds."""

    conditions: tuple[Condition, ...]


class NoneOf(msgspec.Struct, frozen=True):
    """Not one of them holds."""

    conditions: tuple[Condition, ...]


Term = On | Off | Compared
Condition = Term | AllOf | AnyOf | NoneOf

_GROUPS: dict[str, Callable[[tuple[Condition, ...]], Condition]] = {
    "all": AllOf,
    "any": AnyOf,
    "none": NoneOf,
}
_CONTRARY = {
    Relation.EQUAL: Relation.UNEQUAL,
    Relation.UNEQUAL: Relation.EQUAL,
    Relation.LESS: Relation.GREATER_EQUAL,
    Relation.GREATER_EQUAL: Relation.LESS,
    Relation.GREATER: Relation.LESS_EQUAL,
    Relation.LESS_EQUAL: Relation.GREATER,
}


class ConditionError(ValueError):
    """What was written is no condition; the message says why."""


def parse_condition(written: object, depth: int = 0) -> Condition:
    """The condition that a string such as `X`, `!X`, `X=y` or `X>=17`, or a table with one of
    `all`, `any` and `none`, stands for.  Raises ConditionError.
    """
    if depth > _DEEPEST:
        raise ConditionError(f"groups stand more than {_DEEPEST} deep in each other")
    match written:
        case str():
            return _term(written)
        case dict() if len(written) == 1:
            ((name, members),) = written.items()
            if name not in _GROUPS:
                raise ConditionError(f"'{name}' is no group: write all, any or none")
            if not isinstance(members, list) or not members:
                raise ConditionError(f"'{name}' takes a list of one or more conditions")
            return _GROUPS[name](tuple(parse_condition(each, depth + 1) for each in members))
        case dict():
            raise ConditionError("a table has exactly one of all, any and none")
        case _:
            raise ConditionError("a condition is a string, or a table with all, any or none")


def _term(text: str) -> Term:
    match = _TERM.match(text.strip())
    if match is None:
        raise ConditionError(
            f"{text!r} is no condition: write X, !X, X=VALUE, X!=VALUE or X>=NUMBER;"
            " for several use all, any or none"
        )
    negated, symbol, relation, value = match.group("not", "symbol", "relation", "value")
    if relation is None:
        return Off(symbol) if negated else On(symbol)
    if negated:
        raise ConditionError(f"{text!r}: ! stands before a symbol alone; use != or none")
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    relation = Relation(relation)
    if relation not in (Relation.EQUAL, Relation.UNEQUAL) and not _ORDERED.match(value):
        raise ConditionError(
            f"{text!r}: only a number, or y, m or n, stands behind {relation.value}"
        )
    return Compared(symbol, relation, value)


def symbols_of(condition: Condition) -> Iterator[str]:
    """The symbols that it names, in the order written."""
    match condition:
        case On(symbol) | Off(symbol) | Compared(symbol):
            yield symbol
        case AllOf(conditions) | AnyOf(conditions) | NoneOf(conditions):
            for each in conditions:
                yield from symbols_of(each)
        case _:
            assert_never(condition)


def contrary(condition: Condition) -> Condition:
    """The condition that holds where this one does not."""
    match condition:
        case On(symbol):
            return Off(symbol)
        case Off(symbol):
            return On(symbol)
        case Compared(symbol, relation, value):
            return Compared(symbol, _CONTRARY[relation], value)
        case AllOf(conditions):
            return AnyOf(tuple(contrary(each) for each in conditions))
        case AnyOf(conditions) | NoneOf(conditions):
            positive = AllOf(tuple(contrary(each) for each in conditions))
            return contrary(positive) if isinstance(condition, NoneOf) else positive
        case _:
            assert_never(condition)


def without_none(condition: Condition) -> Term | AllOf | AnyOf:
    """The same condition with no NoneOf in it."""
    match condition:
        case On() | Off() | Compared():
            return condition
        case AllOf(conditions):
            return AllOf(tuple(without_none(each) for each in conditions))
        case AnyOf(conditions):
            return AnyOf(tuple(without_none(each) for each in conditions))
        case NoneOf(conditions):
            return AllOf(tuple(without_none(contrary(each)) for each in conditions))
        case _:
            assert_never(condition)


def text_of(condition: Condition) -> str:
    """The condition as text for a report."""
    match condition:
        case On(symbol):
            return symbol
        case Off(symbol):
            return f"!{symbol}"
        case Compared(symbol, relation, value):
            shown = value if re.fullmatch(r"[\w.-]+", value) else f'"{value}"'
            return f"{symbol}{relation.value}{shown}"
        case AllOf(conditions):
            return _joined(conditions, " and ")
        case AnyOf(conditions):
            return _joined(conditions, " or ")
        case NoneOf(conditions):
            return f"none of {_joined(conditions, ', ')}"
        case _:
            assert_never(condition)


def _joined(conditions: tuple[Condition, ...], word: str) -> str:
    return word.join(
        text_of(each) if isinstance(each, Term) else f"({text_of(each)})" for each in conditions
    )
