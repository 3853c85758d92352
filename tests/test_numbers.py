"""Numbers as conf reads them: C's strtoll, and its own rules of what is valid."""

from __future__ import annotations

import ctypes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcheck.evaluate.numbers import comparable, is_valid, leading_number, order
from kcheck.model import SymbolType

_libc = ctypes.CDLL(None)
_libc.strtoll.restype = ctypes.c_longlong
_libc.strtoll.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]

_texts = st.one_of(
    st.text(alphabet="0123456789abcxXF+- \t", max_size=24),
    st.integers(-(2**70), 2**70).map(str),
    st.integers(0, 2**70).map(hex),
    st.integers(0, 2**40).map(lambda number: f"0{number:o}"),
)


@given(text=_texts, base=st.sampled_from([0, 10, 16]))
def test_leading_number_is_strtoll_s(text: str, base: int) -> None:
    assert leading_number(text, base) == _libc.strtoll(text.encode(), None, base)


@pytest.mark.parametrize(
    ("kind", "text", "valid"),
    [
        (SymbolType.INT, "0", True),
        (SymbolType.INT, "-12", True),
        (SymbolType.INT, "007", False),
        (SymbolType.INT, "1_0", False),
        (SymbolType.INT, "", False),
        (SymbolType.INT, "12\n", False),
        (SymbolType.HEX, "0x1F", True),
        (SymbolType.HEX, "ff", True),
        (SymbolType.HEX, "0x", False),
        (SymbolType.HEX, "", False),
        (SymbolType.STRING, "anything", True),
        (SymbolType.BOOL, "y", False),
    ],
)
def test_what_a_config_may_say(kind: SymbolType, text: str, valid: bool) -> None:
    assert is_valid(kind, text) is valid


@pytest.mark.parametrize(
    ("first", "first_type", "second", "second_type", "expected"),
    [
        ("9", SymbolType.INT, "10", SymbolType.UNKNOWN, -1),
        ("0x10", SymbolType.HEX, "16", SymbolType.UNKNOWN, 0),
        ("010", SymbolType.UNKNOWN, "8", SymbolType.UNKNOWN, 0),
        ("a9", SymbolType.STRING, "a10", SymbolType.STRING, 1),
        ("9", SymbolType.STRING, "10", SymbolType.STRING, 1),
        ("", SymbolType.INT, "0", SymbolType.UNKNOWN, -1),
        ("m", SymbolType.TRISTATE, "y", SymbolType.TRISTATE, -1),
        ("-1", SymbolType.INT, "0xffffffffffffffff", SymbolType.HEX, 0),
    ],
)
def test_comparisons(
    first: str, first_type: SymbolType, second: str, second_type: SymbolType, expected: int
) -> None:
    result = order(first, first_type, second, second_type)
    assert (result > 0) - (result < 0) == expected


def test_a_number_too_large_is_a_string() -> None:
    assert comparable(str(2**63), SymbolType.INT) is None
    assert comparable(hex(2**64 - 1), SymbolType.HEX) == (2**64 - 1, True)
