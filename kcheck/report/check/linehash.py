"""How code scanning knows a line again that has moved.

The same hash as that of the action with which GitHub takes in SARIF, which otherwise warns of
every one that differs: over the next 100 characters but blanks, from the line's start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_WINDOW = 100
_FACTOR = 37
_SIZE = 1 << 64
_END = 0xFFFF
"""Stands behind the last character; zeros fill the window up."""


def line_hashes(text: str, wanted: Iterable[int]) -> dict[int, str]:
    """The hash of each of those lines, counted from 1, that the text has: `HASH:NUMBER`, where
    the number counts the lines up to there that have the same.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    units = _units(plain.replace(" ", "").replace("\t", ""))
    lines = set(wanted)
    found: dict[int, str] = {}
    seen: Counter[tuple[int, ...]] = Counter()
    start, line = 0, 1
    while start < len(units):
        window = units[start : start + _WINDOW]
        seen[window] += 1
        if line in lines:
            found[line] = f"{_hash(window):x}:{seen[window]}"
        try:
            start = units.index(ord("\n"), start) + 1
        except ValueError:
            break
        line += 1
    return found


def _units(text: str) -> tuple[int, ...]:
    """The text in UTF-16, as JavaScript counts characters, and the mark of its end."""
    raw = text.encode("utf-16-le", "surrogatepass")
    pairs = zip(raw[::2], raw[1::2], strict=True)
    return (*(low | high << 8 for low, high in pairs), _END)


def _hash(window: tuple[int, ...]) -> int:
    value = 0
    for unit in window:
        value = value * _FACTOR + unit
    filled = pow(_FACTOR, _WINDOW - len(window), _SIZE)
    return value * filled % _SIZE
