"""Those lines of .configs that a question hangs on, out of the ten thousand that a file has."""

from __future__ import annotations

import re
from collections.abc import Collection

from kcheck.dotconfig import DotConfig, Line, parse_head, parse_line
from kcheck.explain.audit import is_misread
from kcheck.model import Dialect

_BORDER = b"\n#\n"
"""Stands before and behind each heading in a .config."""
_MOST_KEPT = 1 << 19
"""Bytes of blocks, and as many of those seen before them."""
_AT_ONCE = 1 << 18
"""Bytes of blocks that are kept as they come: about one file."""
_MOST_MARKS = 1 << 13
"""Blocks that were seen once."""
_MOST_LINES = 1 << 14
"""Lines that are known again: there are ten thousand in a file, of which configs have nearly all
in common."""
_PLAIN = re.compile(
    rb"CONFIG_([a-zA-Z0-9_]+)=|# CONFIG_([a-zA-Z0-9_]+) is not set\r?\Z|\r?\Z|#(?!.*CONFIG_)"
)
"""A line that all versions of conf read alike, and which symbol it is about."""


class _Block:
    """What is known of a block: how many lines it has with the border behind it, and which of them
    are kept, with their numbers where so many lines stand `before` it.
    """

    __slots__ = ("before", "count", "kept")

    def __init__(self, count: int, kept: list[Line]) -> None:
        self.count = count
        self.kept = kept
        self.before = 0

    def behind(self, before: int) -> list[Line]:
        """The lines that are kept where so many stand before the block."""
        if before != self.before:
            further = before - self.before
            self.kept = [
                Line(line.number + further, line.text, line.symbol, line.value)
                for line in self.kept
            ]
            self.before = before
        return self.kept


class Sieve:
    """Keeps the lines about `names`, those that conf cannot read, and the first ones.

    Configs have most blocks between headings in common, and one that was seen needs no second
    look.
    """

    def __init__(self, names: Collection[str], dialect: Dialect) -> None:
        self._dialect = dialect
        self._lines = _Lines(names, dialect)
        self._blocks: dict[bytes, _Block] = {}
        self._older: dict[bytes, _Block] = {}
        self._size = 0
        self._once: set[int] = set()

    @property
    def has_misread(self) -> bool:
        """Whether a line that conf cannot read has ever been kept."""
        return self._lines.has_misread

    def lines(self, content: bytes, name: str) -> DotConfig:
        """The lines of `content`, the text of a file called `name`, that are kept."""
        lines = list(parse_head(content, name).lines)
        self._lines.has_misread |= any(is_misread(line, self._dialect) for line in lines)
        head = len(lines)
        before = 0
        for block in content.split(_BORDER):
            found = self._blocks.get(block) or self._seen_before(block)
            if found.kept:
                kept = found.behind(before)
                lines += kept if before >= head else [each for each in kept if each.number > head]
            before += found.count
        return DotConfig(name, tuple(lines))

    def _seen_before(self, block: bytes) -> _Block:
        """What is known of a block, or is found out now.

        Behind the first ones, a block is kept from the second time on: where a line differs it is
        unlike all others.  What no config has had for long is forgotten.
        """
        found = self._older.get(block)
        if found is None:
            found = self._looked_at(block)
            mark = hash(block)
            if self._size > _AT_ONCE and mark not in self._once:
                if len(self._once) > _MOST_MARKS:
                    self._once.clear()
                self._once.add(mark)
                return found
        if self._size > _MOST_KEPT:
            self._older, self._blocks = self._blocks, {}
            self._size = 0
        self._size += len(block)
        self._blocks[block] = found
        return found

    def _looked_at(self, block: bytes) -> _Block:
        known = self._lines
        if len(known) > _MOST_LINES:
            known.clear()
        found = [known[content] for content in block.split(b"\n")]
        kept = [
            Line(number, line.text, line.symbol, line.value)
            for number, line in enumerate(found, 1)
            if line is not None
        ]
        return _Block(len(found) + 1, kept)


class _Lines(dict[bytes, Line | None]):
    """Each line as it is kept, None where it is not; looked at when first asked for."""

    def __init__(self, names: Collection[str], dialect: Dialect) -> None:
        self._names = frozenset(name.encode() for name in names)
        self._dialect = dialect
        self.has_misread = False

    def __missing__(self, content: bytes) -> Line | None:
        plain = _PLAIN.match(content)
        if plain is not None and (plain[1] or plain[2]) not in self._names:
            found = None
        else:
            found = self._read(content)
        self[content] = found
        return found

    def _read(self, content: bytes) -> Line | None:
        line = parse_line(0, content.decode("utf-8", "surrogateescape"))
        unread = is_misread(line, self._dialect)
        self.has_misread |= unread
        symbol = (line.symbol or "").encode("utf-8", "surrogateescape")
        return line if unread or symbol in self._names else None
