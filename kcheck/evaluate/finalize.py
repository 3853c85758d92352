"""Conditions handed down through the menu tree, and the tree given its final shape.

The order of steps is that of scripts/kconfig/menu.c, menu_finalize, since `select`s add
up in that order and a symbol may have moved before its neighbour is looked at.
"""

from __future__ import annotations

from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import Interner, Node, Op, Property, Sym
from kcheck.evaluate.occurrence import contains, contains_negated, depends_on
from kcheck.evaluate.simplify import Simplifier
from kcheck.model import Dialect, SymbolType


class Finalizer:
    """Runs over one menu tree, changing it in place."""

    def __init__(
        self, interner: Interner, simplifier: Simplifier, dialect: Dialect, modules: Sym
    ) -> None:
        self._interner = interner
        self._simplifier = simplifier
        self._dialect = dialect
        self._modules = modules

    def finalize(self, node: MenuNode, inside_choice: bool = False) -> None:
        """Finish `node` and all below it."""
        symbol = node.symbol
        old_choice = (
            symbol is not None and symbol.is_choice and not self._dialect.member_order_decides
        )
        if node.first is not None:
            inherited = self._interner.node(Op.SYMBOL, symbol) if old_choice else node.depends
            for child in node.children():
                self._inherit(child, inherited)
            child_node: MenuNode | None = node.first
            while child_node is not None:
                self.finalize(child_node, symbol is not None and symbol.is_choice)
                child_node = child_node.following
        elif symbol is not None and not (inside_choice and self._dialect.member_order_decides):
            self._make_submenu(node, symbol)
            symbol.depends = self._interner.either(symbol.depends, node.depends)
        self._dissolve_blocks(node, symbol if old_choice else None)
        if old_choice and symbol is not None and not symbol.optional and node.prompt is not None:
            # A choice that is not optional is at least m where its prompt is visible.
            forced = self._interner.both(node.prompt.condition, self._interner.m)
            assert forced is not None
            symbol.selected_by.append(forced)

    def _condition(self, inherited: Node | None, own: Node | None) -> Node | None:
        simplifier = self._simplifier
        if not self._dialect.visible_if_keeps_m:
            own = simplifier.rewrite_m(own, self._modules)
        own = simplifier.transform(own)
        return simplifier.deduplicate(self._interner.both(inherited, own))

    def _inherit(self, node: MenuNode, inherited: Node | None) -> None:
        simplifier = self._simplifier
        node.depends = self._condition(inherited, node.depends)
        if node.symbol is None:
            if node.prompt is not None:
                node.prompt.condition = self._condition(node.depends, node.prompt.condition)
            return
        for item in node.properties:
            item.condition = self._condition(node.depends, item.condition)
            if self._dialect.unequal_n_is_symbol and node.symbol.type is not SymbolType.TRISTATE:
                item.condition = simplifier.without_unequal_n(item.condition)
            if item.target is not None:
                self._pull(item, item.target, node.symbol)

    def _pull(self, item: Property, target: Sym, source: Sym) -> None:
        make = self._interner
        active = make.both(make.node(Op.SYMBOL, source), item.condition)
        assert active is not None
        (target.selected_by if item.kind == "select" else target.implied_by).append(active)

    def _make_submenu(self, node: MenuNode, symbol: Sym) -> None:
        """Put the entries behind `node` that depend on it below it."""
        simplifier = self._simplifier
        base: Node | None = None
        last: MenuNode | None = None
        following = node.following
        while following is not None:
            prompt = following.prompt
            condition = following.depends if prompt is None else prompt.condition
            if not contains(condition, symbol):
                break
            if not depends_on(condition, symbol, self._interner):
                if self._dialect.negation_ends_submenu and contains_negated(
                    condition, symbol, self._interner
                ):
                    break
                if base is None:
                    own = None if node.prompt is None else node.prompt.condition
                    base = self._differs_from_n(own)
                if not simplifier.joiner.covers(self._differs_from_n(condition), base):
                    break
            self.finalize(following)
            following.parent = node
            last = following
            following = following.following
        if last is not None:
            node.first, node.following, last.following = node.following, last.following, None

    def _differs_from_n(self, condition: Node | None) -> Node:
        simplifier = self._simplifier
        simplified = simplifier.deduplicate(
            simplifier.transform(simplifier.differs_from_n(condition))
        )
        assert simplified is not None
        return simplified

    def _dissolve_blocks(self, node: MenuNode, choice: Sym | None) -> None:
        """Lift what `if` blocks and promptless symbols hold; note an old choice's members."""
        child = node.first
        while child is not None:
            if choice is not None and child.symbol is not None:
                self._add_member(choice, child, child.symbol)
            if child.first is not None and (child.prompt is None or not child.prompt.text):
                last = child.first
                while True:
                    last.parent = node
                    if last.following is None:
                        break
                    last = last.following
                last.following = child.following
                child.following, child.first = child.first, None
            child = child.following

    def _add_member(self, choice: Sym, child: MenuNode, member: Sym) -> None:
        """Make `member` one of a choice that has a value of its own (to 6.8)."""
        if member.is_choice_member:
            return
        member.is_choice_member = True
        member.choice = choice
        choice.members.append(member)
        if choice.type is SymbolType.TRISTATE and member.type is not SymbolType.TRISTATE:
            make = self._interner
            chosen = make.node(Op.EQUAL, choice, make.constants["y"])
            child.depends = make.both(chosen, child.depends)
            for item in child.properties:
                item.condition = make.both(chosen, item.condition)
