"""The cone of some symbols: all that their values can hang on, and the model of it alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

import msgspec

from kcheck.model import (
    And,
    Comparison,
    Constant,
    Default,
    Definition,
    Depends,
    Entry,
    Expr,
    If,
    Imply,
    Model,
    Not,
    Operand,
    Or,
    Prompt,
    Property,
    Range,
    Select,
    SymbolRef,
    TypeDeclaration,
    VisibleIf,
)


def cone(model: Model, names: Iterable[str]) -> frozenset[str]:
    """The defined symbols whose values those of `names` can hang on, `names` among them.

    These are the symbols of its own conditions, defaults and bounds and of the blocks around
    it, who selects or implies it and under what condition, the other members of its choice,
    and theirs in turn; the symbol with the `modules` property always.
    """
    sources = _sources_of(model)
    found: set[str] = set()
    waiting = [*names, model.modules or ""]
    while waiting:
        name = waiting.pop()
        if name in model.symbols and name not in found:
            found.add(name)
            waiting += sources.of(name)
    return frozenset(found)


class _Sources:
    """For each symbol of a model those that it hangs on directly, found when asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._together: dict[str, set[str]] = {}
        for members in model.choice_members.values():
            for member in members:
                self._together.setdefault(member, set()).update(members)
        self._found: dict[str, frozenset[str]] = {}

    def of(self, name: str) -> frozenset[str]:
        """The symbols that a defined one hangs on directly."""
        known = self._found.get(name)
        if known is None:
            known = self._found[name] = frozenset(self._seek(name))
        return known

    def _seek(self, name: str) -> Iterator[str]:
        yield from self._together.get(name, ())
        for definition in self.model.symbols[name].definitions:
            for entry in (definition, *self.model.enclosing(definition)):
                yield from (each.name for each in _deciding(entry) if isinstance(each, SymbolRef))
        for pulls in (self.model.selects, self.model.implies):
            for definition, item in pulls.get(name, ()):
                yield definition.symbol
                yield from symbols_in(item.condition)


_latest: _Sources | None = None


def _sources_of(model: Model) -> _Sources:
    """That of the model asked about last is kept, since questions come in rows."""
    global _latest
    if _latest is None or _latest.model is not model:
        _latest = _Sources(model)
    return _latest


def standing_in(model: Model, names: frozenset[str]) -> tuple[int, ...]:
    """The indices in Model.entries of the definitions of `names` and the blocks around them."""
    kept: set[int] = set()
    for index, entry in enumerate(model.entries):
        if isinstance(entry, Definition) and entry.symbol in names:
            while index >= 0 and index not in kept:
                kept.add(index)
                index = model.entries[index].parent
    return tuple(sorted(kept))


def restricted(model: Model, names: frozenset[str]) -> Model:
    """The model of the definitions of `names` alone, with the blocks that they stand in.

    Of what a symbol selects and implies, that remains which is among `names`.  With a cone
    for `names`, each of them has the value that it has in the whole model.
    """
    places = {-1: -1}
    entries: list[Entry] = []
    for old in standing_in(model, names):
        places[old] = len(entries)
        entry = model.entries[old]
        moved = msgspec.structs.replace(entry, parent=places[entry.parent])
        entries.append(_without_pulls(moved, names) if isinstance(moved, Definition) else moved)
    spoken = {each for entry in entries for each in operands_of(entry)}
    files = {entry.location.file for entry in entries}
    return msgspec.structs.replace(
        model,
        entries=tuple(entries),
        files=tuple(file for file in model.files if file in files),
        mentioned=tuple(each for each in model.mentioned if each in spoken),
    )


def _without_pulls(definition: Definition, names: frozenset[str]) -> Definition:
    properties = tuple(
        item
        for item in definition.properties
        if not isinstance(item, Select | Imply) or item.target in names
    )
    return msgspec.structs.replace(definition, properties=properties)


def symbols_in(expr: Expr | None) -> Iterator[str]:
    """The names of the symbols that stand in an expression."""
    return (each.name for each in operands_in(expr) if isinstance(each, SymbolRef))


def operands_in(expr: Expr | None) -> Iterator[Operand]:
    """The symbols and constants that stand in an expression, in the order written."""
    match expr:
        case None:
            return
        case SymbolRef() | Constant():
            yield expr
        case Not(operand):
            yield from operands_in(operand)
        case And(operands) | Or(operands):
            for each in operands:
                yield from operands_in(each)
        case Comparison(_, left, right):
            yield left
            yield right
        case _:
            assert_never(expr)


def operands_of(entry: Entry) -> Iterator[Operand]:
    """Every symbol and constant that stands in an entry's lines."""
    if isinstance(entry, Definition):
        yield SymbolRef(entry.symbol)
        for item in entry.properties:
            if isinstance(item, Select | Imply):
                yield SymbolRef(item.target)
                yield from operands_in(item.condition)
    yield from _deciding(entry)


def _deciding(entry: Entry) -> Iterator[Operand]:
    """What stands in the lines of an entry that bear on the entry itself."""
    if isinstance(entry, If):
        yield from operands_in(entry.condition)
        return
    for item in entry.properties:
        yield from _of_property(item)


def _of_property(item: Property) -> Iterator[Operand]:
    match item:
        case Prompt(_, condition):
            yield from operands_in(condition)
        case Default(value, condition) | Depends(value, condition):
            yield from operands_in(value)
            yield from operands_in(condition)
        case Range(low, high, condition):
            yield low
            yield high
            yield from operands_in(condition)
        case VisibleIf(expr):
            yield from operands_in(expr)
        case Select() | Imply() | TypeDeclaration():
            return
        case _:
            assert_never(item)
