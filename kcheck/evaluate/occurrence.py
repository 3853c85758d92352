"""What occurs in a condition, as conf looks for it (scripts/kconfig/expr.c)."""

from __future__ import annotations

from kcheck.evaluate.nodes import LOGIC, Interner, Node, Op, Sym


def contains(node: Node | None, symbol: Sym) -> bool:
    """Whether `symbol` occurs in `node` (expr_contains_symbol)."""
    if node is None:
        return False
    if node.op in LOGIC:
        return any(contains(each, symbol) for each in node.left)
    if node.op is Op.NOT:
        return contains(node.left, symbol)
    if node.op is Op.FAULT:
        return False
    return node.left is symbol or node.right is symbol


def depends_on(node: Node | None, symbol: Sym, interner: Interner) -> bool:
    """Whether `node` is n wherever `symbol` is, at first sight (expr_depends_symbol)."""
    if node is None:
        return False
    if node.op is Op.AND:
        return any(depends_on(each, symbol, interner) for each in node.left)
    if node.left is not symbol:
        return False
    constants = interner.constants
    if node.op is Op.EQUAL:
        return node.right in (constants["y"], constants["m"])
    return node.op is Op.SYMBOL or (node.op is Op.UNEQUAL and node.right is constants["n"])


def contains_negated(node: Node | None, symbol: Sym, interner: Interner) -> bool:
    """Whether a part of `node` holds with `symbol` off (expr_contains_symbol_negated)."""
    if node is None:
        return False
    if node.op in LOGIC:
        return any(contains_negated(each, symbol, interner) for each in node.left)
    if node.op is Op.NOT:
        return bool(node.left.op is Op.SYMBOL and node.left.left is symbol)
    if node.left is not symbol:
        return False
    constants = interner.constants
    if node.op is Op.EQUAL:
        return node.right is constants["n"]
    return node.op is Op.UNEQUAL and node.right in (constants["y"], constants["m"])
