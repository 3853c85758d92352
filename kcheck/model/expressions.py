"""Values, types, places and expressions: what properties are made of."""

from __future__ import annotations

import enum

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
