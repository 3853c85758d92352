"""Those lines of .configs that a question hangs on, out of the ten thousand that a file has."""

from __future__ import annotations

from collections.abc import Collection

from kcheck.dotconfig import DotConfig, Line, parse_head, parse_line
from kcheck.explain.audit import is_misread
from kcheck.model import Dialect

_BORDER = b"\n#\n"
"""Stands before and behind each heading in a .config."""
_MOST_KEPT = 1 << 19
"""Bytes of blocks, and as many of those seen before them."""
_MOST_LINES = 1 << 13

_Block = tuple[int, tuple[Line, ...]]
"""How many lines a block has with the border behind it, and which of them are kept."""


class Sieve:
    """Keeps the lines about `names`, those that conf cannot read, and the first ones.

    Configs have most blocks between headings in common, and one that was seen needs no second
    look.
    """

    def __init__(self, names: Collection[str], dialect: Dialect) -> None:
        self._dialect = dialect
        self._blocks: dict[bytes, _Block] = {}
        self._older: dict[bytes, _Block] = {}
        self._lines = _Lines(names, dialect)
        self._size = 0

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
        known = self._blocks
        for block in content.split(_BORDER):
            count, kept = known.get(block) or self._seen_before(block)
            for line in kept:
                if before + line.number > head:
                    lines.append(Line(before + line.number, line.text, line.symbol, line.value))
            before += count
        return DotConfig(name, tuple(lines))

    def _seen_before(self, block: bytes) -> _Block:
        """What is known of a block, or is found out now; what no config has had for long is
        forgotten.
        """
        if self._size > _MOST_KEPT:
            self._older, self._blocks = self._blocks, {}
            self._size = 0
        self._size += len(block)
        found = self._blocks[block] = self._older.get(block) or self._looked_at(block)
        return found

    def _looked_at(self, block: bytes) -> _Block:
        if len(self._lines) > _MOST_LINES:
            self._lines.clear()
        known = self._lines
        found = [known[text] for text in block.split(b"\n")]
        kept = tuple(
            Line(number, line.text, line.symbol, line.value)
            for number, line in enumerate(found, 1)
            if line is not None
        )
        return len(found) + 1, kept


class _Lines(dict[bytes, Line | None]):
    """Each line as it is kept, None where it is not; looked at when first asked for."""

    def __init__(self, names: Collection[str], dialect: Dialect) -> None:
        self._names = names
        self._dialect = dialect
        self.has_misread = False

    def __missing__(self, text: bytes) -> Line | None:
        line = parse_line(0, text.decode("utf-8", "surrogateescape"))
        unread = is_misread(line, self._dialect)
        self.has_misread |= unread
        found = self[text] = line if unread or line.symbol in self._names else None
        return found
