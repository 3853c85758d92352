"""What a kernel tree's Kconfig files say, as frozen values: the model.

The model holds what is *written*, each property with its own file and line, before
anything is propagated: an `if` block's condition stays with the `if`, a menu's
`depends on` with the menu.  What it *means* (which value each symbol gets) is the
evaluator's business.

Nothing here imports another module of kcheck.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

import msgspec


class Tri(enum.IntEnum):
    """A tristate value; ordered, so that `min` is && and `max` is ||."""

    N = 0
    M = 1
    Y = 2

    def __str__(self) -> str:
        return "nmy"[self.value]


class SymbolType(enum.Enum):
    """The type of a symbol; UNKNOWN is that of one that no file defines."""

    UNKNOWN = "unknown"
    BOOL = "bool"
    TRISTATE = "tristate"
    INT = "int"
    HEX = "hex"
    STRING = "string"


class Location(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """A place in a Kconfig file: path relative to the tree's top, and line, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


# Expressions.  && and || hold all operands of one level, in the order written; conf
# holds pairs, but no value depends on how a level is bracketed.


class SymbolRef(msgspec.Struct, frozen=True, array_like=True, tag="s", gc=False):
    """A name without quotes: a symbol, or a word (a number, say) that none defines."""

    name: str


class Constant(msgspec.Struct, frozen=True, array_like=True, tag="c", gc=False):
    """A quoted string, or one of the bare words y, m and n."""

    text: str


Operand = SymbolRef | Constant


class Relation(enum.Enum):
    """What a comparison asks of its two operands."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="


class Comparison(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    """`left RELATION right`; its value is y or n, never m."""

    relation: Relation
    left: Operand
    right: Operand


class Not(msgspec.Struct, frozen=True, array_like=True, tag="!"):
    """`!operand`; y and n change places, m stays."""

    operand: Expr


class And(msgspec.Struct, frozen=True, array_like=True, tag="&"):
    """`a && b && …`: the least of its two or more operands."""

    operands: tuple[Expr, ...]


class Or(msgspec.Struct, frozen=True, array_like=True, tag="|"):
    """`a || b || …`: the greatest of its two or more operands."""

    operands: tuple[Expr, ...]


Expr = SymbolRef | Constant | Comparison | Not | And | Or


# Properties.  `probes` are indices into Model.probes: the macros whose answers stand,
# already expanded, in this property's text.  `condition` is the property's own `if`;
# None where it has none.


class Prompt(msgspec.Struct, frozen=True, array_like=True, tag="prompt"):
    """`prompt "text" if …`, or the text behind a type."""

    text: str
    condition: Expr | None
    location: Location
    probes: tuple[int, ...] = ()


class Default(msgspec.Struct, frozen=True, array_like=True, tag="default"):
    """`default value if …`, also the value of def_bool and def_tristate."""

    value: Expr
    condition: Expr | None
    location: Location
    probes: tuple[int, ...] = ()


class Depends(msgspec.Struct, frozen=True, array_like=True, tag="depends"):
    """`depends on expr`; with a condition, `depends on expr if …` (since 7.x)."""

    expr: Expr
    condition: Expr | None
    location: Location
    probes: tuple[int, ...] = ()


class Select(msgspec.Struct, frozen=True, array_like=True, tag="select"):
    """`select TARGET if …`: TARGET is at least as high as the selecting symbol."""

    target: str
    condition: Expr | None
    location: Location
    probes: tuple[int, ...] = ()


class Imply(msgspec.Struct, frozen=True, array_like=True, tag="imply"):
    """`imply TARGET if …`: a default for TARGET that the user may override."""

    target: str
    condition: Expr | None
    location: Location
    probes: tuple[int, ...] = ()


class Range(msgspec.Struct, frozen=True, array_like=True, tag="range"):
    """`range low high if …` of an int or hex symbol, bounds included."""

    low: Operand
    high: Operand
    condition: Expr | None
    location: Location
    probes: tuple[int, ...] = ()


class VisibleIf(msgspec.Struct, frozen=True, array_like=True, tag="visible"):
    """`visible if expr` of a menu: hides prompts, leaves dependencies alone."""

    expr: Expr
    location: Location
    probes: tuple[int, ...] = ()


class TypeDeclaration(msgspec.Struct, frozen=True, array_like=True, tag="type"):
    """A line that gives the type; of several, the first counts."""

    declares: SymbolType
    location: Location


Property = Prompt | Default | Depends | Select | Imply | Range | VisibleIf | TypeDeclaration


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
    defconfig_list: bool = False


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


class ProbeSource(enum.Enum):
    """Where a probe's answer comes from."""

    RUN = "run"
    RECORDED = "recorded"
    ASSUMED = "assumed"


class Probe(msgspec.Struct, frozen=True, array_like=True):
    """One `$(shell,…)` that was asked while the files were read, and its answer.

    `macro` is the outermost call as written, such as `$(cc-option,-mfentry)`; `command`
    is what the shell gets; `answer` is what the macro expands to.
    """

    macro: str
    command: str
    answer: str
    source: ProbeSource
    location: Location


class Dialect(msgspec.Struct, frozen=True):
    """The rules of Kconfig's language that differ between kernel versions.

    Each is read off the tree's own scripts/kconfig, since distributions carry rules
    back; see kconfig/dialect.py for what is looked for.
    """

    constructs: tuple[str, ...]
    """The constructs of kcheck/kconfig/constructs that this version's conf knows."""
    member_order_decides: bool
    """A choice has no value of its own; the user's members, latest first, decide it (6.9)."""
    numbers_default_to_zero: bool
    """int and hex without a default are 0 and 0x0, not empty (6.10)."""
    resets_out_of_range: bool
    """A user value outside its range is forgotten after the first evaluation (to 6.1)."""
    strict_not_set: bool
    """Nothing may follow `is not set` on its line (6.11)."""
    strict_comment: bool
    """Between `#` and the name of an unset symbol stands a space, nothing else (6.0)."""
    caches_expressions: bool
    """A condition, once computed, keeps its value until all are computed anew (6.12)."""
    unequal_y_fault: bool
    """`BOOL != y` in a condition, and its negation, both count as true (6.12)."""
    negation_ends_submenu: bool
    """A condition that can hold with the symbol off makes no submenu (7.3)."""
    closes_empty_menus: bool
    """A visible menu without a visible entry gets its `# end of`, too (6.0)."""
    refuses_repeated_source: bool
    """A file that is sourced twice is an error (6.18)."""
    hash_size: int
    """The number of buckets of conf's symbol table, which orders its first pass."""


class TargetFacts(msgspec.Struct, frozen=True):
    """What was asked about: the tree and how it was read."""

    version: str
    arch: str
    srcarch: str
    compiler: str
    source: str
    probes: str


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

    def enclosing(self, entry: Entry) -> Iterator[Menu | Choice | If]:
        """The blocks that `entry` stands in, innermost first."""
        parent = entry.parent
        while parent >= 0:
            block = self.entries[parent]
            assert isinstance(block, Menu | Choice | If)
            yield block
            parent = block.parent


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
