"""Where in a model's entries what stands: found once for a tree, and kept with it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from kcheck.model import (
    And,
    Choice,
    Comparison,
    Default,
    Definition,
    Depends,
    Entry,
    Expr,
    If,
    Imply,
    Not,
    Or,
    Prompt,
    Property,
    Range,
    Select,
    SymbolRef,
    TypeDeclaration,
    VisibleIf,
)

Numbers = dict[str, tuple[int, ...]]


class Layout(msgspec.Struct, frozen=True, array_like=True):
    """Where in a model's entries the symbols are; entries go by their numbers.

    `parents` are the entries' parents as an array of C ints; `defined` has for each symbol its
    definitions, `pulled` those that select or imply it.
    """

    parents: bytes
    defined: Numbers
    pulled: Numbers

    def parent_numbers(self) -> array[int]:
        """The entries' parents, by the entries' numbers."""
        numbers = array("i")
        numbers.frombytes(self.parents)
        return numbers


class Index(msgspec.Struct, frozen=True, array_like=True):
    """Where in a model's entries what stands; entries go by their numbers.

    `spoken`, which encodes Numbers, has for each symbol every entry in whose lines it bears on
    something; `asking` for each probe, by its number, the entries in which its answer stands.
    `may_loop` is False where nothing depends on itself; where it is True that has to be looked
    into.
    """

    layout: Layout
    spoken: msgspec.Raw
    asking: dict[int, tuple[int, ...]]
    may_loop: bool


def layout_of(entries: Sequence[Entry]) -> Layout:
    """The layout of a model's entries, for which no condition is looked into."""
    defined: dict[str, list[int]] = {}
    pulled: dict[str, dict[int, None]] = {}
    for number, entry in enumerate(entries):
        if isinstance(entry, Definition):
            defined.setdefault(entry.symbol, []).append(number)
            for item in entry.properties:
                if isinstance(item, Select | Imply):
                    pulled.setdefault(item.target, {})[number] = None
    return Layout(
        array("i", [entry.parent for entry in entries]).tobytes(),
        {name: tuple(numbers) for name, numbers in defined.items()},
        {name: tuple(numbers) for name, numbers in pulled.items()},
    )


def index_of(entries: Sequence[Entry]) -> Index:
    """The index of a model's entries."""
    layout = layout_of(entries)
    spoken: dict[str, list[int]] = {}
    asking: dict[int, list[int]] = {}
    order = _Order(entries, layout.parent_numbers())
    for number, entry in enumerate(entries):
        said = _said_by(entry)
        order.pulls += [(target, number, condition) for target, condition in said.pulls]
        # A choice's default names one of its members, which is no way round.
        order.names.append(said.deciding if isinstance(entry, Choice) else said.computing)
        names = said.bearing
        if isinstance(entry, Definition) and said.pulls and entry.symbol not in names:
            names = names | {entry.symbol}
        for name in names:
            spoken.setdefault(name, []).append(number)
        for probe in said.probes:
            asking.setdefault(probe, []).append(number)
    return Index(
        layout,
        msgspec.Raw(msgspec.msgpack.encode(spoken)),
        {probe: tuple(numbers) for probe, numbers in asking.items()},
        order.may_loop(layout.defined),
    )


class _Said(NamedTuple):
    """The symbols that stand in an entry's lines.

    `deciding` are those of conditions and bounds, `computing` with those of defaults' values,
    `bearing` with those under which it pulls another; `pulls` are the targets, each with the
    symbols of the condition.
    """

    deciding: frozenset[str]
    computing: frozenset[str]
    bearing: frozenset[str]
    pulls: tuple[tuple[str, frozenset[str]], ...]
    probes: frozenset[int]


_NOTHING = _Said(frozenset(), frozenset(), frozenset(), (), frozenset())
_known: dict[int, tuple[Sequence[Property], _Said]] = {}
"""What properties say, by their identity: files that were read once for several architectures
give each the same ones."""
_MOST_KNOWN = 1 << 16


def _said_by(entry: Entry) -> _Said:
    if isinstance(entry, If):
        names: set[str] = set()
        _add_names(entry.condition, names.add)
        found = frozenset(names)
        return _Said(found, found, found, (), frozenset(entry.probes))
    properties = entry.properties
    if not properties:
        return _NOTHING
    known = _known.get(id(properties))
    if known is None:
        if len(_known) > _MOST_KNOWN:
            _known.clear()
        known = _known[id(properties)] = (properties, _said(properties))
    return known[1]


