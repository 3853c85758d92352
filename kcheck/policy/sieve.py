"""Those lines of .configs that a question hangs on, out of the ten thousand that a file has."""

from __future__ import annotations

from collections.abc import Collection

from kcheck.dotconfig import DotConfig, Line, parse_head, parse_line
from kcheck.explain.audit import is_misread
from kcheck.model import Dialect

_BORDER = b"\n#\n"
"""Stands before and behind each heading in a .config."""
_MOST_KEPT = 1 << 22
"""Bytes of blocks."""
_MOST_LINES = 1 << 15


class Sieve:
    """Keeps the lines about `names`, those that conf cannot read, and the first ones.

    Configs have most blocks between headings in common, and one that was seen needs no second
    look.
    """

    def __init__(self, names: Collection[str], dialect: Dialect) -> None:
        self._names = names
        self._dialect = dialect
        self._blocks: dict[bytes, tuple[int, tuple[Line, ...]]] = {}
        self._lines: dict[bytes, Line | None] = {}
        self._size = 0

    def lines(self, content: bytes, name: str) -> DotConfig:
        """The lines of `content`, the text of a file called `name`, that are kept."""
        lines = list(parse_head(content, name).lines)
        head = len(lines)
        before = 0
        known = self._blocks
        for block in content.split(_BORDER):
            count, kept = known.get(block) or self._looked_at(block)
            for line in kept:
                if before + line.number > head:
                    lines.append(Line(before + line.number, line.text, line.symbol, line.value))
            before += count
        return DotConfig(name, tuple(lines))

    def _looked_at(self, block: bytes) -> tuple[int, tuple[Line, ...]]:
        """How many lines the block has with the border behind it, and which are kept."""
        if self._size > _MOST_KEPT:
            self._blocks.clear()
            self._size = 0
        if len(self._lines) > _MOST_LINES:
            self._lines.clear()
        texts = block.split(b"\n")
        kept = []
        for number, text in enumerate(texts, 1):
            line = self._lines[text] if text in self._lines else self._line(text)
            if line is not None:
                kept.append(Line(number, line.text, line.symbol, line.value))
        self._blocks[block] = len(texts) + 1, tuple(kept)
        self._size += len(block)
        return self._blocks[block]

    def _line(self, text: bytes) -> Line | None:
        """The line, None where it is not kept."""
        line = parse_line(0, text.decode("utf-8", "surrogateescape"))
        is_kept = line.symbol in self._names or is_misread(line, self._dialect)
        self._lines[text] = line if is_kept else None
        return self._lines[text]
