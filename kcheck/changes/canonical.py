"""Conditions in one form, however they are written: what is compared in place of the text."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import assert_never

from kcheck.model import And, Comparison, Constant, Expr, Not, Operand, Or, Relation, SymbolRef

_INVERSE = {
    Relation.EQUAL: Relation.UNEQUAL,
    Relation.UNEQUAL: Relation.EQUAL,
    Relation.LESS: Relation.GREATER_EQUAL,
    Relation.GREATER_EQUAL: Relation.LESS,
    Relation.GREATER: Relation.LESS_EQUAL,
    Relation.LESS_EQUAL: Relation.GREATER,
}
_MIRRORED = {Relation.GREATER: Relation.LESS, Relation.GREATER_EQUAL: Relation.LESS_EQUAL}
_NOT = {"y": "n", "n": "y", "m": "m"}


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """The parts of a condition that all have to hold: `A && !(B || C)` is A, !B and !C."""
    match expr:
        case And(operands):
            for each in operands:
                yield from conjuncts(each)
        case Not(Or(operands)):
            for each in operands:
                yield from conjuncts(Not(each))
        case Not(Not(operand)):
            yield from conjuncts(operand)
        case _:
            yield expr


def canonical(expr: Expr, negated: bool = False) -> Hashable:
    """A value that is equal for expressions which differ only in how they are written.

    That is: in the order of operands, in brackets, in where a `!` stands, and in operands
    that are repeated or decide nothing.
    """
    match expr:
        case Constant(text) if text in _NOT:
            return ("constant", _NOT[text] if negated else text)
        case SymbolRef() | Constant():
            return ("not", _operand(expr)) if negated else _operand(expr)
        case Comparison(relation, left, right):
            return _comparison(_INVERSE[relation] if negated else relation, left, right)
        case Not(operand):
            return canonical(operand, not negated)
        case And(operands):
            return _joined("or" if negated else "and", operands, negated)
        case Or(operands):
            return _joined("and" if negated else "or", operands, negated)
        case _:
            assert_never(expr)


def _operand(operand: Operand) -> Hashable:
    if isinstance(operand, SymbolRef):
        return ("symbol", operand.name)
    return ("constant", operand.text)


def _comparison(relation: Relation, left: Operand, right: Operand) -> Hashable:
    if relation in _MIRRORED:
        return _comparison(_MIRRORED[relation], right, left)
    sides = (_operand(left), _operand(right))
    if relation in (Relation.EQUAL, Relation.UNEQUAL):
        return (relation, frozenset(sides))
    return (relation, sides)


def _joined(how: str, operands: tuple[Expr, ...], negated: bool) -> Hashable:
    neutral, deciding = ("y", "n") if how == "and" else ("n", "y")
    parts: set[Hashable] = set()
    for each in operands:
        part = canonical(each, negated)
        if isinstance(part, tuple) and part[0] == how:
            parts |= part[1]
        else:
            parts.add(part)
    parts.discard(("constant", neutral))
    if ("constant", deciding) in parts:
        return ("constant", deciding)
    if len(parts) == 1:
        return parts.pop()
    return (how, frozenset(parts)) if parts else ("constant", neutral)
