"""What single lines of a .config ask for, as conf takes them."""

from __future__ import annotations

import msgspec

from kcheck.dotconfig import DotConfig, Line
from kcheck.evaluate.nodes import TRISTATES
from kcheck.evaluate.numbers import is_valid
from kcheck.model import Dialect, Model, SymbolType

TRIS = ("n", "m", "y")
"""The names of the constants, and the values of tristates."""


class Refused(msgspec.Struct, frozen=True):
    """A value that conf does not take, and what it says of that."""

    warning: str


def asked_values(model: Model, config: DotConfig) -> dict[int, str]:
    """For each line that conf takes over: its number and the value, without quotes.

    Lines that conf passes over or refuses, and those about what is not defined, are left
    out.  Every line is read for itself, whatever others say about its symbol.
    """
    taken: dict[int, str] = {}
    for line in config.lines:
        symbol = model.symbols.get(line.symbol or "")
        # A line about n, m or y is about the constant (symbol.c, sym_find).
        if symbol is None or symbol.name in TRIS or not says_value(line, model.dialect):
            continue
        value = asked_value(line, symbol.type, model.dialect)
        if isinstance(value, str):
            taken[line.number] = value
    return taken


def says_value(line: Line, dialect: Dialect) -> bool:
    """Whether conf sees in the line one that sets a symbol, or says that it is not set."""
    if line.symbol is None or line.value is not None:
        return line.symbol is not None
    text = line.text.removesuffix("\r")
    if dialect.strict_comment and text[1] != " ":
        return False
    return not dialect.strict_not_set or text.endswith(" is not set")


def asked_value(line: Line, symbol_type: SymbolType, dialect: Dialect) -> str | Refused | None:
    """The value that a line, which says one, gives to a symbol of that type: without quotes, n,
    m or y for a tristate.  None where it gives none (confdata.c, conf_set_sym_val).
    """
    if line.value is None and not dialect.strict_comment and symbol_type not in TRISTATES:
        # Before 6.0 `is not set` says nothing about an int, hex or string.
        return None
    text = "n" if line.value is None else line.value
    if symbol_type is SymbolType.UNKNOWN:
        return None
    if symbol_type in TRISTATES:
        tri = text[:1]
        is_taken = tri in TRIS and (tri != "m" or symbol_type is SymbolType.TRISTATE)
        return tri if is_taken else _invalid(line, text)
    if symbol_type is SymbolType.STRING:
        if not text.startswith('"'):
            return None
        unquoted = _unquote(text)
        return Refused("invalid string found") if unquoted is None else unquoted
    return text if is_valid(symbol_type, text) else _invalid(line, text)


def _invalid(line: Line, text: str) -> Refused:
    return Refused(f"symbol value '{text}' invalid for {line.symbol}")


def _unquote(value: str) -> str | None:
    """The text between the quotes, backslashes resolved; None if the end is missing."""
    text: list[str] = []
    position = 1
    while position < len(value):
        character = value[position]
        if character == '"':
            return "".join(text)
        if character == "\\":
            position += 1
        text.append(value[position : position + 1])
        position += 1
    return None
