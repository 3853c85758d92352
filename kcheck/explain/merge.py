"""A base and its fragments merged, with the way back from each line to its file."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from kcheck.dotconfig import DotConfig, Line, MergeRule, merge_lines
from kcheck.evaluate.asked import asked_values
from kcheck.model import Location, Model

_LIKE_A_NAME = re.compile(r"CONFIG_([a-zA-Z0-9_]+)")


class Counting(msgspec.Struct, frozen=True):
    """The line that counts for a symbol, and what it asks for."""

    place: Location
    text: str


class Merged(msgspec.Struct, frozen=True):
    """What merge_config.sh makes of `parts`, its lines numbered anew.

    `asked` has what conf takes from the lines of the parts; `counting` the line that counts
    for each symbol, the last that conf takes, or where it takes none the last at all: be it
    a `CONFIG_X = y`, for which the script deletes what a base says of X.
    """

    config: DotConfig
    asked: dict[Location, str]
    counting: dict[str, Counting]

    @property
    def places(self) -> dict[str, Location]:
        """For each symbol that conf takes a value for: the line that gives it."""
        return {
            symbol: each.place for symbol, each in self.counting.items() if each.place in self.asked
        }


def merged(model: Model, parts: Sequence[DotConfig], rule: MergeRule) -> Merged:
    """Merge `parts`, of which the later win."""
    asked = {
        Location(part.name, number): value
        for part in parts
        for number, value in asked_values(model, part).items()
    }
    lines: list[Line] = []
    counting: dict[str, Counting] = {}
    misread: dict[str, Counting] = {}
    for part, line in merge_lines(parts, rule):
        lines.append(msgspec.structs.replace(line, number=len(lines) + 1))
        place = Location(part.name, line.number)
        like_a_name = _LIKE_A_NAME.match(line.text)
        if like_a_name is not None and like_a_name[1] != line.symbol:
            misread[like_a_name[1]] = Counting(place, line.text)
        if line.symbol is not None:
            before = counting.get(line.symbol)
            if before is None or place in asked or before.place not in asked:
                counting[line.symbol] = Counting(place, line.text.rstrip("\r"))
    return Merged(DotConfig("merged", tuple(lines)), asked, misread | counting)


def without(parts: Sequence[DotConfig], place: Location) -> tuple[DotConfig, ...]:
    """`parts` without the line at `place`; the others keep their numbers."""
    return tuple(
        DotConfig(part.name, tuple(line for line in part.lines if line.number != place.line))
        if part.name == place.file
        else part
        for part in parts
    )