def _said(properties: Sequence[Property]) -> _Said:
    deciding: set[str] = set()
    defaults: set[str] = set()
    pulling: set[str] = set()
    pulls: list[tuple[str, frozenset[str]]] = []
    probes: tuple[int, ...] = ()
    for item in properties:
        if isinstance(item, TypeDeclaration):
            continue
        probes += item.probes
        if isinstance(item, Select | Imply):
            condition: set[str] = set()
            _add_names(item.condition, condition.add)
            pulling |= condition
            pulls.append((item.target, frozenset(condition)))
        elif isinstance(item, Default):
            _add_names(item.value, defaults.add)
            _add_names(item.condition, deciding.add)
        elif isinstance(item, Depends):
            _add_names(item.expr, deciding.add)
            _add_names(item.condition, deciding.add)
        elif isinstance(item, Prompt):
            _add_names(item.condition, deciding.add)
        elif isinstance(item, Range):
            for part in (item.low, item.high, item.condition):
                _add_names(part, deciding.add)
        elif isinstance(item, VisibleIf):
            _add_names(item.expr, deciding.add)
    first = frozenset(deciding)
    computing = first | defaults if defaults else first
    bearing = computing | pulling if pulling else computing
    return _Said(first, computing, bearing, tuple(pulls), frozenset(probes))


def _add_names(expr: Expr | None, add: Callable[[str], None]) -> None:
    """Call `add` with the name of each symbol in an expression: operands.symbols_in, in a third
    of its time."""
    kind = expr.__class__
    if kind is SymbolRef:
        add(expr.name)  # type: ignore[union-attr]
    elif kind is And or kind is Or:
        for each in expr.operands:  # type: ignore[union-attr]
            _add_names(each, add)
    elif kind is Not:
        _add_names(expr.operand, add)  # type: ignore[union-attr]
    elif kind is Comparison:
        _add_names(expr.left, add)  # type: ignore[union-attr]
        _add_names(expr.right, add)  # type: ignore[union-attr]


class _Order:
    """What comes before what: an entry behind the block around it and the symbols in its lines,
    a symbol behind its definitions and who pulls it.

    `names` are the symbols that bear on each entry; `pulls` have a target, the entry that pulls
    it, and the symbols of the condition.
    """

    def __init__(self, entries: Sequence[Entry], parents: array[int]) -> None:
        self._entries = entries
        self._parents = parents
        self.names: list[frozenset[str]] = []
        self.pulls: list[tuple[str, int, frozenset[str]]] = []

    def may_loop(self, defined: Numbers) -> bool:
        """Whether no such order is possible.

        A choice and its members have one place in it (symbol.c, sym_check_choice_deps).
        """
        entries = self._entries
        # A symbol stands where its only definition does; for those of a choice the choice does,
        # by its number behind all entries, and behind these come the others.
        places: dict[str, int] = {}
        size = 2 * len(entries)
        for name, numbers in defined.items():
            choices = {choice_around(entries, self._parents, number) for number in numbers} - {-1}
            if len(choices) > 1:
                return True
            if choices:
                places[name] = len(entries) + choices.pop()
            elif len(numbers) == 1:
                places[name] = numbers[0]
            else:
                places[name] = size
                size += 1
        followers: list[list[int]] = [[] for _ in range(size)]
        waits_for = [0] * size

        def follows(later: int, earlier: int) -> None:
            followers[earlier].append(later)
            waits_for[later] += 1

        for number, names in enumerate(self.names):
            entry = entries[number]
            if entry.parent >= 0:
                follows(number, entry.parent)
            for name in names:
                if name in places:
                    follows(number, places[name])
            if isinstance(entry, Definition) and places[entry.symbol] != number:
                follows(places[entry.symbol], number)
        for target, number, names in self.pulls:
            if target in places:
                entry = entries[number]
                assert isinstance(entry, Definition)
                for name in (entry.symbol, *names):
                    if name in places:
                        follows(places[target], places[name])
        ready = [place for place, count in enumerate(waits_for) if not count]
        settled = 0
        while ready:
            settled += 1
            for later in followers[ready.pop()]:
                waits_for[later] -= 1
                if not waits_for[later]:
                    ready.append(later)
        return settled < len(waits_for)


def choice_around(entries: Sequence[Entry], parents: array[int], number: int) -> int:
    """The choice that the definition `number` is a member of; -1 where it is in none."""
    number = parents[number]
    while number >= 0 and isinstance(entries[number], If):
        number = parents[number]
    return number if number >= 0 and isinstance(entries[number], Choice) else -1
