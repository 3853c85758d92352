"""One question put to several trees: what each said, and what changed between them, as values."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence

import msgspec

from kcheck.changes.between import Change, Difference
from kcheck.changes.statements import Defined, ImpliedBy, SelectedBy
from kcheck.findings import Costly, Explanation, NeedsToolchain, Plan, Reachable, Verdict
from kcheck.survey import Row, Unanswered


class Version(msgspec.Struct, frozen=True):
    """A tree: what the user called it, its kernel version, and where it comes from.

    `commit` is the short name of the commit that it was taken from; empty for a folder.
    """

    name: str
    version: str
    source: str
    commit: str = ""
    is_snapshot: bool = False


class Course(msgspec.Struct, frozen=True):
    """What one sub-architecture says, tree by tree; None for a tree that does not have it.

    `steps` has what changed from each tree to the next; None where one of the two has no
    answer.
    """

    arch: str
    rows: tuple[Row | Unanswered | None, ...]
    steps: tuple[Difference | None, ...]


class Comparison(msgspec.Struct, frozen=True):
    """All answers about several trees, sub-architectures by name."""

    symbols: tuple[str, ...]
    versions: tuple[Version, ...]
    courses: tuple[Course, ...]


class Standing(enum.IntEnum):
    """How far a symbol is from being on; the higher, the better."""

    UNDEFINED = 0
    IMPOSSIBLE = 1
    BLOCKED = 2
    CONFLICT = 3
    REACHABLE = 4
    ENABLED = 5


_STANDINGS = {
    Verdict.ENABLED: Standing.ENABLED,
    Verdict.REACHABLE: Standing.REACHABLE,
    Verdict.CONFLICT: Standing.CONFLICT,
    Verdict.BLOCKED: Standing.BLOCKED,
    Verdict.IMPOSSIBLE: Standing.IMPOSSIBLE,
}


class Trend(enum.Enum):
    """What became of the answer on one sub-architecture from one tree to another."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"
    """The same verdict with another value or another plan."""
    SAME = "same"
    UNCOMPARED = "uncompared"
    """One of the two has no answer."""


class Contrast(msgspec.Struct, frozen=True):
    """A symbol on one sub-architecture in two trees."""

    arch: str
    before: Row | Unanswered | None
    after: Row | Unanswered | None
    number: int
    """Which of the symbols asked about it is."""

    def explanations(self) -> tuple[Explanation | None, Explanation | None]:
        """Both answers; None for a tree without that architecture, or without an answer."""
        return (
            self.before.explanations[self.number] if isinstance(self.before, Row) else None,
            self.after.explanations[self.number] if isinstance(self.after, Row) else None,
        )

    @property
    def standings(self) -> tuple[Standing, Standing]:
        """Both verdicts.  An architecture that is not there does not define the symbol."""
        before, after = self.explanations()
        return standing(before), standing(after)

    @property
    def trend(self) -> Trend:
        """Whether the verdict got worse, better, or neither."""
        if isinstance(self.before, Unanswered) or isinstance(self.after, Unanswered):
            return Trend.UNCOMPARED
        before, after = self.standings
        if before != after:
            return Trend.WORSE if after < before else Trend.BETTER
        one, other = self.explanations()
        return Trend.SAME if _gist(one) == _gist(other) else Trend.OTHER


def standing(found: Explanation | None) -> Standing:
    """The verdict, told apart by whether the symbol is defined at all."""
    if found is None or not found.definitions:
        return Standing.UNDEFINED
    return _STANDINGS[found.verdict]


def plan_of(found: Explanation | None) -> Plan | None:
    """The lines that would turn the symbol on, where there are any."""
    match found.solution if found else None:
        case Reachable(plan) | Costly(plan) | NeedsToolchain(_, plan):
            return plan
        case _:
            return None


def _gist(found: Explanation | None) -> tuple[str, int, frozenset[str]]:
    if standing(found) is Standing.UNDEFINED or found is None:
        return ("", 0, frozenset())
    plan = plan_of(found)
    lost = frozenset(each.symbol for each in plan.lost) if plan else frozenset[str]()
    return (found.value, len(plan.lines) if plan else 0, lost)


def contrasts(found: Comparison, number: int, step: int = 0) -> tuple[Contrast, ...]:
    """The symbol with that number on every sub-architecture, in a tree and in the next."""
    return tuple(
        Contrast(each.arch, each.rows[step], each.rows[step + 1], number) for each in found.courses
    )


class Shared(msgspec.Struct, frozen=True):
    """A change, and the sub-architectures on which it is one.

    `is_general` where these are all those that it could concern.
    """

    change: Change
    arches: tuple[str, ...]
    is_general: bool


class Changed(msgspec.Struct, frozen=True):
    """What changed about a symbol and its own dependencies, and in the rest of its cone."""

    near: tuple[Shared, ...]
    far: tuple[Shared, ...]
    hangs_on: int
    """The number of symbols in its cone, over all sub-architectures."""


def changed(found: Comparison, number: int, step: int = 0) -> Changed:
    """What changed between a tree and the next for the symbol with that number."""
    steps = [(each.arch, each.steps[step]) for each in found.courses]
    compared = [(arch, each) for arch, each in steps if each is not None]
    near = dict.fromkeys(name for _, each in compared for name in each.near[number])
    cone = frozenset[str]().union(*(each.hangs_on[number] for _, each in compared))
    every = list(_shared(compared, cone))
    by_symbol: dict[str, list[Shared]] = {}
    for each in every:
        by_symbol.setdefault(each.change.symbol, []).append(each)
    far = [name for name in sorted(by_symbol) if name not in near]
    return Changed(
        tuple(each for name in near for each in by_symbol.get(name, ())),
        tuple(each for name in far for each in by_symbol[name]),
        len(cone),
    )


def _shared(compared: Sequence[tuple[str, Difference]], cone: frozenset[str]) -> Iterator[Shared]:
    """Equal changes of several sub-architectures as one.

    Where a symbol comes (or goes) on some only, what is said of it was said on others before
    (or still is): of these statements only who selects it there is told.
    """
    places: dict[Change, list[str]] = {}
    before = frozenset[str]().union(*(each.before for _, each in compared))
    after = frozenset[str]().union(*(each.after for _, each in compared))
    for arch, each in compared:
        for change in each.changes:
            symbol = change.symbol
            is_elsewhere = symbol in before & after and symbol in each.before ^ each.after
            is_own = isinstance(change.statement, Defined | SelectedBy | ImpliedBy)
            if symbol in cone and (is_own or not is_elsewhere):
                places.setdefault(change, []).append(arch)
    for change, arches in places.items():
        symbol = change.symbol
        both = {arch for arch, each in compared if symbol in each.before & each.after}
        either = {arch for arch, each in compared if symbol in each.before | each.after}
        yield Shared(change, tuple(arches), set(arches) >= (both or either))
