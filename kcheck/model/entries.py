"""The blocks of Kconfig files: config, choice, menu, comment, if."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kcheck.model.expressions import Expr, Location
from kcheck.model.properties import Property, TypeDeclaration

# Entries, in the order in which the parser meets them.  `parent` is the index in
# Model.entries of the enclosing menu, choice or if; -1 at the top.


class Definition(msgspec.Struct, frozen=True, array_like=True, tag="config"):
    """One `config` or `menuconfig` block; a symbol may have several."""

    symbol: str
    location: Location
    parent: int
    properties: tuple[Property, ...]
    menuconfig: bool = False
    transitional: bool = False
    allnoconfig_y: bool = False
    never_written: bool = False


class Choice(msgspec.Struct, frozen=True, array_like=True, tag="choice"):
    """A `choice` block; its members are the definitions inside."""

    name: str | None
    location: Location
    parent: int
    properties: tuple[Property, ...]
    optional: bool = False


class Menu(msgspec.Struct, frozen=True, array_like=True, tag="menu"):
    """A `menu` block; properties are its `depends on` and `visible if`."""

    title: str
    location: Location
    parent: int
    properties: tuple[Property, ...]


class Comment(msgspec.Struct, frozen=True, array_like=True, tag="comment"):
    """A `comment`; properties are its `depends on`."""

    title: str
    location: Location
    parent: int
    properties: tuple[Property, ...]


class If(msgspec.Struct, frozen=True, array_like=True, tag="if"):
    """An `if` block, which every entry inside inherits."""

    condition: Expr
    location: Location
    parent: int
    probes: tuple[int, ...] = ()


Entry = Definition | Choice | Menu | Comment | If


def probes_in(entry: Entry) -> Iterator[int]:
    """The probes, by their numbers, whose answers stand in an entry's lines."""
    if isinstance(entry, If):
        yield from entry.probes
        return
    for item in entry.properties:
        if not isinstance(item, TypeDeclaration):
            yield from item.probes
