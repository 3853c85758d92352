"""What would let lost lines survive: lines to drop, lines to add, lines that clash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from kcheck.auditing import Drop, Lost, Remedy, Superseded
from kcheck.goals import parse_goal
from kcheck.model import Location
from kcheck.solve.session import Session

Survives = Callable[[Location, Lost], bool]
"""Whether the lost line survives where the line at that place is left out."""

_TRIALS = 8
"""So many lines are left out on trial, those first that most lost lines name."""


def drops(lost: Sequence[Lost], files: frozenset[str], survives: Survives) -> tuple[Drop, ...]:
    """The lines of `files`, named as causes, without which others survive.

    That an earlier line survives without the one that overrides it goes without saying.
    """
    blamed = {
        each.line: set(places_in(each.causes)) - {each.line}
        for each in lost
        if not any(isinstance(cause, Superseded) for cause in each.causes)
    }
    count = Counter(place for places in blamed.values() for place in places if place.file in files)
    found: list[Drop] = []
    for place, _ in count.most_common(_TRIALS):
        naming = [each for each in lost if place in blamed.get(each.line, ())]
        saved = tuple(each.line for each in naming if survives(place, each))
        if saved:
            found.append(Drop(place, saved))
    return tuple(sorted(found, key=lambda drop: drop.line))


def places_in(value: object) -> Iterator[Location]:
    """Every place that stands in a cause, or in several."""
    if isinstance(value, Location):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from places_in(each)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from places_in(getattr(value, name))


def remedy(
    session: Session,
    goals: dict[Location, str],
    lost: Sequence[Lost],
    dropped: tuple[Drop, ...],
) -> Remedy:
    """What helps `lost`, of the lines that want `goals`, SYMBOL=value each."""
    places = tuple(goals)
    wanting = {each.line for each in lost}
    doubtful = tuple(number for number, place in enumerate(places) if place in wanting)
    if not doubtful:
        return Remedy(dropped)
    parsed = tuple(parse_goal(session.model, goal) for goal in goals.values())
    clashes, plan = session.together(parsed, doubtful)
    return Remedy(
        dropped,
        tuple(tuple(sorted(places[number] for number in clash)) for clash in clashes),
        None if plan is None else plan.lines,
    )
