"""A .config, defconfig or fragment: its lines, each with its number, nothing dropped."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import msgspec

from kcheck.errors import ConfigError

PREFIX = "CONFIG_"

_HEADER = re.compile(r"# Linux/(\S+) (\S+) Kernel Configuration")
_OLD_HEADER = re.compile(r"# Linux kernel version: (\S+)")
_LARGEST = 64 << 20
"""Bytes; the largest real .config is below half a MiB."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line as it stands in the file, without its line end; numbers count from 1.

    `symbol` is set where the line gives a symbol a value; `value` is the text behind the
    equals sign, or None for a `# CONFIG_X is not set`.
    """

    number: int
    text: str
    symbol: str | None = None
    value: str | None = None


class DotConfig(msgspec.Struct, frozen=True, dict=True):
    """The lines of one file; `name` is what to call it in a report."""

    name: str
    lines: tuple[Line, ...]

    @cached_property
    def by_symbol(self) -> dict[str, Line]:
        """For each symbol the last line about it, which is the one that counts."""
        return {line.symbol: line for line in self.lines if line.symbol is not None}

    @cached_property
    def header(self) -> tuple[str, str] | None:
        """The architecture's name (as in `Linux/x86`) and version that the file names."""
        for line in self.lines[:5]:
            match = _HEADER.match(line.text)
            if match:
                return match.group(1), match.group(2)
        return None

    def last(self, symbol: str) -> Line | None:
        """The line about `symbol` that counts; None where there is none."""
        return self.by_symbol.get(symbol)


def read_dotconfig(path: Path) -> DotConfig:
    """Read the file at `path`.

    Raises ConfigError where it cannot be read or is no text.
    """
    try:
        if not path.is_file():
            raise ConfigError(
                f"{path}: no such file; name another with --config"
                if not path.exists()
                else f"{path}: not a regular file; name another with --config"
            )
        if path.stat().st_size > _LARGEST:
            raise ConfigError(f"{path}: larger than {_LARGEST >> 20} MiB; this is no .config")
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    return parse_dotconfig(content, str(path))


def quoted(text: str) -> str:
    """A string's value as .config and Kconfig files write it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def merge_dotconfigs(name: str, parts: list[DotConfig]) -> DotConfig:
    """The lines of `parts` one after the other; of several about a symbol the last counts.

    Lines that a later one overrides are left out, as scripts/kconfig/merge_config.sh does.
    """
    last = {
        line.symbol: (number, line.number)
        for number, part in enumerate(parts)
        for line in part.lines
        if line.symbol is not None
    }
    kept = [
        line
        for number, part in enumerate(parts)
        for line in part.lines
        if line.symbol is None or last[line.symbol] == (number, line.number)
    ]
    return DotConfig(name, tuple(kept))


def parse_dotconfig(content: bytes, name: str) -> DotConfig:
    """Take apart the content of a .config.  Raises ConfigError for what is no text."""
    if b"\0" in content:
        raise ConfigError(f"{name}: binary data, not a .config; name another with --config")
    text = content.decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return DotConfig(name, tuple(_line(number, line) for number, line in enumerate(lines, start=1)))


def _line(number: int, text: str) -> Line:
    stripped = text.removesuffix("\r")
    if stripped.startswith(PREFIX):
        symbol, equals, value = stripped[len(PREFIX) :].partition("=")
        if equals:
            return Line(number, text, symbol, value)
    elif stripped.startswith("#") and stripped[2:].startswith(PREFIX):
        symbol, space, rest = stripped[2 + len(PREFIX) :].partition(" ")
        if space and rest.startswith("is not set"):
            return Line(number, text, symbol, None)
    return Line(number, text)
