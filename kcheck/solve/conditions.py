"""Conditions as literals, once it is known what the symbols in them are."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable

from kcheck.evaluate.changes import Base
from kcheck.evaluate.nodes import RELATIONS, Node, Op, Sym
from kcheck.evaluate.numbers import ordering
from kcheck.model import And, Comparison, Constant, Expr, Not, Or, SymbolRef
from kcheck.solve.clauses import FALSE, Clauses, Label
from kcheck.solve.levels import CONSTANTS, OFF, ON, Levels

Option = tuple[str, int]
"""A value that a symbol may have, and the literal that says it has."""


_HOLDS: dict[Op, Callable[[int, int], bool]] = {
    Op.EQUAL: operator.eq,
    Op.UNEQUAL: operator.ne,
    Op.LESS: operator.lt,
    Op.LESS_EQUAL: operator.le,
    Op.GREATER: operator.gt,
    Op.GREATER_EQUAL: operator.ge,
}


class Conditions(ABC):
    """Conditions of one base's program, in `clauses`; `modules` is the literal for there being
    modules.
    """

    modules: int

    def __init__(self, base: Base, clauses: Clauses) -> None:
        self.base = base
        self.clauses = clauses
        self._nodes: dict[Node, Levels] = {}
        self._order = ordering(base.program.model.dialect)

    @abstractmethod
    def level(self, symbol: Sym) -> Levels:
        """The literals for a symbol's value; one that is no tristate counts as n."""

    @abstractmethod
    def options(self, symbol: Sym) -> list[Option]:
        """All values that a symbol may have."""

    def tri(self, node: Node | None) -> Levels:
        """The literals for a condition's value; one that is not there is y."""
        if node is None:
            return ON
        found = self._nodes.get(node)
        if found is None:
            found = self._nodes[node] = self._tri(node)
        return found

    def _tri(self, node: Node) -> Levels:
        match node.op:
            case Op.SYMBOL:
                return self.level(node.left)
            case Op.AND:
                return self.lowest([self.tri(each) for each in node.left])
            case Op.OR:
                return self.highest([self.tri(each) for each in node.left])
            case Op.NOT:
                if node.left.op is Op.FAULT:
                    return ON
                at_least_m, is_y = self.tri(node.left)
                return Levels(-is_y, -at_least_m)
            case Op.FAULT:
                return ON if node.right == 0 else OFF
            case _:
                literal = self.compare(node.op, node.left, node.right)
                return Levels(literal, literal)

    def expr(self, expr: Expr) -> Levels:
        """The value of a condition as it is written; a bare m is m only with modules."""
        symbols = self.base.program.interner
        match expr:
            case SymbolRef(name):
                return self.level(symbols.symbol(name))
            case Constant("m"):
                return Levels(self.modules, FALSE)
            case Constant(text):
                return CONSTANTS.get(text, OFF)
            case Not(operand):
                at_least_m, is_y = self.expr(operand)
                return Levels(-is_y, -at_least_m)
            case And(operands):
                return self.lowest([self.expr(each) for each in operands])
            case Or(operands):
                return self.highest([self.expr(each) for each in operands])
            case Comparison(relation, left, right):
                one, other = (
                    symbols.symbol(side.name)
                    if isinstance(side, SymbolRef)
                    else symbols.constant(side.text)
                    for side in (left, right)
                )
                literal = self.compare(RELATIONS[relation], one, other)
                return Levels(literal, literal)

    def compare(self, op: Op, left: Sym, right: Sym, options: list[Option] | None = None) -> int:
        """The literal for a comparison; `options` in place of those that `left` has."""
        holds = _HOLDS[op]
        pairs = [
            self.clauses.all_of((one, other))
            for text, one in (self.options(left) if options is None else options)
            for against, other in self.options(right)
            if holds(self._order(text, left.type, against, right.type), 0)
        ]
        return self.clauses.any_of(pairs)

    def lowest(self, values: list[Levels]) -> Levels:
        """The least of `values`; y for none."""
        at_least_m = self.clauses.all_of([each.m for each in values])
        if all(each.m == each.y for each in values):
            return Levels(at_least_m, at_least_m)
        return Levels(at_least_m, self.clauses.all_of([each.y for each in values]))

    def highest(self, values: list[Levels]) -> Levels:
        """The greatest of `values`; n for none."""
        at_least_m = self.clauses.any_of([each.m for each in values])
        if all(each.m == each.y for each in values):
            return Levels(at_least_m, at_least_m)
        return Levels(at_least_m, self.clauses.any_of([each.y for each in values]))

    def choose(self, condition: int, then: Levels, other: Levels) -> Levels:
        """`then` where `condition` holds, else `other`."""
        at_least_m = self.clauses.choose(condition, then.m, other.m)
        if then.m == then.y and other.m == other.y:
            return Levels(at_least_m, at_least_m)
        return Levels(at_least_m, self.clauses.choose(condition, then.y, other.y))

    def condition(self, symbol: Sym, aspect: str, node: Node | None) -> Levels:
        """As `tri`; for a proof each part of an && (of a select's, an ||) stands apart."""
        if node is None or not self.clauses.labelled:
            return self.tri(node)
        if aspect in ("select", "imply"):
            arms = node.left if node.op is Op.OR else (node,)
            return self.highest([self._part(symbol, aspect, arm) for arm in arms])
        parts = node.left if node.op is Op.AND else (node,)
        return self.lowest([self._part(symbol, aspect, part) for part in parts])

    def _part(self, symbol: Sym, aspect: str, node: Node) -> Levels:
        at_least_m, is_y = self.tri(node)
        label = Label(symbol.name, aspect, node)
        named = self.clauses.named(label, at_least_m)
        return Levels(named, named if is_y == at_least_m else self.clauses.named(label, is_y))
