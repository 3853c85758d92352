"""The Kconfig lines that a finding rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from kcheck.checking import Failing, Result
from kcheck.findings import Explanation, Origin, WhyOn
from kcheck.model import Location

_PLACE = re.compile(r"(.+):([1-9][0-9]*)")
_LINES_OF_CONFIGS = frozenset({"asked", "line"})
"""Fields of reasons and causes that name lines of .config files, not of Kconfig files."""


def related_lines(result: Result, config: str) -> tuple[Location, ...]:
    """Kconfig lines, each once: those of the reasons first, then where the value comes from, where
    the symbol is defined, and the conditions that do not hold.
    """
    found: dict[Location, None] = {}
    for failing in result.failing:
        found.update(dict.fromkeys(_of_failing(failing)))
    if result.lost is not None:
        found.update(dict.fromkeys(_locations(result.lost.causes)))
    return tuple(each for each in found if each.file != config)


def _of_failing(failing: Failing) -> Iterator[Location]:
    match failing.why:
        case Explanation() as why:
            yield from _locations(why.reasons)
            yield from _of_origins(why.origins)
            yield from why.definitions
            yield from (each.location for each in why.conditions if not each.holds)
        case WhyOn() as why:
            yield from _of_origins(why.kept_by)
            yield from why.definitions
        case None:
            return


def _of_origins(origins: tuple[Origin, ...]) -> Iterator[Location]:
    for each in origins:
        match = _PLACE.fullmatch(each.place)
        if match is not None:
            yield Location(match[1], int(match[2]))


def _locations(value: Any) -> Iterator[Location]:
    """All places within a reason or a cause, from the outside inwards."""
    if isinstance(value, Location):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _locations(each)
    elif isinstance(value, msgspec.Struct):
        fields = msgspec.structs.asdict(value)
        own = fields.pop("location", None)
        yield from _locations(own)
        for name, each in fields.items():
            if name not in _LINES_OF_CONFIGS:
                yield from _locations(each)
