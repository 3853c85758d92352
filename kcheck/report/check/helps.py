"""What stands beside the findings of a config: counts, clashes, its basis, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from kcheck.checking import Basis, Checked, Clash, Repair, Result, Status, Unread
from kcheck.report.audit import sentence
from kcheck.report.chain import asked
from kcheck.report.layout import Line

_COUNTED = {
    Status.FAIL: ("error", "errors"),
    Status.WARN: ("warning", "warnings"),
    Status.PASS: ("passed", "passed"),
    Status.WAIVED: ("waived", "waived"),
    Status.NOT_APPLICABLE: ("not applicable", "not applicable"),
}


class Statement(msgspec.Struct, frozen=True):
    """Something said in words, and the Kconfig lines that bear it out."""

    text: str
    lines: tuple[str, ...] = ()


def counted(results: Iterable[Result]) -> str:
    """`1 error, 14 passed`; what there is none of is left out."""
    return _counted(Counter(each.status for each in results))


def _counted(counts: Counter[Status]) -> str:
    said = [
        f"{counts[each]} {words[counts[each] != 1]}"
        for each, words in _COUNTED.items()
        if counts[each]
    ]
    return ", ".join(said) or "no rules"


class Tally:
    """Counts the results of configs that are gone through one by one."""

    def __init__(self) -> None:
        self._statuses: Counter[Status] = Counter()
        self._configs = 0

    def through(self, configs: Iterable[Checked]) -> Iterator[Checked]:
        """The configs themselves, each counted before it is given."""
        for each in configs:
            self._configs += 1
            self._statuses.update(result.status for result in each.results)
            yield each

    def total(self, unread: int) -> str:
        """The counts of all configs; their number where it is not one, and how many could not
        be read.
        """
        said = _counted(self._statuses)
        configs = self._configs
        if configs == 1 and not unread:
            return said
        parts = [f"{configs} config{'' if configs == 1 else 's'}: {said}"] if configs else []
        parts += [f"{unread} not judged"] if unread else []
        return "; ".join(parts) or "no configs"


def unread_said(unread: Unread) -> str:
    """Why a config could not be judged, its name before that but once."""
    if unread.config in unread.message:
        return unread.message
    return f"{unread.config}: {unread.message}"


def judged_by(checked: Checked) -> tuple[str, ...]:
    """What a config was judged by, in words that may be parted."""
    if checked.basis is Basis.VALUES or checked.target is None:
        about = " ".join(each for each in (checked.version, checked.arch) if each)
        return ("the values of its own lines alone", *((f"({about})",) if about else ()))
    target = checked.target
    source = "a snapshot of " if checked.basis is Basis.SNAPSHOT else ""
    arch = checked.arch or target.arch
    parts = (f"{source}linux {checked.version or target.version}", arch, target.compiler)
    return tuple(each for each in parts if each)


def fix_label(repair: Repair) -> str:
    """What the lines of a repair are called."""
    return f"fix ({'' if repair.proved_minimal else 'not '}proved minimal)"


def applied(repair: Repair) -> str:
    """What a repair's lines bring about."""
    rules = "all other rules hold" if repair.clashes else "all rules hold"
    count = len(repair.effects)
    others = f"{count} other symbol{' changes' if count == 1 else 's change'}"
    return f"with {'it' if len(repair.lines) == 1 else 'these'} {rules}; {others}"


def given_up(repair: Repair) -> tuple[str, ...]:
    """The symbols that go off, or from y to m, with a repair."""
    return tuple(
        each.symbol if each.after in ("n", "") else f"{each.symbol}={each.after}"
        for each in repair.lost
    )


def clash_said(clash: Clash) -> Statement:
    """Which rules cannot hold together, or which one cannot hold, and why."""
    proof = () if clash.proof is None else clash.proof.core
    core = tuple(
        sentence(Line(f"{each.symbol}: {each.text}", place=str(each.location or "")))
        for each in proof
    )
    if len(clash.rules) > 1:
        which = f"{', '.join(clash.rules[:-1])} and {clash.rules[-1]}"
        return Statement(f"{which} cannot {'both' if len(clash.rules) == 2 else 'all'} hold", core)
    (rule,) = clash.rules
    if clash.answers:
        asks = "; ".join(
            f"{' '.join(asked(each.macro, each.answer, each.source))}, "
            f"has to be {each.wanted or 'empty'}"
            for each in clash.answers
        )
        return Statement(f"{rule} cannot hold with this toolchain: {asks}", core)
    return Statement(f"{rule} cannot hold here whatever is set", core)


def notes_of(checked: Checked) -> tuple[str, ...]:
    """Notes on a config: waivers that are past their day, then those that it came with."""
    expired: dict[str, None] = {}
    for each in checked.results:
        if each.waiver is not None and each.waiver.expired:
            waiver = each.waiver
            expired[
                f"the waiver of {each.rule.id} expired on {waiver.until} "
                f"({waiver.location}): {waiver.reason}"
            ] = None
    return (*expired, *checked.notes)


def common_notes(notes: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Of the notes of each config those that several configs have, all of them."""
    common: dict[str, None] = {}
    number = 0
    for number, own in enumerate(notes, 1):
        common = (
            {each: None for each in common if each in own} if number > 1 else dict.fromkeys(own)
        )
    return tuple(common) if number > 1 else ()
