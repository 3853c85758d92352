"""conf's warning that a `select` raised a symbol above its dependencies, to the letter."""

from __future__ import annotations

from collections.abc import Callable

from kcheck.evaluate.node_text import node_text
from kcheck.evaluate.nodes import LOGIC, Node, Op, Sym
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
    while node.op in LOGIC:
        node = node.left[0]
    return _leftmost(node.left) if node.op is Op.NOT else node


def _text(node: Node, shows_values: bool = True) -> str:
    return node_text(node, _valued if shows_values else _name, _SIGNS, "<unknown type>")


def _valued(symbol: Sym) -> str:
    name = _name(symbol)
    unvalued = name != symbol.name or symbol.type is SymbolType.UNKNOWN
    return name if unvalued else f"{name} [={symbol.value}]"


def _name(symbol: Sym) -> str:
    return "<choice>" if symbol.is_choice and not symbol.name else symbol.name
