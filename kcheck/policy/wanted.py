"""A rule's condition as goals for the solver."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import assert_never

from kcheck.evaluate.nodes import TRISTATES
from kcheck.goals import AtLeast, Exactly, Goal, HasText, Holds, IsWritten
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Expr,
    Model,
    Not,
    Or,
    Relation,
    SymbolRef,
    SymbolType,
    Tri,
)
from kcheck.policy.conditions import AllOf, AnyOf, Compared, Condition, Off, On, Term, without_none
from kcheck.policy.presence import is_written

_TRIS = {str(tri): tri for tri in Tri}
_SAMENESS = (Relation.EQUAL, Relation.UNEQUAL)
_ALWAYS, _NEVER = Constant("y"), Constant("n")


def goals_of(model: Model, condition: Condition) -> tuple[Goal, ...]:
    """Goals that all hold where the condition does; of what is not defined, none where that is
    as it should be, else one that cannot hold.
    """
    return tuple(_goals(model, without_none(condition)))


def as_one(model: Model, condition: Condition) -> Holds:
    """The condition as a single goal."""
    plain = without_none(condition)
    lowered = frozenset(each for each in _lowered(plain) if each in model.symbols)
    return Holds(_expr(model, plain), lowered)


def _goals(model: Model, condition: Term | AllOf | AnyOf) -> Iterator[Goal]:
    if isinstance(condition, AllOf):
        for each in condition.conditions:
            yield from _goals(model, without_none(each))
        return
    goal = None if isinstance(condition, AnyOf) else _direct(model, condition)
    if goal is not None:
        yield goal
        return
    found = as_one(model, condition)
    if found.expr != _ALWAYS:
        yield found


def _direct(model: Model, term: Term) -> Goal | None:
    """The goal that says the same of the symbol itself; None where only a condition does."""
    symbol = model.symbols.get(term.symbol)
    if symbol is None:
        return None
    is_logical = symbol.type in TRISTATES
    match term:
        case On(name):
            return AtLeast(name, Tri.M) if is_logical else IsWritten(name)
        case Off(name):
            return Exactly(name, Tri.N) if is_logical else None
        case Compared(name, Relation.EQUAL, value):
            if symbol.type is SymbolType.STRING:
                return HasText(name, value)
            return Exactly(name, _TRIS[value]) if is_logical and value in _TRIS else None
        case _:
            return None


def _expr(model: Model, condition: Term | AllOf | AnyOf) -> Expr:
    match condition:
        case AllOf(conditions):
            return _joined(model, And, _ALWAYS, _NEVER, conditions)
        case AnyOf(conditions):
            return _joined(model, Or, _NEVER, _ALWAYS, conditions)
        case On() | Off() | Compared():
            return _of_term(model, condition)
        case _:
            assert_never(condition)


def _joined(
    model: Model,
    join: type[And] | type[Or],
    neutral: Constant,
    deciding: Constant,
    conditions: tuple[Condition, ...],
) -> Expr:
    parts = [_expr(model, without_none(each)) for each in conditions]
    if deciding in parts:
        return deciding
    left = tuple(each for each in parts if each != neutral)
    if not left:
        return neutral
    return left[0] if len(left) == 1 else join(left)


def _of_term(model: Model, term: Term) -> Expr:
    """The term as a Kconfig file would have it, y or n wherever it is not one of those."""
    symbol = model.symbols.get(term.symbol)
    if symbol is None:
        return _of_absent(term)
    is_logical = symbol.type in TRISTATES
    name = SymbolRef(term.symbol)
    match term:
        case On():
            return name if is_logical else is_written(model, term.symbol)
        case Off() if is_logical:
            # Not !X, which is m where X is.
            return Comparison(Relation.EQUAL, name, _NEVER)
        case Off():
            return Not(is_written(model, term.symbol))
        case Compared(_, relation, value):
            if is_logical:
                return _by_equations(name, relation, value)
            compared = Comparison(relation, name, Constant(_as_number(value, symbol.type)))
            return _with_value(compared, symbol.type) if value else compared
        case _:
            assert_never(term)


def _as_number(value: str, symbol_type: SymbolType) -> str:
    """A number as conf reads it in a condition, where it goes by its prefix alone."""
    if symbol_type is SymbolType.HEX and re.fullmatch(r"[0-9a-fA-F]+", value):
        return f"0x{value}"
    if symbol_type is SymbolType.INT and re.fullmatch(r"-?[0-9]+", value, re.ASCII):
        return str(int(value))
    return value


def _with_value(compared: Comparison, symbol_type: SymbolType) -> Expr:
    """What has no value is below every number; so it is not what `>` asks for."""
    above = (Relation.GREATER, Relation.GREATER_EQUAL)
    below = (Relation.LESS, Relation.LESS_EQUAL)
    if symbol_type is SymbolType.STRING or compared.relation not in (*above, *below):
        return compared
    has_value = Comparison(Relation.UNEQUAL, compared.left, Constant(""))
    if compared.relation in above:
        return And((has_value, compared))
    return Or((Not(has_value), compared))


def _by_equations(name: SymbolRef, relation: Relation, value: str) -> Expr:
    """`X>=m` and its like by equations, which mean the same to every version of conf."""
    fitting = [
        Comparison(Relation.EQUAL, name, Constant(each)) for each in _fitting(relation, value)
    ]
    if not fitting:
        return _NEVER
    return fitting[0] if len(fitting) == 1 else Or(tuple(fitting))


def _fitting(relation: Relation, value: str) -> tuple[str, ...]:
    """The values of a tristate that stand in that relation to `value`."""
    if value not in _TRIS:
        return tuple(_TRIS) if relation is Relation.UNEQUAL else ()
    wanted = _TRIS[value]
    fits: dict[Relation, Callable[[Tri], bool]] = {
        Relation.EQUAL: lambda tri: tri == wanted,
        Relation.UNEQUAL: lambda tri: tri != wanted,
        Relation.LESS: lambda tri: tri < wanted,
        Relation.LESS_EQUAL: lambda tri: tri <= wanted,
        Relation.GREATER: lambda tri: tri > wanted,
        Relation.GREATER_EQUAL: lambda tri: tri >= wanted,
    }
    return tuple(text for text, tri in _TRIS.items() if fits[relation](tri))


def _of_absent(term: Term) -> Constant:
    """What no file defines is off."""
    match term:
        case On():
            return _NEVER
        case Off():
            return _ALWAYS
        case Compared(_, relation, value) if value in _TRIS or relation in _SAMENESS:
            return _ALWAYS if "n" in _fitting(relation, value) else _NEVER
        case Compared(_, relation):
            return _ALWAYS if relation in (Relation.LESS, Relation.LESS_EQUAL) else _NEVER
        case _:
            assert_never(term)


def _lowered(condition: Term | AllOf | AnyOf) -> Iterator[str]:
    """The symbols that the condition, or an arm of it, wants off or lower."""
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            for each in conditions:
                yield from _lowered(without_none(each))
        case On():
            return
        case Off(symbol):
            yield symbol
        case Compared(symbol, relation, value):
            raises = relation is Relation.EQUAL and value == "y"
            if not raises and relation not in (Relation.GREATER, Relation.GREATER_EQUAL):
                yield symbol
        case _:
            assert_never(condition)
