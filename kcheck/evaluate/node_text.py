"""Conditions as text: brackets stand where Kconfig would need them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kcheck.evaluate.nodes import LOGIC, Node, Op, Sym

_BINDING = {Op.OR: 0, Op.AND: 1, Op.NOT: 2}


def node_text(node: Node, name: Callable[[Sym], str], signs: Mapping[Op, str], fault: str) -> str:
    """The text of `node`, a symbol by its `name` and a comparison by its sign; `fault` is what a
    comparison is called that conf misreads.
    """

    def text(node: Node, around: Op) -> str:
        if node.op in LOGIC:
            sign = " && " if node.op is Op.AND else " || "
            joined = sign.join(text(operand, node.op) for operand in node.left)
            return f"({joined})" if _BINDING[around] > _BINDING[node.op] else joined
        if node.op is Op.NOT:
            return f"!{text(node.left, Op.NOT)}"
        if node.op is Op.SYMBOL:
            return name(node.left)
        if node.op is Op.FAULT:
            return fault
        return f"{name(node.left)}{signs[node.op]}{name(node.right)}"

    return text(node, Op.OR)
