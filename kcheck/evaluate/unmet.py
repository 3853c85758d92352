"""conf's warning that a `select` raised a symbol above its dependencies, to the letter."""

from __future__ import annotations

from collections.abc import Callable

from kcheck.evaluate.nodes import Node, Op, Sym
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


def _text(node: Node, around: Op | None = None) -> str:
    if node.op in (Op.AND, Op.OR):
        sign = " && " if node.op is Op.AND else " || "
        text = sign.join(_text(operand, node.op) for operand in node.left)
        if around is not None and _BINDING[around] > _BINDING[node.op]:
            return f"({text})"
        return text
    if node.op is Op.NOT:
        return f"!{_text(node.left, Op.NOT)}"
    if node.op is Op.SYMBOL:
        return _name(node.left)
    if node.op is Op.FAULT:
        return "<unknown type>"
    return f"{_name(node.left)}{_SIGNS[node.op]}{_name(node.right)}"


def _name(symbol: Sym) -> str:
    if symbol.is_choice and not symbol.name:
        return "<choice>"
    if symbol.type is SymbolType.UNKNOWN:
        return symbol.name
    return f"{symbol.name} [={symbol.value}]"
