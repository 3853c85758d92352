"""Two trees compared: which verdicts changed, and what changed in the dependencies."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kcheck.comparison import (
    Changed,
    Comparison,
    Contrast,
    Standing,
    Trend,
    Version,
    changed,
    contrasts,
    plan_of,
    standing,
)
from kcheck.findings import Explanation
from kcheck.report.arches import why
from kcheck.report.changes import change_lines
from kcheck.report.layout import WIDTH, Line, aligned, labelled, laid_out, with_notes, wrapped
from kcheck.survey import Row, Unanswered

WORDS = {
    Standing.ENABLED: "enabled",
    Standing.REACHABLE: "can",
    Standing.CONFLICT: "conflict",
    Standing.BLOCKED: "toolchain",
    Standing.IMPOSSIBLE: "impossible",
    Standing.UNDEFINED: "not defined",
}
_HEADS = ("ARCH", "  VERDICT", "LINES", "WHY")
FEW = 12
"""So many changes further away are told without being asked for."""
NO_ARCHITECTURE = "no such architecture in this tree"


class Side(msgspec.Struct, frozen=True):
    """What one tree says on one architecture, in words; `lines` empty without a plan."""

    verdict: str
    lines: str
    why: str


def diff_text(found: Comparison, about: str, show_all: bool, notes: Sequence[str]) -> str:
    """A part for each symbol, then what all of them rest on."""
    parts: list[str] = []
    for number, symbol in enumerate(found.symbols):
        pairs = contrasts(found, number)
        first, *more = wrapped(f"{symbol}   {headline(pairs)}".split(" "), " ", WIDTH - 2)
        parts += [first, *(f"  {row}" for row in more)]
        subject = f"{subject_of(found)}   {about}"
        parts += [f"  {row}" for row in wrapped(subject.split(" "), " ", WIDTH - 2)]
        parts += _table(pairs)
        parts += _changes(symbol, changed(found, number), show_all)
        parts.append("")
    return with_notes(parts, notes)


def subject_of(found: Comparison) -> str:
    """The two trees: `v7.2 (7.2.0, 1a2b3c4d5e6f) -> 7.3 (7.3.4, snapshot)`."""
    return " -> ".join(_named(each) for each in found.versions)


def _named(version: Version) -> str:
    source = "snapshot" if version.is_snapshot else version.commit
    return f"{version.name} ({version.version}{source and f', {source}'})"


def headline(pairs: Sequence[Contrast]) -> str:
    """What became of the verdicts, the worst first."""
    compared = [each for each in pairs if each.trend is not Trend.UNCOMPARED]
    total = f"{len(compared)} architecture{'' if len(compared) == 1 else 's'}"
    said: list[str] = []
    for trend, word in ((Trend.WORSE, "worse"), (Trend.BETTER, "better")):
        ways: dict[tuple[Standing, Standing], list[str]] = {}
        for each in compared:
            if each.trend is trend:
                ways.setdefault(each.standings, []).append(each.arch)
        count = sum(map(len, ways.values()))
        listed = "; ".join(
            f"{', '.join(arches)} {WORDS[before]} -> {WORDS[after]}"
            for (before, after), arches in ways.items()
        )
        if ways:
            said.append(f"{word} on {count}{'' if said else f' of {total}'}: {listed}")
    if not said:
        said.append(f"no verdict changed on {total}" if compared else "not compared anywhere")
    others: dict[str, list[str]] = {}
    for each in compared:
        if each.trend is Trend.OTHER:
            others.setdefault(_otherwise(each), []).append(each.arch)
    said += [f"{what} on {', '.join(arches)}" for what, arches in others.items()]
    lost = [each.arch for each in pairs if each.trend is Trend.UNCOMPARED]
    if lost and compared:
        said.append(f"not compared on {', '.join(lost)}")
    return "; ".join(said)


def _otherwise(pair: Contrast) -> str:
    """What differs where the verdict does not."""
    before, after = pair.explanations()
    one, other = plan_of(before), plan_of(after)
    if one and other and len(one.lines) != len(other.lines):
        return "more lines" if len(one.lines) < len(other.lines) else "fewer lines"
    return "other losses" if one and other else "another value"


def sides(pair: Contrast) -> tuple[Side, Side]:
    """What each of the two trees says."""
    before, after = pair.explanations()
    return _side(pair.before, before), _side(pair.after, after)


def _side(row: Row | Unanswered | None, found: Explanation | None) -> Side:
    if found is None:
        said = "not asked" if isinstance(row, Unanswered) else WORDS[Standing.UNDEFINED]
        return Side(said, "", "" if isinstance(row, Unanswered) else NO_ARCHITECTURE)
    verdict = standing(found)
    word = WORDS[verdict]
    if verdict is Standing.UNDEFINED:
        return Side(word, "", "no file that is read for it defines the symbol")
    if verdict is Standing.ENABLED and found.value != "y":
        word = f"{word}, {found.value}"
    plan = plan_of(found)
    mark = " *" if isinstance(row, Row) and row.is_foreign else ""
    return Side(word + mark, "" if plan is None else str(len(plan.lines)), why(found))


def listed(pairs: Sequence[Contrast]) -> list[Contrast]:
    """Those that something is to be said about: the worst first."""
    order = list(Trend)
    told = [each for each in pairs if each.trend not in (Trend.SAME, Trend.UNCOMPARED)]
    return sorted(told, key=lambda each: order.index(each.trend))


def unchanged(pairs: Sequence[Contrast]) -> str:
    """The rest as counts: `18: 1 enabled, 17 not defined`."""
    rest = [each.standings[1] for each in pairs if each.trend is Trend.SAME]
    counts = [f"{rest.count(each)} {WORDS[each]}" for each in WORDS if each in rest]
    return ", ".join(counts)


def _table(pairs: Sequence[Contrast]) -> list[str]:
    """Two rows for each architecture that changed: before, after."""
    rows = [_HEADS] if listed(pairs) else []
    for pair in listed(pairs):
        before, after = sides(pair)
        rows.append((pair.arch, f"- {before.verdict}", before.lines or "-", before.why))
        rows.append(("", f"+ {after.verdict}", after.lines or "-", after.why))
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    room = WIDTH - 2 - sum(widths) - 6
    made: list[str] = []
    for arch, verdict, lines, cause in rows:
        head = f"  {arch:<{widths[0]}}  {verdict:<{widths[1]}}  {lines:>{widths[2]}}  "
        first, *more = wrapped(cause.split(" "), " ", room)
        made += [(head + first).rstrip(), *(" " * len(head) + each for each in more)]
    same = unchanged(pairs)
    return made + labelled("same", wrapped(same.split(" "), " ", WIDTH - 8), 4) if same else made


def _changes(symbol: str, found: Changed, show_all: bool) -> list[str]:
    near = change_lines(found.near, 2)
    rows = [f"  changed in {symbol} and its own dependencies"]
    if not near:
        rows = [f"  nothing changed in {symbol} and its own dependencies"]
    rows += _laid_out(near)
    if not found.far:
        return [*rows, f"  nor in what else it hangs on, {found.hangs_on} symbols in all"]
    symbols = len({each.change.symbol for each in found.far})
    plural = "" if symbols == 1 else "s"
    if show_all or len(found.far) <= FEW:
        rows.append(
            f"  changed further away, {symbols} of the {found.hangs_on} symbols it hangs on"
        )
        return rows + _laid_out(change_lines(found.far, 2))
    return [
        *rows,
        f"  and {symbols} other symbol{plural} of the {found.hangs_on} that it hangs on (--all)",
    ]


def _laid_out(lines: Sequence[Line]) -> list[str]:
    return [row for line in aligned(list(lines)) for row in laid_out(line)]


def notes_of(found: Comparison) -> tuple[str, ...]:
    """What could not be asked, what should be known of how it was asked, and what is assumed."""
    notes: list[str] = []
    assumptions: dict[str, None] = {}
    is_foreign = False
    for course in found.courses:
        for version, row in zip(found.versions, course.rows, strict=True):
            match row:
                case Unanswered(arch, message):
                    notes.append(f"{arch}, {version.name}: {message}")
                case Row(arch, explanations=explanations, notes=own):
                    notes += [f"{arch}, {version.name}: {each}" for each in own]
                    is_foreign |= row.is_foreign and any(map(standing, explanations))
                    assumptions |= dict.fromkeys(
                        each for one in explanations for each in one.assumptions
                    )
    if is_foreign:
        notes.append(
            "* rests on what this machine's own compiler answered, for want of one for that machine"
        )
    return (*notes, *assumptions)
