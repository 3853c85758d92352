"""A model of which only parts are taken: what a few symbols hang on, and who hangs on those.

A question about one symbol is answered from its cone and from all that the answer's lines
reach.  That is a few hundred of a tree's twenty thousand symbols, so nothing else is looked
at, and of a model that lies on disk nothing else is read.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from kcheck.index import Index, Layout, Numbers, choice_around, index_of, layout_of
from kcheck.latest import Latest
from kcheck.model import (
    Choice,
    Definition,
    Entry,
    If,
    Imply,
    Menu,
    Model,
    Select,
    SymbolRef,
)
from kcheck.operands import deciding, operands_of, symbols_in


class Parts:
    """A model's entries, one by one, with what leads from one to the other."""

    def __init__(self) -> None:
        self._sources: dict[str, frozenset[str]] = {}
        self._readers: dict[str, frozenset[str]] = {}

    @classmethod
    def of(cls, model: Model) -> Parts:
        """Those of a model that is there as a whole."""
        parts = cls()
        parts.model = model
        return parts

    @cached_property
    def frame(self) -> Model:
        """The model without its entries."""
        return msgspec.structs.replace(self.model, entries=())

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """All entries."""
        return self.model.entries

    @cached_property
    def layout(self) -> Layout:
        """Where the symbols are."""
        return layout_of(self.entries)

    @cached_property
    def index(self) -> Index:
        """What leads from one entry to the others."""
        return index_of(self.entries)

    @cached_property
    def model(self) -> Model:
        """The whole of it."""
        return msgspec.structs.replace(self.frame, entries=tuple(self.entries))

    @cached_property
    def _parents(self) -> array[int]:
        return self.layout.parent_numbers()

    @cached_property
    def _spoken(self) -> Numbers:
        return msgspec.msgpack.decode(self.index.spoken, type=Numbers)

    @cached_property
    def defined(self) -> Collection[str]:
        """The names of all defined symbols."""
        # Not by the index: of small models nothing else is looked up.
        found = (entry.symbol for entry in self.entries if isinstance(entry, Definition))
        return dict.fromkeys(found)

    def defines(self, name: str) -> bool:
        """Whether some entry defines the symbol."""
        return name in self.defined

    # Cones.

    def cone(self, names: Iterable[str]) -> frozenset[str]:
        """The defined symbols whose values those of `names` can hang on, `names` among them.

        These are the symbols of its own conditions, defaults and bounds and of the blocks
        around it, who selects or implies it and under what condition, the other members of its
        choice, and theirs in turn; the symbol with the `modules` property always.
        """
        found: set[str] = set()
        waiting = [*names, self.frame.modules or ""]
        while waiting:
            name = waiting.pop()
            if name in self.layout.defined and name not in found:
                found.add(name)
                waiting += self.sources(name)
        return frozenset(found)

    def sources(self, name: str) -> frozenset[str]:
        """The symbols that a defined one hangs on directly."""
        known = self._sources.get(name)
        if known is None:
            known = self._sources[name] = frozenset(self._seek_sources(name))
        return known

    def _seek_sources(self, name: str) -> Iterator[str]:
        for number in self.layout.defined[name]:
            for block in self._upwards(number):
                yield from self._decided_by(block)
            yield from self._beside(number)
        for number in self.layout.pulled.get(name, ()):
            definition = self.entries[number]
            assert isinstance(definition, Definition)
            for item in definition.properties:
                if isinstance(item, Select | Imply) and item.target == name:
                    yield definition.symbol
                    yield from symbols_in(item.condition)

    def _decided_by(self, number: int) -> Iterator[str]:
        for each in deciding(self.entries[number]):
            if isinstance(each, SymbolRef):
                yield each.name

    def _upwards(self, number: int) -> Iterator[int]:
        """An entry and the blocks around it."""
        while number >= 0:
            yield number
            number = self._parents[number]

    def _beside(self, number: int) -> Iterator[str]:
        """The members of the choice that a definition is in."""
        choice = choice_around(self.entries, self._parents, number)
        for inside in self._inside(choice) if choice >= 0 else ():
            entry = self.entries[inside]
            if isinstance(entry, Definition) and choice == choice_around(
                self.entries, self._parents, inside
            ):
                yield entry.symbol

    def _inside(self, block: int) -> Iterator[int]:
        """The entries inside a block, at any depth; they follow it without a gap."""
        for number in range(block + 1, len(self._parents)):
            if self._parents[number] < block:
                return
            yield number

    def pulling(self, name: str) -> frozenset[str]:
        """The symbols that select or imply `name`."""
        entries = (self.entries[number] for number in self.layout.pulled.get(name, ()))
        return frozenset(each.symbol for each in entries if isinstance(each, Definition))

    # Who hangs on a symbol.

    def readers(self, name: str) -> frozenset[str]:
        """The symbols that hang on `name` directly, the reverse of `sources`; on the one with the
        `modules` property all do, since it says what m means."""
        known = self._readers.get(name)
        if known is None:
            everyone = name == self.frame.modules
            found = self.defined if everyone else self._seek_readers(name)
            known = self._readers[name] = frozenset(found)
        return known

    def _seek_readers(self, name: str) -> Iterator[str]:
        for number in self._spoken.get(name, ()):
            yield from self._told(number, name)
        for number in self.layout.defined.get(name, ()):
            yield from self._beside(number)

    def _told(self, number: int, name: str) -> Iterator[str]:
        """The symbols to which an entry with `name` in it means something."""
        entry = self.entries[number]
        if isinstance(entry, Definition):
            for item in entry.properties:
                if isinstance(item, Select | Imply) and (
                    name == entry.symbol or name in symbols_in(item.condition)
                ):
                    yield item.target
        if name in self._decided_by(number):
            yield from self._settled_by(number)

    def _settled_by(self, number: int) -> Iterator[str]:
        """The symbols whose definition an entry is, or stands around."""
        entry = self.entries[number]
        if isinstance(entry, Definition):
            yield entry.symbol
        elif isinstance(entry, Menu | Choice | If):
            for inside in self._inside(number):
                found = self.entries[inside]
                if isinstance(found, Definition):
                    yield found.symbol

    def asking(self, probe: int) -> frozenset[str]:
        """The symbols on which the answer to a probe's question bears directly."""
        command = self.frame.probes[probe].command
        found: set[str] = set()
        for other, numbers in self.index.asking.items():
            if self.frame.probes[other].command == command:
                for number in numbers:
                    found.update(self._settled_by(number))
                    entry = self.entries[number]
                    if isinstance(entry, Definition):
                        found.update(
                            item.target
                            for item in entry.properties
                            if isinstance(item, Select | Imply) and other in item.probes
                        )
        return frozenset(found)

    # Parts.

    def standing(self, names: Iterable[str]) -> list[int]:
        """The numbers of the definitions of `names` and of the blocks around them."""
        kept: set[int] = set()
        for name in names:
            for number in self.layout.defined.get(name, ()):
                for each in self._upwards(number):
                    if each in kept:
                        break
                    kept.add(each)
        return sorted(kept)

    def part(self, names: frozenset[str]) -> Model:
        """The model of the definitions of `names` alone, with the blocks that they stand in.

        Of what a symbol selects and implies, that remains which is among `names`.  With a cone
        for `names`, each of them has the value that it has in the whole model.
        """
        places = {-1: -1}
        entries: list[Entry] = []
        for old in self.standing(names):
            places[old] = len(entries)
            entry = self.entries[old]
            moved = msgspec.structs.replace(entry, parent=places[entry.parent])
            entries.append(_without_pulls(moved, names) if isinstance(moved, Definition) else moved)
        spoken = {each for entry in entries for each in operands_of(entry)}
        files = {entry.location.file for entry in entries}
        return msgspec.structs.replace(
            self.frame,
            entries=tuple(entries),
            files=tuple(file for file in self.frame.files if file in files),
            mentioned=tuple(each for each in self.frame.mentioned if each in spoken),
        )


def _without_pulls(definition: Definition, names: frozenset[str]) -> Definition:
    properties = tuple(
        item
        for item in definition.properties
        if not isinstance(item, Select | Imply) or item.target in names
    )
    return msgspec.structs.replace(definition, properties=properties)


_latest: Latest[Model, Parts] = Latest(Parts.of, 1)


def parts_of(model: Model) -> Parts:
    """The parts of a model; those of the one asked about last are kept."""
    return _latest.of(model)
