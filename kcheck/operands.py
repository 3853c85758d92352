"""The symbols and constants that stand in expressions and in the lines of entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from kcheck.model import (
    And,
    Comparison,
    Constant,
    Default,
    Definition,
    Depends,
    Entry,
    Expr,
    If,
    Imply,
    Not,
    Operand,
    Or,
    Prompt,
    Property,
    Range,
    Select,
    SymbolRef,
    TypeDeclaration,
    VisibleIf,
)


def symbols_in(expr: Expr | None) -> Iterator[str]:
    """The names of the symbols that stand in an expression."""
    return (each.name for each in operands_in(expr) if isinstance(each, SymbolRef))


def operands_in(expr: Expr | None) -> Iterator[Operand]:
    """The symbols and constants that stand in an expression, in the order written."""
    match expr:
        case None:
            return
        case SymbolRef() | Constant():
            yield expr
        case Not(operand):
            yield from operands_in(operand)
        case And(operands) | Or(operands):
            for each in operands:
                yield from operands_in(each)
        case Comparison(_, left, right):
            yield left
            yield right
        case _:
            assert_never(expr)


def operands_of(entry: Entry) -> Iterator[Operand]:
    """Every symbol and constant that stands in an entry's lines."""
    if isinstance(entry, Definition):
        yield SymbolRef(entry.symbol)
        for item in entry.properties:
            if isinstance(item, Select | Imply):
                yield SymbolRef(item.target)
                yield from operands_in(item.condition)
    yield from deciding(entry)


def deciding(entry: Entry) -> Iterator[Operand]:
    """What stands in the lines of an entry that bear on the entry itself."""
    if isinstance(entry, If):
        yield from operands_in(entry.condition)
        return
    for item in entry.properties:
        yield from _of_property(item)


def _of_property(item: Property) -> Iterator[Operand]:
    match item:
        case Prompt(_, condition):
            yield from operands_in(condition)
        case Default(value, condition) | Depends(value, condition):
            yield from operands_in(value)
            yield from operands_in(condition)
        case Range(low, high, condition):
            yield low
            yield high
            yield from operands_in(condition)
        case VisibleIf(expr):
            yield from operands_in(expr)
        case Select() | Imply() | TypeDeclaration():
            return
        case _:
            assert_never(item)
