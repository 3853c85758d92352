"""The lines of an entry, each with its place and the probes that stand in it."""

from __future__ import annotations

import msgspec

from kcheck.model.expressions import Expr, Location, Operand, SymbolType

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
