"""Expressions as text, the way Kconfig files write them."""

from __future__ import annotations

from typing import assert_never

from kcheck.dotconfig import quoted
from kcheck.model import And, Comparison, Constant, Expr, Not, Operand, Or, SymbolRef

_BARE_CONSTANTS = ("y", "m", "n")


def expr_text(expr: Expr) -> str:
    """The expression in Kconfig's own notation."""
    match expr:
        case SymbolRef() | Constant():
            return operand_text(expr)
        case Comparison(relation, left, right):
            spaced = relation.value if len(relation.value) == 1 else f" {relation.value} "
            if relation.value == "=":
                spaced = "="
            return f"{operand_text(left)}{spaced}{operand_text(right)}"
        case Not(And() | Or() as inner):
            return f"!({expr_text(inner)})"
        case Not(inner):
            return f"!{expr_text(inner)}"
        case And(operands):
            parts = [
                f"({expr_text(each)})" if isinstance(each, Or) else expr_text(each)
                for each in operands
            ]
            return " && ".join(parts)
        case Or(operands):
            return " || ".join(expr_text(each) for each in operands)
        case _:
            assert_never(expr)


def operand_text(operand: Operand) -> str:
    """A symbol's name, or a constant in quotes where Kconfig needs them."""
    if isinstance(operand, SymbolRef):
        return operand.name
    return operand.text if operand.text in _BARE_CONSTANTS else quoted(operand.text)
