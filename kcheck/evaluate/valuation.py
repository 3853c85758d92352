"""The outcome of an evaluation, frozen: what value each symbol got, and why it could."""

from __future__ import annotations

from functools import cached_property

import msgspec

from kcheck.evaluate.nodes import TRISTATES, Sym
from kcheck.evaluate.numbers import ordering
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Expr,
    Model,
    Not,
    Operand,
    Or,
    Relation,
    SymbolRef,
    SymbolType,
    Tri,
)


class SymbolState(msgspec.Struct, frozen=True, gc=False):
    """One symbol's value and what it follows from.

    `value` is what .config says, without quotes; `user` what the given .config asked
    for and conf took over, None where it asked for nothing.  `visibility` is how far the
    user may set it, `depends` its direct dependencies, `selected` and `implied` how far
    other symbols raise it.  `written` says whether .config has a line about it.
    """

    value: str
    tri: Tri
    visibility: Tri
    user: str | None
    written: bool
    selected: Tri
    implied: Tri
    depends: Tri


# Looked up, since calling Tri takes ten times as long.
_TRIS = tuple(Tri)


def symbol_state(symbol: Sym) -> SymbolState:
    """The state that an evaluation has left in `symbol`."""
    is_logical = symbol.type in TRISTATES
    user = None
    if symbol.has_user:
        user = "nmy"[symbol.user_tri] if is_logical else symbol.user_text
    return SymbolState(
        symbol.value,
        _TRIS[symbol.tri] if is_logical else Tri.N,
        _TRIS[symbol.visibility],
        user,
        symbol.written,
        _TRIS[symbol.selected_tri],
        _TRIS[symbol.implied_tri],
        _TRIS[symbol.depends_tri],
    )


class Valuation(msgspec.Struct, frozen=True, dict=True):
    """All symbols' states under one .config."""

    model: Model
    states: dict[str, SymbolState]

    def state(self, name: str) -> SymbolState:
        """The state of `name`; an undefined name has itself as its value, and is n."""
        known = self.states.get(name)
        if known is not None:
            return known
        return SymbolState(name, Tri.N, Tri.N, None, False, Tri.N, Tri.N, Tri.N)

    def tri(self, expr: Expr | None) -> Tri:
        """The value of a condition as it is written; one that is not there is y.

        A bare `m` is m only while modules are on (menu.c, rewrite_m).
        """
        if expr is None:
            return Tri.Y
        match expr:
            case SymbolRef(name):
                return self.state(name).tri
            case Constant("m"):
                return min(Tri.M, self._highest_m)
            case Constant(text):
                return _CONSTANTS.get(text, Tri.N)
            case Not(operand):
                return Tri(Tri.Y - self.tri(operand))
            case And(operands):
                return min(self.tri(operand) for operand in operands)
            case Or(operands):
                return max(self.tri(operand) for operand in operands)
            case Comparison(relation, left, right):
                return Tri.Y if _holds(relation, self._order(left, right)) else Tri.N

    @cached_property
    def _highest_m(self) -> Tri:
        modules = self.model.modules
        return Tri.N if modules is None else self.state(modules).tri

    def _order(self, left: Operand, right: Operand) -> int:
        """Below, at or above 0 as `left` is less than, equal to or greater than `right`."""
        return ordering(self.model.dialect)(*self._typed(left), *self._typed(right))

    def _typed(self, operand: Operand) -> tuple[str, SymbolType]:
        if isinstance(operand, Constant):
            is_tri = operand.text in _CONSTANTS
            return operand.text, SymbolType.TRISTATE if is_tri else SymbolType.UNKNOWN
        symbol = self.model.symbols.get(operand.name)
        return self.state(operand.name).value, symbol.type if symbol else SymbolType.UNKNOWN


_CONSTANTS = {str(tri): tri for tri in Tri}


def _holds(relation: Relation, order: int) -> bool:
    match relation:
        case Relation.EQUAL:
            return order == 0
        case Relation.UNEQUAL:
            return order != 0
        case Relation.LESS:
            return order < 0
        case Relation.LESS_EQUAL:
            return order <= 0
        case Relation.GREATER:
            return order > 0
        case Relation.GREATER_EQUAL:
            return order >= 0
