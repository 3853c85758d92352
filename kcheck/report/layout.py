"""Lines of a report that fit a terminal: what is said, where, and what it costs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import msgspec

from kcheck.model import Location
from kcheck.printable import legible

WIDTH = 80
_STEP = 2
_GAP = "   "


class Line(msgspec.Struct, frozen=True):
    """One statement, `level` steps in; `note`, `place` and `cost` stand behind it, if anything."""

    text: str
    level: int = 0
    place: str = ""
    cost: str = ""
    note: str = ""


class Places:
    """Names files once: the same file again is left out, as in `:17`."""

    def __init__(self) -> None:
        self._file = ""

    def name(self, location: Location | None) -> str:
        """The place, short where the file is the one named last."""
        if location is None:
            return ""
        if location.file == self._file:
            return f":{location.line}"
        self._file = location.file
        return str(location)


def aligned(lines: list[Line]) -> list[Line]:
    """Lines that stand side by side, with places and costs in columns of their own."""
    said = [msgspec.structs.replace(line, place="", cost="") for line in lines]
    text = max((len(_joined(line)) for line in said), default=0)
    place = max((len(line.place) for line in lines), default=0)
    padded = [
        msgspec.structs.replace(
            line, text=f"{_joined(alone):<{text}}", note="", place=f"{line.place:<{place}}"
        )
        for line, alone in zip(lines, said, strict=True)
    ]
    fits = all(len(_joined(line)) + _STEP * line.level <= WIDTH for line in padded)
    return padded if fits else lines


def laid_out(line: Line, indent: int = 0) -> list[str]:
    """The statement as one line, or as several where it is too long for the terminal."""
    before = " " * (indent + _STEP * line.level)
    whole = before + _joined(line)
    if len(whole.rstrip()) <= WIDTH:
        return [whole.rstrip()]
    after = before + " " * 2 * _STEP
    if line.note:
        return [*laid_out(msgspec.structs.replace(line, note=""), indent), after + line.note]
    rows = textwrap.wrap(
        line.text.rstrip(),
        WIDTH,
        initial_indent=before,
        subsequent_indent=after,
        break_long_words=False,
        break_on_hyphens=False,
    )
    behind = _GAP.join(part.strip() for part in (line.place, line.cost) if part.strip())
    if behind and len(rows[-1]) + len(_GAP) + len(behind) <= WIDTH:
        rows[-1] += _GAP + behind
    elif behind:
        rows.append(after + behind)
    return rows


def wrapped(words: Sequence[str], separator: str, width: int) -> list[str]:
    """Words in as many rows as they need, none broken."""
    rows = [""]
    for number, word in enumerate(words):
        text = word if number == len(words) - 1 else word + separator
        if rows[-1] and len((rows[-1] + text).rstrip()) > width:
            rows.append("")
        rows[-1] += text
    return [row.rstrip() for row in rows]


def as_many_as_fit(names: Sequence[str], width: int) -> str:
    """`A, B and 2 more`; the first in any case."""
    for shown in range(len(names), 1, -1):
        more = f" and {len(names) - shown} more" if shown < len(names) else ""
        text = ", ".join(names[:shown]) + more
        if len(text) <= width:
            return text
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def labelled(label: str, rows: list[str], width: int) -> list[str]:
    """`label` before the first row, the others below it."""
    return [
        f"  {label if number == 0 else '':<{width}}  {row}".rstrip()
        for number, row in enumerate(rows)
    ]


def _joined(line: Line) -> str:
    said = f"{line.text}  {line.note}" if line.note else line.text
    return _GAP.join(part for part in (said, line.place, line.cost) if part)


def with_notes(parts: Sequence[str], notes: Sequence[str]) -> str:
    """Lines, then what they rest on."""
    lines = list(parts)
    for note in notes:
        lines += labelled("note", wrapped(note.split(), " ", WIDTH - 8), 4)
    return as_text(lines)


def as_text(rows: Sequence[str]) -> str:
    """Rows as they are printed, each in one line, without blank ones at the end."""
    count = len(rows)
    while count and not rows[count - 1]:
        count -= 1
    return "\n".join(map(legible, rows[:count])) + "\n"
