"""Conditions brought into the form in which conf keeps them.

Values would mostly be the same without it; but the shape of the .config (what becomes a
submenu of what), the text of conf's warnings and one fault of conf's hang on the form.
The rules are those of scripts/kconfig/expr.c, named at each function.
"""

from __future__ import annotations

from kcheck.evaluate.joined import Joiner, operands_of
from kcheck.evaluate.nodes import EQUALITY, LOGIC, Interner, Node, Op, Sym
from kcheck.model import Dialect, SymbolType

_OPPOSITE = {
    Op.EQUAL: Op.UNEQUAL,
    Op.UNEQUAL: Op.EQUAL,
    Op.LESS: Op.GREATER_EQUAL,
    Op.GREATER_EQUAL: Op.LESS,
    Op.LESS_EQUAL: Op.GREATER,
    Op.GREATER: Op.LESS_EQUAL,
    Op.AND: Op.OR,
    Op.OR: Op.AND,
}


class Simplifier:
    """The passes that conf runs over a condition, for one interner and dialect."""

    def __init__(self, interner: Interner, dialect: Dialect) -> None:
        self._interner = interner
        self._unequal_y_fault = dialect.unequal_y_fault
        self._always_drops_constants = dialect.caches_expressions
        self._infers = dialect.infers_from_negations
        self._n = interner.constants["n"]
        self._m = interner.constants["m"]
        self._y = interner.constants["y"]
        self.joiner = Joiner(interner)
        self._negated = {interner.n: interner.y, interner.m: interner.m, interner.y: interner.n}

    def rewrite_m(self, node: Node | None, modules: Sym) -> Node | None:
        """Each `m` made `m && MODULES` (menu.c, rewrite_m)."""
        if node is None:
            return None
        if node.rewritten is None:
            make = self._interner
            if node.op is Op.NOT:
                inner = self.rewrite_m(node.left, modules)
                node.rewritten = make.node(Op.NOT, inner)
            elif node.op in LOGIC:
                operands = tuple(self.rewrite_m(operand, modules) for operand in node.left)
                node.rewritten = make.level(node.op, operands)  # type: ignore[arg-type]
            elif node is make.m:
                node.rewritten = make.level(Op.AND, (node, make.node(Op.SYMBOL, modules)))
            else:
                node.rewritten = node
        return node.rewritten

    def transform(self, node: Node | None) -> Node | None:
        """Negations pushed inwards, comparisons of bools resolved (expr_transform)."""
        if node is None:
            return None
        if node.transformed is None:
            node.transformed = self._transform(node)
        return node.transformed

    def _transform(self, node: Node) -> Node:
        make = self._interner
        if node.op in LOGIC:
            return make.level(node.op, tuple(self._transformed(each) for each in node.left))
        if node.op is Op.NOT:
            return self._transform_not(self._transformed(node.left))
        if node.op in EQUALITY and node.left.type is SymbolType.BOOL:
            return self._transform_bool(node)
        if node.op is Op.FAULT:
            return make.node(Op.FAULT, node.left, 1)
        return node

    def _transformed(self, node: Node) -> Node:
        if node.transformed is None:
            node.transformed = self._transform(node)
        return node.transformed

    def _transform_not(self, inner: Node) -> Node:
        make = self._interner
        if inner.op is Op.NOT:
            negated: Node = inner.left
            return negated
        if inner.op in LOGIC:
            operands = tuple(make.node(Op.NOT, operand) for operand in inner.left)
            return self._transformed(make.level(_OPPOSITE[inner.op], operands))
        if inner.op in _OPPOSITE:
            return make.node(_OPPOSITE[inner.op], inner.left, inner.right)
        return self._negated.get(inner) or make.node(Op.NOT, inner)

    def _transform_bool(self, node: Node) -> Node:
        """`BOOL = n` and its kin, as far as the right side is n, m or y."""
        make = self._interner
        equal = node.op is Op.EQUAL
        symbol = make.node(Op.SYMBOL, node.left)
        if node.right is self._m:
            return make.n if equal else make.y
        if node.right is self._n:
            return make.node(Op.NOT, symbol) if equal else symbol
        if node.right is self._y:
            if equal:
                return symbol
            if self._unequal_y_fault:
                # expr.c, expr_transform, 6.12 to 7.3: `e->left.expr` is taken where
                # `e->left.sym` is meant, so a symbol is read as if it were an expression.
                return make.node(Op.NOT, make.node(Op.FAULT, node.left, 0))
            return make.node(Op.NOT, symbol)
        return node

    def deduplicate(self, node: Node | None) -> Node | None:
        """Repeated and redundant operands joined (expr_eliminate_dups)."""
        if node is None:
            return None
        return self._deduplicated(node)

    def _deduplicated(self, node: Node) -> Node:
        if node.deduplicated is None:
            result = node
            if node.op in LOGIC:
                by_level = self._always_drops_constants
                result = self._by_level(node) if by_level else self._as_a_whole(node)
            node.deduplicated = result
            result.deduplicated = result
        return node.deduplicated

    def _by_level(self, node: Node) -> Node:
        """Each level brought to rest, and its constants dropped, before the one above."""
        make = self._interner
        while node.op in LOGIC:
            operands: list[Node] = []
            for each in node.left:
                operand = self._deduplicated(each) if each.op in LOGIC else each
                operands.extend(operands_of(operand, node.op))
            joined = self.joiner.join_pairs(node.op, operands)
            operands = self.joiner.without_constants(node.op, operands)
            node = make.level(node.op, tuple(operands))
            if not joined:
                break
        return node

    def _as_a_whole(self, node: Node) -> Node:
        """Up to 6.11: constants stay unless something was joined, then all are dropped."""
        while node.op in LOGIC:
            passed, joined = self._join_once(node)
            if self._infers:
                passed, inferred = self._infer_once(passed)
                joined |= inferred
            if not joined:
                break
            node = self._drop_constants(passed)
        return node

    def _join_once(self, node: Node) -> tuple[Node, bool]:
        """One pass over all levels; whether anything was joined."""
        if node.op not in LOGIC:
            return node, False
        passed = [self._join_once(each) for each in node.left]
        operands = [operand for operand, _ in passed]
        joined = self.joiner.join_pairs(node.op, operands) or any(joined for _, joined in passed)
        if not joined:
            return node, False
        return self._interner.level(node.op, tuple(operands)), True

    def _infer_once(self, node: Node) -> tuple[Node, bool]:
        """`(A || B) && !A && !B` and its mirror resolved, be it of tristates or not.

        Up to 4.1 (expr_eliminate_dups2); the second value is whether anything was.
        """
        if node.op not in LOGIC:
            return node, False
        make = self._interner
        neutral, absorbing = (make.y, make.n) if node.op is Op.AND else (make.n, make.y)
        operands: list[Node] = list(node.left)
        changed = False
        for index, each in enumerate(operands):
            if each.op not in LOGIC:
                continue
            operands[index], inferred = self._infer_once(each)
            changed |= inferred
            negated = self._transformed(make.node(Op.NOT, operands[index]))
            sought = {self.joiner.canonical(one) for one in operands_of(negated, node.op)}
            sought.discard(self.joiner.canonical(neutral))
            if sought and sought <= {self.joiner.canonical(one) for one in operands}:
                operands[index] = absorbing
                changed = True
        return (make.level(node.op, tuple(operands)) if changed else node), changed

    def _drop_constants(self, node: Node) -> Node:
        if node.op not in LOGIC:
            return node
        operands = [self._drop_constants(each) for each in node.left]
        return self._interner.level(
            node.op, tuple(self.joiner.without_constants(node.op, operands))
        )

    def differs_from_n(self, node: Node | None) -> Node:
        """`node != n`, the comparison pushed to the symbols (expr_trans_compare)."""
        if node is None:
            return self._interner.node(Op.NOT, self._interner.n)
        return self._compare_with_n(node, Op.UNEQUAL)

    def equals_n(self, node: Node) -> Node:
        """`node = n`, the comparison pushed to the symbols (expr_trans_compare)."""
        return self._compare_with_n(node, Op.EQUAL)

    def _compare_with_n(self, node: Node, relation: Op) -> Node:
        make = self._interner
        if node.op in LOGIC:
            operands = tuple(self._compare_with_n(each, Op.EQUAL) for each in node.left)
            opposite = make.level(_OPPOSITE[node.op], operands)
            return make.node(Op.NOT, opposite) if relation is Op.UNEQUAL else opposite
        if node.op is Op.NOT:
            return self._compare_with_n(node.left, _OPPOSITE[relation])
        if node.op is Op.SYMBOL:
            return make.node(relation, node.left, self._n)
        return node if relation is Op.UNEQUAL else make.node(Op.NOT, node)

    def without_unequal_n(self, node: Node | None) -> Node | None:
        """Each `TRISTATE != n` made `TRISTATE`, which is m where it was y (expr_trans_bool)."""
        if node is None:
            return None
        make = self._interner
        if node.op in LOGIC:
            operands = [self.without_unequal_n(operand) for operand in node.left]
            return make.level(node.op, tuple(each for each in operands if each is not None))
        if node.op is Op.NOT:
            return make.node(Op.NOT, self.without_unequal_n(node.left))
        if (
            node.op is Op.UNEQUAL
            and node.right is self._n
            and node.left.type is SymbolType.TRISTATE
        ):
            return make.node(Op.SYMBOL, node.left)
        return node

    def adds_nothing(self, depends: Node | None, selector: Node) -> bool:
        """Whether `selector && depends` is `selector` again (expr_simplify_unmet_dep)."""
        joined = self.deduplicate(self._interner.both(selector, depends))
        if joined is None or joined.op is not Op.AND or selector.op is not Op.AND:
            return False
        left = list(joined.left)
        right: list[Node] = []
        for each in selector.left:
            form = self.joiner.canonical(each)
            same = next((one for one in left if self.joiner.canonical(one) is form), None)
            if same is None or each in (self._interner.y, self._interner.n):
                right.append(each)
            else:
                left.remove(same)
        # Constants are not paired; then they are dropped, and n takes all (expr_eq).
        rests = [self.joiner.without_constants(Op.AND, rest) for rest in (left, right)]
        return rests[0] == rests[1] and len(rests[0]) == 1
