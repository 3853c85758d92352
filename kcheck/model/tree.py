"""A whole tree's Kconfig, with what is looked up in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

import msgspec

from kcheck.model.entries import Choice, Definition, Entry, If, Menu, probes_in
from kcheck.model.expressions import Operand, SymbolRef, SymbolType
from kcheck.model.facts import Dialect, Kept, Probe, TargetFacts
from kcheck.model.properties import Imply, Property, Select, TypeDeclaration


class Symbol(msgspec.Struct, frozen=True):
    """A symbol with all its definitions, in the order of the files."""

    name: str
    type: SymbolType
    definitions: tuple[Definition, ...]
    transitional: bool = False

    @property
    def properties(self) -> Iterator[Property]:
        """All properties of all definitions, in order."""
        for definition in self.definitions:
            yield from definition.properties


class Model(msgspec.Struct, frozen=True, dict=True):
    """A whole tree's Kconfig for one architecture and one compiler."""

    target: TargetFacts
    dialect: Dialect
    title: str
    modules: str | None
    """The symbol that carries the `modules` property; None where none does."""
    entries: tuple[Entry, ...]
    probes: tuple[Probe, ...]
    files: tuple[str, ...]
    mentioned: tuple[Operand, ...]
    """Every symbol and constant of the files in the order of their first mention."""
    kept: Kept | None = None
    """What a snapshot has besides; None for a whole tree."""

    def knows(self, name: str) -> bool:
        """Whether the model can say if the tree defines the symbol for this architecture.

        A whole tree's always can; a snapshot's about what was sought for it, what its lines
        name, and what it has for other architectures.
        """
        if self.kept is None or name in self.kept.asked or name in self.named:
            return True
        elsewhere = self.kept.elsewhere.get(name)
        return elsewhere is not None and self.target.srcarch not in elsewhere.read_by

    @cached_property
    def named(self) -> frozenset[str]:
        """The name of every symbol that stands somewhere, defined or not."""
        return frozenset(each.name for each in self.mentioned if isinstance(each, SymbolRef))

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """The defined symbols by name, in the order of their first definition."""
        grouped: dict[str, list[Definition]] = {}
        for entry in self.entries:
            if isinstance(entry, Definition):
                grouped.setdefault(entry.symbol, []).append(entry)
        return {
            name: Symbol(
                name,
                self.types.get(name, SymbolType.UNKNOWN),
                tuple(definitions),
                any(definition.transitional for definition in definitions),
            )
            for name, definitions in grouped.items()
        }

    @cached_property
    def types(self) -> dict[str, SymbolType]:
        """The type of every defined symbol that has one.

        Of several declarations the first counts.  Old versions let a choice and its
        members take their type from each other (menu.c, menu_finalize, to 6.8).
        """
        types = dict(self._declared_types)
        for choice, members in self.choice_members.items():
            inherited = self.choice_types[choice]
            for member in members:
                types.setdefault(member, inherited)
        return types

    @cached_property
    def _declared_types(self) -> dict[str, SymbolType]:
        declared: dict[str, SymbolType] = {}
        for entry in self.entries:
            if isinstance(entry, Definition):
                for item in entry.properties:
                    if isinstance(item, TypeDeclaration):
                        declared.setdefault(entry.symbol, item.declares)
        return declared

    @cached_property
    def choice_members(self) -> dict[int, tuple[str, ...]]:
        """For each choice's index in entries: the symbols defined in it, in order."""
        members: dict[int, list[str]] = {
            index: [] for index, entry in enumerate(self.entries) if isinstance(entry, Choice)
        }
        for entry in self.entries:
            if isinstance(entry, Definition):
                parent = entry.parent
                while parent >= 0 and isinstance(self.entries[parent], If):
                    parent = self.entries[parent].parent
                if parent in members and entry.symbol not in members[parent]:
                    members[parent].append(entry.symbol)
        return {index: tuple(names) for index, names in members.items()}

    @cached_property
    def choice_types(self) -> dict[int, SymbolType]:
        """For each choice's index in entries: its type, or else its first member's."""
        declared = self._declared_types
        types: dict[int, SymbolType] = {}
        for index, members in self.choice_members.items():
            own = [
                item.declares
                for item in self.entries[index].properties  # type: ignore[union-attr]
                if isinstance(item, TypeDeclaration)
            ]
            inherited = [declared[member] for member in members if member in declared]
            types[index] = (own + inherited + [SymbolType.BOOL])[0]
        return types

    @cached_property
    def selects(self) -> dict[str, tuple[tuple[Definition, Select], ...]]:
        """For each symbol that some definition selects: who, and by which line."""
        return _by_target(self.entries, Select)

    @cached_property
    def implies(self) -> dict[str, tuple[tuple[Definition, Imply], ...]]:
        """For each symbol that some definition implies: who, and by which line."""
        return _by_target(self.entries, Imply)

    @cached_property
    def probed(self) -> frozenset[str]:
        """The symbols in whose lines, or in a block around them, a probe's answer stands."""
        found: set[str] = set()
        asked: list[bool] = []
        for entry in self.entries:
            # A block stands before what is in it.
            within = entry.parent >= 0 and asked[entry.parent]
            asked.append(within or _has_probes(entry))
            if asked[-1] and isinstance(entry, Definition):
                found.add(entry.symbol)
        for pulls in (self.selects, self.implies):
            for target, lines in pulls.items():
                if any(item.probes for _, item in lines):
                    found.add(target)
        return frozenset(found)

    def enclosing(self, entry: Entry) -> Iterator[Menu | Choice | If]:
        """The blocks that `entry` stands in, innermost first."""
        parent = entry.parent
        while parent >= 0:
            block = self.entries[parent]
            assert isinstance(block, Menu | Choice | If)
            yield block
            parent = block.parent


def _has_probes(entry: Entry) -> bool:
    return next(probes_in(entry), None) is not None


_Pulling = TypeVar("_Pulling", Select, Imply)


def _by_target(
    entries: tuple[Entry, ...], kind: type[_Pulling]
) -> dict[str, tuple[tuple[Definition, _Pulling], ...]]:
    found: dict[str, list[tuple[Definition, _Pulling]]] = {}
    for entry in entries:
        if isinstance(entry, Definition):
            for item in entry.properties:
                if isinstance(item, kind):
                    found.setdefault(item.target, []).append((entry, item))
    return {target: tuple(pairs) for target, pairs in found.items()}
