"""conf's warning that a `select` raised a symbol above its dependencies, to the letter."""

from __future__ import annotations

from collections.abc import Callable

from kcheck.evaluate.nodes import Node, Op, Sym
from kcheck.evaluate.simplify import Simplifier
from kcheck.model import SymbolType

_SIGNS = {
    Op.EQUAL: "=",
    Op.UNEQUAL: "!=",
    Op.LESS: "<",
    Op.LESS_EQUAL: "<=",
    Op.GREATER: ">",
    Op.GREATER_EQUAL: ">=",
}
_BINDING = {Op.OR: 0, Op.AND: 1, Op.NOT: 2}


def unmet_dependency_warning(symbol: Sym, tri: Callable[[Node | None], int]) -> str:
    """The text that conf writes to stderr (symbol.c, sym_warn_unmet_dep)."""
    depends = "y" if symbol.depends is None else _text(symbol.depends)
    lines = [
        "",
        f"WARNING: unmet direct dependencies detected for {symbol.name}",
        f"  Depends on [{'m' if symbol.depends_tri == 1 else 'n'}]: {depends}",
    ]
    selected = symbol.selected
    assert selected is not None
    selectors = selected.left if selected.op is Op.OR else (selected,)
    for level, letter in ((2, "y"), (1, "m")):
        active = [f"  - {_text(each)}" for each in selectors if tri(each) == level]
        if active:
            lines += [f"  Selected by [{letter}]:", *active]
    return "\n".join(lines) + "\n"


def short_warning(symbol: Sym, simplifier: Simplifier) -> str:
    """The same up to 4.17, one line (symbol.c, sym_calc_value).

    Named are the selectors that do not themselves depend on all that the symbol does
    (expr.c, expr_simplify_unmet_dep).
    """
    selected, depends = symbol.selected, symbol.depends
    assert selected is not None
    selectors = selected.left if selected.op is Op.OR else (selected,)
    arms = [each for each in selectors if not simplifier.adds_nothing(depends, each)]
    named = " && ".join(_text(_leftmost(each), shows_values=False) for each in arms) or "y"
    on = "y" if depends is None else _text(depends, shows_values=False)
    return f"warning: ({named}) selects {symbol.name} which has unmet direct dependencies ({on})\n"


def _leftmost(node: Node) -> Node:
    while node.op in (Op.AND, Op.OR):
        node = node.left[0]
    return _leftmost(node.left) if node.op is Op.NOT else node


def _text(node: Node, around: Op | None = None, shows_values: bool = True) -> str:
    if node.op in (Op.AND, Op.OR):
        sign = " && " if node.op is Op.AND else " || "
        text = sign.join(_text(operand, node.op, shows_values) for operand in node.left)
        if around is not None and _BINDING[around] > _BINDING[node.op]:
            return f"({text})"
        return text
    if node.op is Op.NOT:
        return f"!{_text(node.left, Op.NOT, shows_values)}"
    if node.op is Op.SYMBOL:
        return _name(node.left, shows_values)
    if node.op is Op.FAULT:
        return "<unknown type>"
    left, right = _name(node.left, shows_values), _name(node.right, shows_values)
    return f"{left}{_SIGNS[node.op]}{right}"


def _name(symbol: Sym, shows_values: bool) -> str:
    if symbol.is_choice and not symbol.name:
        return "<choice>"
    if symbol.type is SymbolType.UNKNOWN or not shows_values:
        return symbol.name
    return f"{symbol.name} [={symbol.value}]"
