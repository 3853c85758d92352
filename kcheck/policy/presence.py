"""Whether an int, hex or string has a line in the .config, as a condition of a Kconfig file."""

from __future__ import annotations

from typing import assert_never

from kcheck.evaluate.nodes import TRISTATES
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Default,
    Expr,
    Model,
    Not,
    Or,
    Prompt,
    Relation,
    SymbolRef,
    Tri,
)
from kcheck.ways import dependencies, visibility

_ALWAYS, _NEVER = Constant("y"), Constant("n")


def is_written(model: Model, name: str) -> Expr:
    """A condition that is y where the symbol has a line, else n: where a prompt is visible or a
    default's condition holds (symbol.c, sym_calc_value: SYMBOL_WRITE).
    """
    definitions = model.symbols[name].definitions
    if any(each.never_written or each.transitional for each in definitions):
        return _NEVER
    ways: list[Expr] = []
    for definition in definitions:
        above = [term.expr for term in dependencies(model, definition)]
        for item in definition.properties:
            if isinstance(item, Prompt):
                seen = [term.expr for term in visibility(model, definition, item)]
                ways.append(_all([*above, *seen]))
            elif isinstance(item, Default):
                ways.append(_all([*above, *([item.condition] if item.condition else [])]))
    if not ways:
        return _NEVER
    return _reaching(model, ways[0] if len(ways) == 1 else Or(tuple(ways)), Tri.M)


def _all(parts: list[Expr]) -> Expr:
    if not parts:
        return _ALWAYS
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _reaching(model: Model, expr: Expr, least: Tri) -> Expr:
    """`expr` as y where it is at least m, or y, and n elsewhere: so its contrary is never m."""
    match expr:
        case SymbolRef(name):
            return _symbol_reaching(model, name, least)
        case Constant("m"):
            return _symbol_reaching(model, model.modules or "", Tri.M) if least is Tri.M else _NEVER
        case Not(operand):
            return Not(_reaching(model, operand, Tri.Y if least is Tri.M else Tri.M))
        case And(operands):
            return And(tuple(_reaching(model, each, least) for each in operands))
        case Or(operands):
            return Or(tuple(_reaching(model, each, least) for each in operands))
        case Constant() | Comparison():
            return expr
        case _:
            assert_never(expr)


def _symbol_reaching(model: Model, name: str, least: Tri) -> Expr:
    symbol = model.symbols.get(name)
    if symbol is None or symbol.type not in TRISTATES:
        # By itself that is n, but none of its letters in a comparison.
        return _NEVER
    if least is Tri.M:
        return Comparison(Relation.UNEQUAL, SymbolRef(name), _NEVER)
    return Comparison(Relation.EQUAL, SymbolRef(name), _ALWAYS)
