"""What somebody wants of a symbol: on, a certain value, or to be there at all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

import msgspec

from kcheck.errors import UnknownSymbolError, UsageError
from kcheck.model import Expr, Model, SymbolType, Tri

_FORM = re.compile(r"(?:CONFIG_)?(?P<name>\w+)(?:(?P<relation>>?=)(?P<value>.*))?\Z", re.DOTALL)
_TRISTATES = {str(tri): tri for tri in Tri}


class AtLeast(msgspec.Struct, frozen=True):
    """A bool or tristate is `tri` or higher."""

    symbol: str
    tri: Tri


class Exactly(msgspec.Struct, frozen=True):
    """A bool or tristate is `tri`."""

    symbol: str
    tri: Tri


class HasText(msgspec.Struct, frozen=True):
    """An int, hex or string has that value, without quotes."""

    symbol: str
    text: str


class IsWritten(msgspec.Struct, frozen=True):
    """An int, hex or string has a value at all: a prompt that is visible, or a default."""

    symbol: str


class Holds(msgspec.Struct, frozen=True):
    """A condition, as a Kconfig file writes it, is not n.

    That one of `lowers` goes lower for it counts as no loss.
    """

    expr: Expr
    lowers: frozenset[str] = frozenset()


SymbolGoal = AtLeast | Exactly | HasText | IsWritten
Goal = SymbolGoal | Holds


def symbol_of(goal: Goal) -> str | None:
    """The symbol that a goal is about; None for a condition."""
    return None if isinstance(goal, Holds) else goal.symbol


def lowered_by(goal: Goal) -> frozenset[str]:
    """The symbols that are wanted lower than they may be, so that it is no loss."""
    match goal:
        case Exactly(symbol):
            return frozenset({symbol})
        case Holds(_, lowers):
            return lowers
        case _:
            return frozenset()


def parse_goal(model: Model, text: str) -> Goal:
    """The goal that `X`, `X=y`, `X>=m` or `X=VALUE` stands for.

    A name alone means on, at least m.  Raises UsageError for what is no goal or cannot be
    one of that symbol's type, and UnknownSymbolError.
    """
    name, relation, value = _parts_of(text)
    symbol = model.symbols[defined_name(model, model.symbols, name)]
    if symbol.type not in (SymbolType.BOOL, SymbolType.TRISTATE):
        return _text_goal(name, symbol.type, relation, value)
    if relation is None:
        return AtLeast(name, Tri.M)
    tri = _TRISTATES.get(value)
    if tri is None:
        raise UsageError(f"{text}: {name} is a {symbol.type.value}; write y, m or n")
    if tri is Tri.M and symbol.type is SymbolType.BOOL and relation == "=":
        raise UsageError(f"{text}: {name} is a bool, which is never m; write {name}=y")
    return AtLeast(name, tri) if relation == ">=" else Exactly(name, tri)


def goal_name(text: str) -> str:
    """The name that a goal is about, whether or not there is such a symbol.  Raises UsageError."""
    return _parts_of(text)[0]


def _parts_of(text: str) -> tuple[str, str | None, str]:
    match = _FORM.match(text)
    if match is None:
        raise UsageError(f"{text!r}: no goal; write SYMBOL, SYMBOL=y, SYMBOL>=m or SYMBOL=VALUE")
    return match["name"], match["relation"], match["value"]


def defined_name(model: Model, defined: Collection[str], name: str) -> str:
    """`name` without CONFIG_, which has to be among the symbols `defined` in the model; that may
    be without its entries.  Raises UnknownSymbolError.
    """
    name = name.removeprefix("CONFIG_")
    if name in defined:
        return name
    near = difflib.get_close_matches(name.upper(), defined, n=1, cutoff=0.75)
    looks = f"kcheck explain {name} looks for it elsewhere"
    hint = f"did you mean {near[0]}?" if near else looks
    raise UnknownSymbolError(
        f"{name}: not defined in linux {model.target.version} for {model.target.arch}; {hint}"
    )


def _text_goal(name: str, symbol_type: SymbolType, relation: str | None, value: str) -> Goal:
    if relation is None:
        return IsWritten(name)
    if relation != "=":
        raise UsageError(f"{name}>={value}: {name} is {symbol_type.value}; write {name}=VALUE")
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    form = {SymbolType.INT: r"-?(0|[1-9][0-9]*)\Z", SymbolType.HEX: r"(0[xX])?[0-9a-fA-F]+\Z"}
    if symbol_type in form and not re.match(form[symbol_type], value, re.ASCII):
        raise UsageError(f"{name}={value}: not a number that an {symbol_type.value} can have")
    return HasText(name, value)
