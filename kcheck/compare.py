"""One question over all architectures of several trees, several processes at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from kcheck.changes.between import Difference, difference
from kcheck.comparison import Comparison, Course, Version
from kcheck.errors import KcheckError, NotKeptError, UnknownSymbolError
from kcheck.explain.answer import explain_in_part, not_defined
from kcheck.findings import Explanation
from kcheck.kconfig.load import Loaded, load
from kcheck.matrix import Asked, row_of
from kcheck.model import Model
from kcheck.processes import answers, let_go, processes
from kcheck.question import Question
from kcheck.survey import Row, Unanswered
from kcheck.trees.places import open_again


class Journey(msgspec.Struct, frozen=True):
    """What one process is given to find out: the question to each tree, in their order.

    None for a tree that does not have the sub-architecture `arch`.
    """

    arch: str
    stations: tuple[Asked | None, ...]


class Travelled(msgspec.Struct, frozen=True):
    """What came of a journey.

    `unknown` says why, of a name of which no tree has a symbol, `not_kept` of one that no
    snapshot has for this sub-architecture.
    """

    course: Course
    unknown: str | None
    not_kept: str | None


def journeys(by_tree: Sequence[Mapping[str, Asked]]) -> tuple[Journey, ...]:
    """The questions to each tree, by sub-architecture, put together for each of those."""
    names = sorted({name for questions in by_tree for name in questions})
    return tuple(
        Journey(name, tuple(questions.get(name) for questions in by_tree)) for name in names
    )


def travel(journey: Journey) -> Travelled:
    """Ask one sub-architecture of each tree."""
    let_go()
    rows: list[Row | Unanswered | None] = []
    steps: list[Difference | None] = []
    unknown: list[dict[str, str]] = []
    not_kept: list[str] = []
    last: Model | None = None
    for asked in journey.stations:
        model = None
        if asked is None:
            rows.append(None)
        else:
            try:
                loaded = load(open_again(asked.tree), asked.kind.arch, asked.toolchain, asked.mode)
                row, missing = _row(asked, loaded)
                model = loaded.model
                rows.append(row)
                unknown.append(missing)
            except KcheckError as error:
                rows.append(Unanswered(asked.kind.name, str(error)))
                if isinstance(error, NotKeptError):
                    not_kept.append(str(error))
        if len(rows) > 1:
            names = _names(rows)
            steps.append(difference(last, model, names) if last and model else None)
        last = model
    nowhere = None
    if len(unknown) == len(rows):
        names_missing = set(unknown[0]).intersection(*unknown[1:])
        nowhere = next((unknown[-1][name] for name in unknown[-1] if name in names_missing), None)
    course = Course(journey.arch, tuple(rows), tuple(steps))
    return Travelled(course, nowhere, not_kept[-1] if len(not_kept) == len(rows) else None)


def _row(asked: Asked, loaded: Loaded) -> tuple[Row, dict[str, str]]:
    """The answers, and of each symbol that the tree does not know why.

    One of the trees need not know it: a symbol that is new, or gone.
    """
    unknown: dict[str, str] = {}

    def explained(question: Question, symbol: str) -> Explanation:
        try:
            return explain_in_part(question, symbol)
        except UnknownSymbolError as error:
            unknown[symbol] = str(error)
            return not_defined(loaded.parts.frame, symbol)

    return row_of(asked, loaded, explained), unknown


def _names(rows: Sequence[Row | Unanswered | None]) -> tuple[str, ...]:
    """The symbols as the last two trees write them."""
    answers = [row.explanations for row in rows[-2:] if isinstance(row, Row)]
    return tuple(
        next((each.symbol for each in found if each.definitions), found[0].symbol)
        for found in zip(*answers, strict=True)
    )


def compare(
    versions: Sequence[Version],
    symbols: Sequence[str],
    asked: Sequence[Journey],
    workers: int,
    answered: Callable[[], None],
) -> Comparison:
    """Make all journeys, `workers` at a time; `answered` is called as each comes back.

    Raises UnknownSymbolError for a name of which no tree knows a symbol, NotKeptError for one
    that no snapshot has.
    """
    found: list[Travelled] = []
    for travelled in answers(travel, asked, processes(workers), answered):
        if travelled.unknown is not None:
            raise UnknownSymbolError(travelled.unknown)
        found.append(travelled)
    if found and all(each.not_kept for each in found):
        raise NotKeptError(str(found[0].not_kept))
    courses = tuple(sorted((each.course for each in found), key=lambda course: course.arch))
    names = tuple(_spelled(courses, number, name) for number, name in enumerate(symbols))
    return Comparison(names, tuple(versions), courses)


def _spelled(courses: Sequence[Course], number: int, name: str) -> str:
    """The symbol as the trees write it, which need not be as the user did."""
    explained = (
        row.explanations[number] for each in courses for row in each.rows if isinstance(row, Row)
    )
    return next((each.symbol for each in explained if each.definitions), name)
