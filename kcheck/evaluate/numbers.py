"""How conf reads numbers out of strings: as C's strtoll does, and no more strictly."""

from __future__ import annotations

import re
from collections.abc import Callable

from kcheck.model import Dialect, SymbolType

BASES = {SymbolType.INT: 10, SymbolType.HEX: 16}
"""The base in which a value of each type of number is written."""

_LLONG_MAX = (1 << 63) - 1
_LLONG_MIN = -(1 << 63)
_ULLONG_MAX = (1 << 64) - 1

_NUMBERS = {
    base: re.compile(rf"[ \t\n\v\f\r]*(?P<sign>[+-]?){form}", re.ASCII)
    for base, form in {
        10: r"(?P<digits>[0-9]+)",
        16: r"(?:0[xX](?=[0-9a-fA-F]))?(?P<digits>[0-9a-fA-F]+)",
        0: r"(?:(?P<prefix>0[xX])(?=[0-9a-fA-F]))?"
        r"(?P<digits>(?(prefix)[0-9a-fA-F]+|(?:0[0-7]*|[1-9][0-9]*)))",
    }.items()
}
_INT = re.compile(r"-?(0|[1-9][0-9]*)\Z", re.ASCII)
_HEX = re.compile(r"(0[xX])?[0-9a-fA-F]+\Z", re.ASCII)


def is_valid(symbol_type: SymbolType, text: str) -> bool:
    """Whether .config may give `text` to a symbol of that type (sym_string_valid)."""
    if symbol_type is SymbolType.INT:
        return _INT.match(text) is not None
    if symbol_type is SymbolType.HEX:
        return _HEX.match(text) is not None
    return symbol_type is SymbolType.STRING


def leading_number(text: str, base: int) -> int:
    """The number that `text` begins with, 0 if with none; clamped to 64 bits, signed."""
    value, _ = _scan(text, base)
    return max(_LLONG_MIN, min(_LLONG_MAX, value))


def comparable(text: str, symbol_type: SymbolType) -> tuple[int, bool] | None:
    """`text` as a number to compare by, and whether it is unsigned (expr_parse_string).

    None where conf compares strings instead.
    """
    if symbol_type in (SymbolType.BOOL, SymbolType.TRISTATE):
        return ("nmy".index(text) if text in ("n", "m", "y") else -1), False
    unsigned = symbol_type is SymbolType.HEX
    base = 16 if unsigned else 10 if symbol_type is SymbolType.INT else 0
    value, end = _scan(text, base)
    if end == 0 or end < len(text) or text[-1] not in "0123456789abcdefABCDEF":
        return None
    if unsigned:
        if abs(value) > _ULLONG_MAX:
            return None
        return value & _ULLONG_MAX, True
    if not _LLONG_MIN <= value <= _LLONG_MAX:
        return None
    return value, False


def order(first: str, first_type: SymbolType, second: str, second_type: SymbolType) -> int:
    """Below, at or above 0 as conf finds `first` less than, equal to or greater than
    `second`: as numbers where both can be read as such, else as strings.
    """
    one = two = None
    if not first_type is second_type is SymbolType.STRING:
        one, two = comparable(first, first_type), comparable(second, second_type)
    if one is None or two is None:
        return (first > second) - (first < second)
    mask = _ULLONG_MAX if one[1] or two[1] else -1
    return ((one[0] & mask) > (two[0] & mask)) - ((one[0] & mask) < (two[0] & mask))


def ordering(dialect: Dialect) -> Callable[[str, SymbolType, str, SymbolType], int]:
    """`order` as a conf of that dialect has it: older ones compare more as texts."""
    if not dialect.compares_numbers:
        return _order_of_texts
    return _order_with_tristates_as_texts if dialect.tristates_are_texts else order


def _order_of_texts(first: str, _: SymbolType, second: str, __: SymbolType) -> int:
    return (first > second) - (first < second)


def _order_with_tristates_as_texts(
    first: str, first_type: SymbolType, second: str, second_type: SymbolType
) -> int:
    if not {SymbolType.BOOL, SymbolType.TRISTATE}.isdisjoint((first_type, second_type)):
        return (first > second) - (first < second)
    return order(first, first_type, second, second_type)


def _scan(text: str, base: int) -> tuple[int, int]:
    """The number at the start of `text` and where it ends; base 0 goes by the prefix.

    The end is 0 where there is no number.
    """
    match = _NUMBERS[base].match(text)
    if match is None:
        return 0, 0
    sign, digits = match.group("sign"), match.group("digits")
    if base == 0:
        base = 16 if match.group("prefix") else 8 if digits[0] == "0" else 10
    value = int(digits, base)
    return (-value if sign == "-" else value), match.end()
