"""Symbols in an order in which each comes behind what it is computed from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from weakref import WeakKeyDictionary

from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import TRISTATES, Node, Op, Sym
from kcheck.evaluate.program import Program, deep_recursion
from kcheck.model import SymbolType


class Units:
    """Symbols in an order in which each comes behind what it is computed from.

    A choice and its members are computed together, as one unit.  `readers` has, for each
    unit, those whose values may hang on it; `viewers` those where only the user's value,
    unless it is n, can make it count.
    """

    def __init__(self, program: Program) -> None:
        # Not the program, of which this would be kept as long as it is kept itself.
        self._modules = program.modules
        self._mentioned: dict[Node, tuple[Sym, ...]] = {}
        self._unit_of: dict[Sym, int] = {}
        self.units: list[tuple[Sym, ...]] = []
        self._sources: list[tuple[Sym, ...]] = []
        self._open: set[Sym] = set()
        with deep_recursion():
            # In the order of the files, so far as that is one of them.
            for node in program.menu_order:
                if node.symbol is not None:
                    self._place(node.symbol)
            for symbol in program.all_symbols:
                self._place(symbol)
        self.readers: list[list[int]] = [[] for _ in self.units]
        self.viewers: list[list[int]] = [[] for _ in self.units]
        for number, unit in enumerate(self.units):
            sources = {self._unit_of[each] for each in self._sources[number]} - {number}
            deciding = sources
            if _without_user_is_selected_only(unit):
                deciding = {self._unit_of[each] for each in self._selectors(unit[0])} & sources
            for source in sources:
                (self.readers if source in deciding else self.viewers)[source].append(number)

    @cached_property
    def is_straight(self) -> bool:
        """Whether no symbols wait on each other: each unit comes behind all that it is computed
        from, and members of a choice mention no other member.
        """
        behind = all(
            number < reader
            for sides in (self.readers, self.viewers)
            for number, after in enumerate(sides)
            for reader in after
        )
        return behind and not any(
            source in unit and not source.is_choice
            for unit, sources in zip(self.units, self._sources, strict=True)
            if not set(unit).isdisjoint(sources)
            for symbol in unit
            if not symbol.is_choice
            for source in self._sources_of(symbol)
        )

    def of(self, symbol: Sym) -> int:
        """The number of the unit that `symbol` is in."""
        return self._unit_of[symbol]

    def around(self, number: int) -> Iterator[Sym]:
        """The symbols that a unit's values hang on, its own among them, and those on which it
        hangs how far a change goes on from there.
        """
        unit = self.units[number]
        yield from unit
        yield from self._sources[number]
        for viewer in self.viewers[number]:
            yield self.units[viewer][0]

    def _place(self, symbol: Sym) -> None:
        if symbol in self._unit_of or symbol in self._open:
            return
        unit = together(symbol)
        self._open.update(unit)
        sources = tuple(dict.fromkeys(self._seek_sources(unit)))
        for source in sources:
            if source not in self._unit_of:
                self._place(source)
        number = len(self.units)
        self.units.append(unit)
        self._sources.append(sources)
        self._unit_of.update((each, number) for each in unit)

    def _seek_sources(self, unit: tuple[Sym, ...]) -> Iterator[Sym]:
        for symbol in unit:
            yield from self._sources_of(symbol)
            if isinstance(symbol.choice, MenuNode) and symbol.choice.symbol is not None:
                yield from self._sources_of(symbol.choice.symbol)

    def _sources_of(self, symbol: Sym) -> Iterator[Sym]:
        for node in conditions(symbol):
            yield from self._in(node)
        for limits in symbol.ranges:
            assert limits.low is not None
            assert limits.high is not None
            yield limits.low
            yield limits.high
        if symbol.type is SymbolType.TRISTATE and not symbol.constant:
            yield self._modules

    def _selectors(self, symbol: Sym) -> Iterator[Sym]:
        if symbol.selected is not None:
            yield from self._in(symbol.selected)
        if symbol.type is SymbolType.TRISTATE:
            yield self._modules

    def _in(self, node: Node) -> tuple[Sym, ...]:
        """The symbols that stand in an expression; expressions have much in common."""
        found = self._mentioned.get(node)
        if found is None:
            found = self._mentioned[node] = tuple(mentioned(node))
        return found


_made: WeakKeyDictionary[Program, Units] = WeakKeyDictionary()


def units_of(program: Program) -> Units:
    """The units of a program, made once: they do not hang on a .config."""
    found = _made.get(program)
    if found is None:
        found = _made[program] = Units(program)
    return found


def _without_user_is_selected_only(unit: tuple[Sym, ...]) -> bool:
    """Whether its visibility gives it no value as long as the user gives none."""
    symbol = unit[0]
    return (
        len(unit) == 1
        and symbol.type in TRISTATES
        and symbol.choice is None
        and not (symbol.defaults or symbol.is_choice or symbol.constant or symbol.transitional)
        and symbol.implied is None
    )


def together(symbol: Sym) -> tuple[Sym, ...]:
    """The symbols that are computed with `symbol`: a choice and its members."""
    if isinstance(symbol.choice, MenuNode):
        members = (node.symbol for node in symbol.choice.descendants())
        return tuple(dict.fromkeys(each for each in members if each is not None))
    choice: Sym | None = symbol if symbol.is_choice else symbol.choice
    return (symbol,) if choice is None else (choice, *choice.members)


def conditions(symbol: Sym) -> Iterator[Node]:
    """Every condition and value that `symbol` is computed from."""
    for node in (symbol.depends, symbol.selected, symbol.implied):
        if node is not None:
            yield node
    for item in (*symbol.prompts, *symbol.defaults, *symbol.ranges):
        if item.condition is not None:
            yield item.condition
        if item.value is not None:
            yield item.value


def mentioned(node: Node) -> Iterator[Sym]:
    """The symbols that stand in an expression, each once."""
    found: dict[Sym, None] = {}
    _gather(node, found)
    return iter(found)


def _gather(node: Node, found: dict[Sym, None]) -> None:
    op = node.op
    if op is Op.AND or op is Op.OR:
        for operand in node.left:
            _gather(operand, found)
    elif op is Op.NOT:
        _gather(node.left, found)
    elif op is not Op.FAULT:
        found[node.left] = None
        if node.right is not None:
            found[node.right] = None
