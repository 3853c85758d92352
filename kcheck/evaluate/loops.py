"""Dependencies that run in a circle, which conf refuses (symbol.c, sym_check_deps)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kcheck.errors import KconfigSyntaxError
from kcheck.evaluate.nodes import LOGIC, Node, Op, Sym

if TYPE_CHECKING:
    from kcheck.evaluate.program import Program


def check_loops(program: Program) -> None:
    """Raise KconfigSyntaxError, naming the way round, if a symbol depends on itself."""
    _Search(program).run()


class _Search:
    """A depth-first walk over what each symbol's value is computed from.

    A choice and its members are one step of the way: while one of them is open all are.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._open: set[Sym] = set()
        self._checked: set[Sym] = set()
        self._seen: set[Node] = set()
        self._way: list[tuple[Sym, str]] = []

    def run(self) -> None:
        # conf begins in the order of the menus; which of several loops is named hangs on it.
        for node in self._program.menu_order:
            if node.symbol is not None:
                self._visit(node.symbol)
        for symbol in self._program.all_symbols:
            self._visit(symbol)

    def _visit(self, symbol: Sym) -> None:
        if symbol in self._open:
            raise self._loop(symbol)
        if symbol in self._checked:
            return
        choice = self._choice_of(symbol)
        group = [symbol] if choice is None else [choice, *self._members(choice)]
        self._checked.update(group)
        if choice is None:
            self._open.add(symbol)
            self._visit_conditions(symbol)
            self._open.discard(symbol)
            return
        self._open.update(group)
        self._visit_conditions(choice)
        self._open.discard(choice)
        for member in group[1:]:
            self._visit_conditions(member)
        self._open.difference_update(group)

    def _choice_of(self, symbol: Sym) -> Sym | None:
        if symbol.is_choice:
            return symbol
        if symbol.choice is None or isinstance(symbol.choice, Sym):
            return symbol.choice
        found: Sym = symbol.choice.symbol
        return found

    def _members(self, choice: Sym) -> list[Sym]:
        if choice.members:
            return choice.members
        return [
            node.symbol
            for menu in choice.menus[:1]
            for node in menu.descendants()
            if node.symbol is not None
        ]

    def _visit_conditions(self, symbol: Sym) -> None:
        for how, node in self._conditions(symbol):
            self._way.append((symbol, how))
            self._visit_node(node)
            self._way.pop()

    def _conditions(self, symbol: Sym) -> Iterator[tuple[str, Node]]:
        parts = [
            ("depends on", symbol.depends),
            ("is selected by", symbol.selected),
            ("is implied by", symbol.implied),
        ]
        for prompt in symbol.prompts:
            parts.append(("has a prompt that depends on", prompt.condition))
        for default in symbol.defaults:
            parts.append(("has a default that depends on", default.condition))
            if not symbol.is_choice:
                parts.append(("has as a default", default.value))
        for limits in symbol.ranges:
            parts.append(("has a range that depends on", limits.condition))
        return ((how, node) for how, node in parts if node is not None)

    def _visit_node(self, node: Node) -> None:
        # A node that was walked without a loop leads to finished symbols only.
        if node in self._seen:
            return
        if node.op in LOGIC:
            for operand in node.left:
                self._visit_node(operand)
        elif node.op is Op.NOT:
            self._visit_node(node.left)
        elif node.op is not Op.FAULT:
            self._visit(node.left)
            if node.right.__class__ is Sym:
                self._visit(node.right)
        self._seen.add(node)

    def _loop(self, symbol: Sym) -> KconfigSyntaxError:
        group = {symbol}
        choice = self._choice_of(symbol)
        if choice is not None:
            group = {choice, *self._members(choice)}
        start = next(i for i, (each, _) in enumerate(self._way) if each in group)
        steps = [f"{_name(each)} {how}" for each, how in self._way[start:]]
        way = " ".join(
            f"{step} {_name(target)},"
            for step, target in zip(
                steps, [each for each, _ in self._way[start + 1 :]] + [symbol], strict=True
            )
        ).rstrip(",")
        menus = self._way[start][0].menus
        entry = self._program.model.entries[menus[0].index] if menus else None
        where = f"{entry.location}: " if entry is not None else ""
        return KconfigSyntaxError(f"{where}recursive dependency: {way}")


def _name(symbol: Sym) -> str:
    return symbol.name or "a choice"
