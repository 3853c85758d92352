"""A .config, defconfig or fragment: its lines, each with its number, nothing dropped."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec

from kcheck.compressed import Problem, read_content
from kcheck.errors import ConfigError

PREFIX = "CONFIG_"
_HEAD = 5
"""Lines in which the header is."""

_HEADER = re.compile(r"# Linux/(\S+) (\S+) Kernel Configuration")
_NAMED = re.compile(r"(CONFIG_[a-zA-Z0-9_]+)|# (CONFIG_[a-zA-Z0-9_]+) is not set\Z")
_NAMED_WHOLE = re.compile(r"(CONFIG_[a-zA-Z0-9_]*)=|# (CONFIG_[a-zA-Z0-9_]*) is not set\Z")
_WORD = re.compile(r"\bCONFIG_\w*", re.ASCII)
_MENTIONED = re.compile(r"(?=(CONFIG_[a-zA-Z0-9_]*)[ =])")


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
        for line in self.lines[:_HEAD]:
            match = _HEADER.match(line.text)
            if match:
                return match.group(1), match.group(2)
        return None

    def last(self, symbol: str) -> Line | None:
        """The line about `symbol` that counts; None where there is none."""
        return self.by_symbol.get(symbol)


_ADVICE = "name another with --config"


def read_dotconfig(path: Path, advice: str = _ADVICE) -> DotConfig:
    """Read the file at `path`, which may be compressed with gzip, xz or zstd.

    Raises ConfigError, with `advice`, where it cannot be read or is no text.
    """
    content = read_content(path)
    if isinstance(content, Problem):
        raise ConfigError(f"{path}: {content.text}; {advice}")
    return parse_dotconfig(content, str(path), advice)


def quoted(text: str) -> str:
    """A string's value as .config and Kconfig files write it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class MergeRule(enum.Enum):
    """Which lines of a base a fragment's lines put out of force, by the tree's script."""

    NAMES = "names"
    """Those that begin with the same name (the script in awk, as in 7.2)."""
    WORDS = "words"
    """All with the same name in them and a blank or equals sign behind it (as in 6.12)."""


def merge_rule(tree: Path) -> MergeRule:
    """What scripts/kconfig/merge_config.sh of that tree does; NAMES where there is none."""
    try:
        script = (tree / "scripts" / "kconfig" / "merge_config.sh").read_text(errors="replace")
    except OSError:
        return MergeRule.NAMES
    return MergeRule.WORDS if "SED_CONFIG_EXP1" in script else MergeRule.NAMES


def merge_lines(
    parts: Sequence[DotConfig], rule: MergeRule = MergeRule.NAMES
) -> list[tuple[DotConfig, Line]]:
    """The lines that scripts/kconfig/merge_config.sh leaves of a base and its fragments, in
    its order, each with the file that it stands in.

    A fragment puts the lines out of force that an earlier file has about its symbols; what
    one file says twice stays there twice.
    """
    kept: list[tuple[DotConfig, Line]] = []
    for part in parts:
        if rule is MergeRule.NAMES:
            kept = _unnamed(kept, part)
        else:
            kept = _unmentioned(kept, part)
        kept += [(part, line) for line in part.lines]
    return kept


def content_of(lines: Iterable[str]) -> bytes:
    """The content of a file with these lines."""
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def merge_dotconfigs(
    name: str, parts: Sequence[DotConfig], rule: MergeRule = MergeRule.NAMES
) -> DotConfig:
    """The lines of merge_lines as one file."""
    return DotConfig(name, tuple(line for _, line in merge_lines(parts, rule)))


def _unnamed(
    kept: list[tuple[DotConfig, Line]], fragment: DotConfig
) -> list[tuple[DotConfig, Line]]:
    after = {_name(_NAMED, line): line.text for line in fragment.lines}
    left: list[tuple[DotConfig, Line]] = []
    for part, line in kept:
        name = _name(_NAMED, line)
        # `=n` says the same as `is not set`, and so the script lets it stand.
        alike = line.text.endswith("=n") and after.get(name, "").endswith(" is not set")
        if name is None or name not in after or alike:
            left.append((part, line))
    return left


def _unmentioned(
    kept: list[tuple[DotConfig, Line]], fragment: DotConfig
) -> list[tuple[DotConfig, Line]]:
    names = {_name(_NAMED_WHOLE, line) for line in fragment.lines}
    # The script goes on only with names that stand somewhere as a word (grep -w).
    names &= {word for _, line in kept for word in _WORD.findall(line.text)}
    return [
        (part, line)
        for part, line in kept
        if names.isdisjoint(match[1] for match in _MENTIONED.finditer(line.text))
    ]


def _name(form: re.Pattern[str], line: Line) -> str | None:
    """The name, CONFIG_ included, that the script sees in a line."""
    match = form.match(line.text)
    return None if match is None else match[1] or match[2]


def parse_dotconfig(content: bytes, name: str, advice: str = _ADVICE) -> DotConfig:
    """Take apart the content of a .config.  Raises ConfigError for what is no text."""
    if b"\0" in content:
        raise ConfigError(f"{name}: binary data, not a .config; {advice}")
    text = content.decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    # Not by parse_line, which a fifth of the time would go to: there are ten thousand lines.
    return DotConfig(
        name, tuple([Line(number, line, *_said(line)) for number, line in enumerate(lines, 1)])
    )


def parse_head(content: bytes, name: str) -> DotConfig:
    """The first lines of a .config, which have the header if there is one."""
    lines = content.split(b"\n", _HEAD)[:_HEAD]
    texts = (line.decode("utf-8", "surrogateescape") for line in lines)
    return DotConfig(name, tuple(parse_line(number, text) for number, text in enumerate(texts, 1)))


def parse_line(number: int, text: str) -> Line:
    """Take apart one line, without its line end."""
    return Line(number, text, *_said(text))


@lru_cache(maxsize=1 << 14)
def _said(text: str) -> tuple[str | None, str | None]:
    """The symbol and value of a line; many configs have most of their lines in common."""
    stripped = text.removesuffix("\r")
    if stripped.startswith(PREFIX):
        symbol, equals, value = stripped[len(PREFIX) :].partition("=")
        if equals:
            return symbol, value
    elif stripped.startswith("#") and stripped[2:].startswith(PREFIX):
        symbol, space, rest = stripped[2 + len(PREFIX) :].partition(" ")
        if space and rest.startswith("is not set"):
            return symbol, None
    return None, None
