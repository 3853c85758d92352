"""What two models say differently of some symbols, change by change."""

from __future__ import annotations

import enum
from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from kcheck.changes.state import statements
from kcheck.changes.statements import (
    Defined,
    DependsOn,
    HasPrompt,
    PromptIf,
    Said,
    Statement,
    Statements,
    TypeIs,
    key,
)
from kcheck.model import Location, Model
from kcheck.operands import symbols_in
from kcheck.parts import Parts


class How(enum.Enum):
    """What became of a statement."""

    REMOVED = "removed"
    ADDED = "added"
    MOVED = "moved"
    """It stands elsewhere among others of its kind, whose order counts."""


class Change(msgspec.Struct, frozen=True):
    """What became of a statement about `symbol`; `location` is in the tree that makes it."""

    symbol: str
    how: How
    statement: Statement
    location: Location


class Difference(msgspec.Struct, frozen=True):
    """What two models, of one architecture, say differently of all that some symbols hang on.

    For each of the symbols asked about, `near` has itself and what its own dependencies name,
    in the order written, and `hangs_on` its whole cone.  `before` and `after` are those of
    all these symbols that the one and the other model defines.
    """

    changes: tuple[Change, ...]
    near: tuple[tuple[str, ...], ...]
    hangs_on: tuple[frozenset[str], ...]
    before: frozenset[str]
    after: frozenset[str]


def difference(before: Model, after: Model, symbols: Sequence[str]) -> Difference:
    """All that changed in the cones of `symbols`, in either model."""
    one, other = Parts.of(before), Parts.of(after)
    near = tuple(near_symbols(before, after, each) for each in symbols)
    cones = tuple(
        one.cone([each]) | other.cone([each]) | set(names)
        for each, names in zip(symbols, near, strict=True)
    )
    every = frozenset[str]().union(*cones)
    # A snapshot does not say of what is not in its cone whether it is still defined.
    every = frozenset(name for name in every if before.knows(name) and after.knows(name))
    first = dict.fromkeys(name for names in near for name in names)
    order = [*(name for name in first if name in every), *sorted(every - first.keys())]
    return Difference(
        tuple(changes(before, after, order)),
        near,
        cones,
        every & before.symbols.keys(),
        every & after.symbols.keys(),
    )


def near_changes(before: Model, after: Model, symbol: str) -> tuple[Change, ...]:
    """What changed about `symbol` itself and about what its own dependencies name."""
    return tuple(changes(before, after, near_symbols(before, after, symbol)))


def near_symbols(before: Model, after: Model, symbol: str) -> tuple[str, ...]:
    """`symbol`, and what its dependencies name in either model, in the order written."""
    found = {symbol: None}
    for model in (before, after):
        said = statements(model, symbol)
        for each in said.others if said else ():
            if isinstance(each.statement, DependsOn):
                found |= dict.fromkeys(symbols_in(each.statement.condition.expr))
    return tuple(found)


def changes(before: Model, after: Model, symbols: Iterable[str]) -> Iterator[Change]:
    """What changed about each of `symbols`, in that order; what is gone before what is new."""
    for symbol in symbols:
        one, other = statements(before, symbol), statements(after, symbol)
        if one is not None and other is not None:
            yield from _between(symbol, one, other)
        elif one is not None:
            yield from (_change(symbol, How.REMOVED, each) for each in _all(one))
        elif other is not None:
            yield from (_change(symbol, How.ADDED, each) for each in _all(other))


def _change(symbol: str, how: How, said: Said) -> Change:
    return Change(symbol, how, said.statement, said.location)


def _all(said: Statements) -> Iterator[Said]:
    yield Said(Defined(said.type), said.location)
    yield from said.others
    if said.prompt is not None:
        yield _has_prompt(said)
    for each in said.ordered:
        yield from each


def _has_prompt(said: Statements) -> Said:
    shown = (each.statement for each in said.prompt or ())
    conditions = tuple(each.condition for each in shown if isinstance(each, PromptIf))
    return Said(HasPrompt(conditions), said.location)


def _between(symbol: str, one: Statements, other: Statements) -> Iterator[Change]:
    sides: list[dict[Hashable, Said]] = []
    for said, opposite in ((one, other), (other, one)):
        found: dict[Hashable, Said] = {said.type: Said(TypeIs(said.type), said.location)}
        for each in said.others:
            found.setdefault(key(each.statement), each)
        if said.prompt is not None and opposite.prompt is not None:
            found |= {key(each.statement): each for each in said.prompt}
        elif said.prompt is not None:
            prompt = _has_prompt(said)
            found[key(prompt.statement)] = prompt
        sides.append(found)
    old, new = sides
    yield from (_change(symbol, How.REMOVED, old[each]) for each in old if each not in new)
    yield from (_change(symbol, How.ADDED, new[each]) for each in new if each not in old)
    for left, right in zip(one.ordered, other.ordered, strict=True):
        yield from _in_order(symbol, left, right)


def _in_order(symbol: str, left: Sequence[Said], right: Sequence[Said]) -> Iterator[Change]:
    ours = [key(each.statement) for each in left]
    theirs = [key(each.statement) for each in right]
    gone: list[int] = []
    come: list[int] = []
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for what, start, end, from_, to in matcher.get_opcodes():
        if what != "equal":
            gone += range(start, end)
            come += range(from_, to)
    for index in gone:
        if ours[index] not in [theirs[each] for each in come]:
            yield _change(symbol, How.REMOVED, left[index])
    for index in come:
        moved = theirs[index] in [ours[each] for each in gone]
        yield _change(symbol, How.MOVED if moved else How.ADDED, right[index])
