"""A Model made ready to be evaluated, any number of times."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from kcheck.evaluate.build import Builder
from kcheck.evaluate.finalize import Finalizer
from kcheck.evaluate.loops import check_loops
from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import Interner, Op, Sym
from kcheck.evaluate.simplify import Simplifier
from kcheck.latest import Latest
from kcheck.model import Model, SymbolRef

_DEEPEST_RECURSION = 1_000_000
"""Chains of conditions are as deep as the tree makes them; CPython 3.11 and later keeps
calls between Python functions off the C stack, so only this limit stands in the way."""

_FNV_PRIME = 0x01000193
_FNV_BASIS = 2166136261


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let calls nest as deeply as a kernel's conditions do."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEPEST_RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class Program:
    """The finished menu tree of a model and its symbols.

    `all_symbols` are in the order in which conf walks its symbol table.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.interner = Interner(model.dialect.constants_have_type)
        simplifier = Simplifier(self.interner, model.dialect)
        self.simplifier = simplifier
        self.modules: Sym = (
            self.interner.constants["n"]
            if model.modules is None
            else self.interner.symbol(model.modules)
        )
        builder = Builder(model, self.interner, simplifier, self.modules)
        self.root: MenuNode = builder.root
        self.choices: list[Sym] = builder.choices
        with deep_recursion():
            finalizer = Finalizer(self.interner, simplifier, model.dialect, self.modules)
            finalizer.finalize(self.root)
        self._join_pulls()
        if model.dialect.member_order_decides:
            self._find_members()
        self.all_symbols = self._in_table_order()
        self.menu_order = self.root.descendants()
        if not model.dialect.tolerates_loops:
            with deep_recursion():
                check_loops(self)
        self.passes = 0

    def _join_pulls(self) -> None:
        level = self.interner.level
        for symbol in [*self.interner.symbols.values(), *self.choices]:
            if symbol.selected_by:
                symbol.selected = level(Op.OR, tuple(symbol.selected_by))
            if symbol.implied_by:
                symbol.implied = level(Op.OR, tuple(symbol.implied_by))

    def _find_members(self) -> None:
        """Since 6.9: a symbol belongs to the choice around its first prompt.

        scripts/kconfig/symbol.c, sym_get_choice_menu.
        """
        for symbol in self.interner.symbols.values():
            prompted = next((menu for menu in symbol.menus if menu.prompt is not None), None)
            above = None if prompted is None else prompted.parent
            while above is not None and above.symbol is None:
                above = above.parent
            if above is not None and above.symbol is not None and above.symbol.is_choice:
                symbol.choice = above
        for index, members in self.model.choice_members.items():
            node = self._node_of(index)
            node.members = [self.interner.symbol(name) for name in members]
            for member in node.members:
                member.is_choice_member = True

    def _node_of(self, index: int) -> MenuNode:
        for choice in self.choices:
            for node in choice.menus:
                if node.index == index:
                    found: MenuNode = node
                    return found
        raise AssertionError(f"entry {index} is no choice")

    def _in_table_order(self) -> list[Sym]:
        """conf's walk: bucket by bucket, in each the latest comer first."""
        size = self.model.dialect.hash_size
        buckets: dict[int, list[Sym]] = {0: list(reversed(self.choices))}
        for operand in reversed(self.model.mentioned):
            if isinstance(operand, SymbolRef):
                symbol = self.interner.symbol(operand.name)
            else:
                symbol = self.interner.constant(operand.text)
            buckets.setdefault(_hash(symbol.name) % size, []).append(symbol)
        return [symbol for number in sorted(buckets) for symbol in buckets[number]]

    def forget(self) -> None:
        """Drop what an earlier evaluation left behind."""
        self.passes += 1
        for symbol in self.all_symbols:
            symbol.forget()

    def dissolve(self) -> None:
        """Have symbols, conditions and menus no longer refer to each other: the memory of a
        program that nobody will use again is free at once, without a search for garbage.
        """
        for symbol in [*self.interner.symbols.values(), *self.choices]:
            symbol.dissolve()
        for node in self.interner.nodes():
            node.dissolve()
        for menu in [self.root, *self.menu_order]:
            menu.dissolve()


def _hash(name: str) -> int:
    """The 32-bit FNV hash of conf's symbol table (symbol.c, strhash; hash_str)."""
    value = _FNV_BASIS
    for byte in name.encode("utf-8", "surrogateescape"):
        value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFF
    return value


_latest: Latest[Model, Program] = Latest(Program, 2)
"""Two, since questions are about a whole model and about a part of it."""


def program_of(model: Model) -> Program:
    """The program for `model`; those used last are kept."""
    return _latest.of(model)
