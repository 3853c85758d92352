"""Operands of && and || joined into one, as conf joins them.

The rules are those of scripts/kconfig/expr.c, named at each function.
"""

from __future__ import annotations

from kcheck.evaluate.nodes import EQUALITY, LOGIC, Interner, Node, Op, Sym
from kcheck.model import SymbolType


class Joiner:
    """What two operands of one && or || make, for one interner."""

    def __init__(self, interner: Interner) -> None:
        self._interner = interner
        self._n = interner.constants["n"]
        self._m = interner.constants["m"]
        self._y = interner.constants["y"]
        self._canonical_forms: dict[object, object] = {}

    def join_pairs(self, op: Op, operands: list[Node]) -> bool:
        """Join what can be joined in place: the former becomes the level's neutral value."""
        subjects = [self._subject(operand) for operand in operands]
        if len(set(subjects)) == len(subjects):
            return False
        neutral = self._interner.y if op is Op.AND else self._interner.n
        joined = False
        for first in range(len(operands)):
            for second in range(first + 1, len(operands)):
                one, two = operands[first], operands[second]
                both = self._joined(op, one, two)
                if both is not None:
                    operands[first], operands[second] = neutral, both
                    joined = True
        return joined

    def _joined(self, op: Op, one: Node, two: Node) -> Node | None:
        """One expression for both, if there is one."""
        if self.canonical(one) is self.canonical(two):
            return one
        symbol = _joinable_symbol(one, two)
        if symbol is None:
            return None
        return (self._and if op is Op.AND else self._or)(symbol, one, two)

    def _or(self, symbol: Sym, one: Node, two: Node) -> Node | None:
        """`one || two`, both about `symbol` (expr_join_or)."""
        make = self._interner
        if symbol.type is SymbolType.TRISTATE and one.op is two.op is Op.EQUAL:
            left_out = self._third(one.right, two.right)
            if left_out is not None:
                return make.node(Op.UNEQUAL, symbol, left_out)
        if symbol.type is SymbolType.BOOL and {one.op, two.op} == {Op.NOT, Op.SYMBOL}:
            negation = one if one.op is Op.NOT else two
            if negation.left.op is Op.SYMBOL:
                return make.y
        return None

    def _and(self, symbol: Sym, one: Node, two: Node) -> Node | None:
        """`one && two`, both about `symbol` (expr_join_and)."""
        make = self._interner
        for plain, other in ((one, two), (two, one)):
            if plain.op is not Op.SYMBOL:
                continue
            if (other.op, other.right) in ((Op.EQUAL, self._y), (Op.UNEQUAL, self._m)):
                return make.node(Op.EQUAL, symbol, self._y)
            if (other.op, other.right) == (Op.UNEQUAL, self._n):
                return plain
        if symbol.type is not SymbolType.TRISTATE:
            return None
        for equal, unequal in ((one, two), (two, one)):
            if equal.op is Op.EQUAL and unequal.op is Op.UNEQUAL:
                if equal.right.constant and unequal.right.constant:
                    return make.n if equal.right is unequal.right else equal
                return None
        if one.op is two.op is Op.UNEQUAL:
            remaining = self._third(one.right, two.right)
            if remaining is not None:
                return make.node(Op.EQUAL, symbol, remaining)
        return None

    def _subject(self, node: Node) -> object:
        """What two operands must have in common for joining them to be worth a try."""
        inner = node.left if node.op is Op.NOT else node
        if inner.op is Op.SYMBOL or inner.op in EQUALITY:
            symbol: object = inner.left
            return symbol
        return self.canonical(node)

    def canonical(self, node: Node) -> object:
        """The same object for expressions that differ in nothing but order (expr_eq)."""
        if node.canonical is None:
            form: object = node
            if node.op in LOGIC:
                form = (node.op, frozenset(self.canonical(each) for each in node.left))
            elif node.op is Op.NOT:
                form = (Op.NOT, self.canonical(node.left))
            node.canonical = self._canonical_forms.setdefault(form, form)
        found: object = node.canonical
        return found

    def _third(self, one: Sym, two: Sym) -> Sym | None:
        """Of n, m and y the one that is neither; None unless both are of them."""
        rest = {self._n, self._m, self._y} - {one, two}
        return rest.pop() if len(rest) == 1 else None

    def without_constants(self, op: Op, operands: list[Node]) -> list[Node]:
        """`expr && y`, `expr && n`, `expr || n`, `expr || y` resolved (expr_eliminate_yn)."""
        make = self._interner
        neutral, absorbing = (make.y, make.n) if op is Op.AND else (make.n, make.y)
        if absorbing in operands:
            return [absorbing]
        kept = [operand for operand in operands if operand is not neutral]
        return kept or [neutral]

    def covers(self, node: Node, base: Node) -> bool:
        """Whether every operand of `base` is one of `node`'s (expr_eliminate_eq, is yes)."""
        if base is self._interner.y:
            return True
        if node.op not in LOGIC and base.op not in LOGIC:
            return False
        if Op.AND not in (node.op, base.op):
            return False
        given = {self.canonical(each) for each in operands_of(node, Op.AND)}
        return all(self.canonical(each) in given for each in operands_of(base, Op.AND))


def operands_of(node: Node, op: Op) -> tuple[Node, ...]:
    """What `op` joins in `node`, which is its own operand where it is no such level."""
    return node.left if node.op is op else (node,)


def _joinable_symbol(one: Node, two: Node) -> Sym | None:
    """The bool or tristate that both are about, where conf looks for a joint form."""
    first = one.left if one.op is Op.NOT else one
    second = two.left if two.op is Op.NOT else two
    if first.op is not Op.SYMBOL and first.op not in EQUALITY:
        return None
    if second.op is not Op.SYMBOL and (two.op is Op.NOT or second.op not in EQUALITY):
        return None
    if first.left is not second.left:
        return None
    symbol: Sym = first.left
    return symbol if symbol.type in (SymbolType.BOOL, SymbolType.TRISTATE) else None
