"""What a few lines more change, found without evaluating the whole tree again.

A symbol is computed anew only where something that it is computed from has changed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import TRISTATES, Node, Op, Sym
from kcheck.evaluate.program import Program, deep_recursion, program_of
from kcheck.evaluate.userconfig import UserConfig
from kcheck.evaluate.valuation import SymbolState, symbol_state
from kcheck.evaluate.values import Evaluator
from kcheck.model import Model, SymbolType

_STATE = (
    "valid", "written", "tri", "text", "visibility", "depends_tri", "selected_tri",
    "implied_tri", "has_user", "user_tri", "user_text", "selection", "user_selection",
    "needs_choice_values",
)  # fmt: skip


class Change(msgspec.Struct, frozen=True):
    """A symbol's value before and after."""

    symbol: str
    before: str
    after: str


class Units:
    """Symbols in an order in which each comes behind what it is computed from.

    A choice and its members are computed together, as one unit.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._mentioned: dict[Node, tuple[Sym, ...]] = {}
        self._unit_of: dict[Sym, int] = {}
        self.units: list[tuple[Sym, ...]] = []
        self.readers: list[list[int]] = []
        self._open: set[Sym] = set()
        with deep_recursion():
            # In the order of the files, so far as that is one of them.
            for node in program.menu_order:
                if node.symbol is not None:
                    self._place(node.symbol)
            for symbol in program.all_symbols:
                self._place(symbol)
        self.readers = [[] for _ in self.units]
        for number, unit in enumerate(self.units):
            for source in {self._unit_of[each] for each in self._sources(unit)}:
                if source != number:
                    self.readers[source].append(number)

    def of(self, symbol: Sym) -> int:
        """The number of the unit that `symbol` is in."""
        return self._unit_of[symbol]

    def _place(self, symbol: Sym) -> None:
        if symbol in self._unit_of or symbol in self._open:
            return
        unit = together(symbol)
        self._open.update(unit)
        for source in self._sources(unit):
            self._place(source)
        number = len(self.units)
        self.units.append(unit)
        self._unit_of.update((each, number) for each in unit)

    def _sources(self, unit: tuple[Sym, ...]) -> Iterator[Sym]:
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
            yield self._program.modules

    def _in(self, node: Node) -> tuple[Sym, ...]:
        found = self._mentioned.get(node)
        if found is None:
            found = self._mentioned[node] = tuple(dict.fromkeys(mentioned(node)))
        return found


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
    """The symbols that stand in an expression."""
    if node.op in (Op.AND, Op.OR):
        for operand in node.left:
            yield from mentioned(operand)
    elif node.op is Op.NOT:
        yield from mentioned(node.left)
    elif node.op is not Op.FAULT:
        yield node.left
        if node.right is not None:
            yield node.right


class Base:
    """A .config as conf has read it, to be tried with lines added.

    `values` are the symbols' values; `user` those that the .config gave and conf took.
    """

    def __init__(
        self, model: Model, config: DotConfig | None, program: Program | None = None
    ) -> None:
        self.program = program or program_of(model)
        self._evaluator = Evaluator(self.program)
        self._user = UserConfig(self.program, self._evaluator.choices)
        if config is not None:
            self._user.read(config)
        symbols = [*self.program.all_symbols]
        self.user = {each: _user_value(each) for each in symbols if each.has_user}
        self.user_selections = {each: each.user_selection for each in symbols if each.is_choice}
        self.choice_users = {
            each: (each.has_user, each.user_tri) for each in symbols if each.is_choice
        }
        self.priorities = self._evaluator.choices.priorities()
        before = [_state(each) for each in symbols]
        with deep_recursion():
            self._evaluator.calculate(self.program.modules)
            for symbol in symbols:
                self._evaluator.calculate(symbol)
        self._symbols = symbols
        # Users' values are kept as they were read: computing forgets some of them.
        self._states = {
            symbol: _with_user(_state(symbol), read)
            for symbol, read in zip(symbols, before, strict=True)
        }
        self._restore()
        self.values = {each: each.value for each in symbols}
        self.tris = {each: each.tri for each in symbols if each.type in TRISTATES}
        self._touched: list[Sym] = []
        self._pass = self.program.passes

    def _restore(self) -> None:
        for symbol, state in self._states.items():
            for slot, value in zip(_STATE, state, strict=True):
                setattr(symbol, slot, value)

    @property
    def without_value(self) -> dict[SymbolType, str]:
        """What an int, hex or string has that nothing gives a value."""
        return self._evaluator.without_value

    def rank(self, name: str) -> int:
        """A number for the symbol, above those of the symbols that it is computed from."""
        return self._order.of(self.program.interner.symbols[name])

    @cached_property
    def _order(self) -> Units:
        return Units(self.program)

    def with_lines(self, lines: Mapping[str, str]) -> dict[str, Change]:
        """What changes when each symbol of `lines` is set to its value, as in a fragment
        put behind the .config.  Strings stand without quotes.
        """
        if self._pass != self.program.passes:
            self._restore()
        self._reset()
        self._evaluator.modules_settled()
        self.program.passes += 1
        self._pass = self.program.passes
        restored = self._evaluator.choices.priorities()
        due: list[int] = []
        for name, value in lines.items():
            symbol = self.program.interner.symbols[name]
            self._touch(symbol)
            _set(symbol, value)
            if isinstance(symbol.choice, Sym):
                self._touch(symbol.choice)
            self._evaluator.choices.user_value_read(symbol)
            due.append(self._order.of(symbol))
        try:
            with deep_recursion():
                return self._propagate(due)
        finally:
            self._evaluator.choices.set_priorities(restored)

    def states(self) -> dict[str, SymbolState]:
        """The states of all symbols that were computed anew for the lines tried last."""
        return {
            symbol.name: symbol_state(symbol)
            for symbol in self._touched
            if not (symbol.is_choice or symbol.constant)
        }

    def _reset(self) -> None:
        for symbol in self._touched:
            for slot, value in zip(_STATE, self._states[symbol], strict=True):
                setattr(symbol, slot, value)
        self._touched = []

    def _touch(self, symbol: Sym) -> None:
        self._touched.append(symbol)

    def _propagate(self, due: list[int]) -> dict[str, Change]:
        waiting = sorted(set(due))
        computed: dict[int, int] = {}
        changed: dict[Sym, None] = {}
        while waiting:
            number = heapq.heappop(waiting)
            computed[number] = computed.get(number, 0) + 1
            unit = self._order.units[number]
            before = [symbol.value for symbol in unit]
            for symbol in unit:
                self._touch(symbol)
                symbol.valid = False
            for symbol in unit:
                self._evaluator.calculate(symbol)
            differing = [each for each, old in zip(unit, before, strict=True) if each.value != old]
            if not differing:
                continue
            changed.update(dict.fromkeys(differing))
            for reader in self._order.readers[number]:
                times = computed.get(reader, 0)
                if reader in waiting or times == _MOST_TIMES:
                    continue
                if times:
                    # Symbols that wait on each other: what was computed of them is stale.
                    self.program.passes += 1
                    self._pass = self.program.passes
                heapq.heappush(waiting, reader)
        return {
            each.name: Change(each.name, self.values[each], each.value)
            for each in changed
            if not each.is_choice and each.value != self.values[each]
        }


_MOST_TIMES = 4
"""How often a symbol is computed anew where several wait on each other."""


def _state(symbol: Sym) -> tuple[object, ...]:
    return tuple(getattr(symbol, slot) for slot in _STATE)


_USER = [_STATE.index(slot) for slot in ("has_user", "user_tri", "user_text", "user_selection")]


def _with_user(state: tuple[object, ...], read: tuple[object, ...]) -> tuple[object, ...]:
    merged = list(state)
    for index in _USER:
        merged[index] = read[index]
    return tuple(merged)


def _user_value(symbol: Sym) -> str:
    return "nmy"[symbol.user_tri] if symbol.type in TRISTATES else symbol.user_text


def _set(symbol: Sym, value: str) -> None:
    symbol.has_user = True
    if symbol.type in TRISTATES:
        symbol.user_tri = "nmy".index(value)
    else:
        symbol.user_text = value
