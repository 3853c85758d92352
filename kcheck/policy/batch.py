"""What one process is given to judge at a time, and what it answers."""

from __future__ import annotations

import gc
import pickle
import zlib
from pathlib import Path

import msgspec

from kcheck.checking import Checked, Status, Unread
from kcheck.compressed import Problem, read_content
from kcheck.dotconfig import DotConfig, parse_dotconfig, parse_head
from kcheck.errors import ConfigError, KcheckError
from kcheck.policy.by import By, ground_of
from kcheck.policy.check import check, check_by_lines
from kcheck.policy.quick import Quick
from kcheck.policy.rules import RuleSet
from kcheck.processes import let_go
from kcheck.question import arch_of

_MOST_LEFT = 250_000
"""Objects that may have come since garbage was collected, some 25 MB."""
_ADVICE = "name another"


class Asked(msgspec.Struct, frozen=True):
    """A config by its number: the file, and what to call it in a report."""

    number: int
    path: Path
    name: str


class Batch(msgspec.Struct, frozen=True):
    """What a process is given to do; and whether configs of another kind than the first `may_wait`
    for a batch of their own.
    """

    configs: tuple[Asked, ...]
    rules: RuleSet
    by: By
    may_wait: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What came of a config: its rules' statuses, None where it could not be judged, and all of
    it in `packed`, which unpacked() opens.
    """

    number: int
    statuses: frozenset[Status] | None
    packed: bytes


class Later(msgspec.Struct, frozen=True):
    """That a config is for another architecture than those with the same header before it: it is
    to be judged together with others like it.
    """

    number: int
    arch: str | None


def packed(number: int, found: Checked | Unread) -> Answer:
    """An answer as it goes from process to process and onto the disk.

    Reports repeat themselves, from rule to rule and from config to config.
    """
    statuses = None
    if isinstance(found, Checked):
        statuses = frozenset(each.status for each in found.results)
    return Answer(number, statuses, zlib.compress(pickle.dumps(found, 5), 1))


def unpacked(content: bytes) -> Checked | Unread:
    """What a process of this program has packed; nothing from elsewhere is to come here."""
    found: Checked | Unread = pickle.loads(zlib.decompress(content))
    return found


_latest: list[Judge] = []


def judge(batch: Batch) -> tuple[Answer | Later, ...]:
    """Judge the configs of a batch."""
    if not _latest or not _latest[0].is_for(batch.rules, batch.by):
        _latest[:] = [Judge(batch.rules, batch.by)]
    last = batch.configs[-1]
    return tuple(_answered(_latest[0], batch, each, each is not last) for each in batch.configs)


def _answered(judge: Judge, batch: Batch, each: Asked, more: bool) -> Answer | Later:
    found = judge.judged(each.path, each.name, more, batch.may_wait)
    if isinstance(found, Kind):
        return Later(each.number, found.arch)
    return packed(each.number, found)


class Kind(msgspec.Struct, frozen=True):
    """What configs that are judged alike say of themselves, or the user of all: Debian's for
    i386 have the header of those for amd64, and defconfigs have none.
    """

    header: tuple[str, str] | None
    arch: str | None


class Judge:
    """Judges one config after the other, quicker the more alike they are.

    What those of one kind are judged by is let go of when one of another kind comes: configs come
    by their kinds.
    """

    def __init__(self, rules: RuleSet, by: By) -> None:
        self._rules = rules
        self._by = by
        self._kind = Kind(None, None)
        self._ready: _Ready | None = None

    def is_for(self, rules: RuleSet, by: By) -> bool:
        """Whether it judges by just these."""
        return (rules, by) == (self._rules, self._by)

    def judged(
        self, path: Path, name: str, more: bool = False, may_wait: bool = False
    ) -> Checked | Unread | Kind:
        """The rules held against the config at `path`, which is called `name`; whether more like
        it follow.

        Its kind only where it may wait, and others with the same header are of another.
        """
        try:
            content = read_content(path)
            if isinstance(content, Problem):
                raise ConfigError(f"{name}: {content.text}; {_ADVICE}")
            found = self._by_lines_that_count(content, name)
            return found or self._by_all_lines(content, name, more, may_wait)
        except KcheckError as error:
            return Unread(name, str(error))

    def _by_lines_that_count(self, content: bytes, name: str) -> Checked | None:
        """What is to be said of a config of the kind that is kept; None where more of the file is
        wanted.
        """
        ready = self._ready
        if ready is None or parse_head(content, name).header != self._kind.header:
            return None
        config = ready.quick.lines(content, name)
        if self._arch_of(config) != self._kind.arch or not config.by_symbol or b"\0" in content:
            return None
        return self._quickly(config, ready)

    def _arch_of(self, config: DotConfig) -> str | None:
        return self._by.arch or arch_of(config)

    def _quickly(self, config: DotConfig, ready: _Ready) -> Checked | None:
        passed = ready.quick.passed(config, ready.notes)
        ground = ready.quick.ground
        if passed is not None or not ground.is_whole:
            return passed
        _let_go()
        quick = ready.quick
        return check(config, self._rules, ground, ready.notes, quick.prepared())

    def _by_all_lines(
        self, content: bytes, name: str, more: bool, may_wait: bool
    ) -> Checked | Kind:
        config = parse_dotconfig(content, name, _ADVICE)
        if not config.by_symbol:
            raise ConfigError(f"{name}: no line of it sets a symbol")
        kind = Kind(config.header, self._arch_of(config))
        if kind != self._kind:
            if may_wait and self._ready is not None and kind.header == self._kind.header:
                return kind
            self._turn_to(kind)
        ground, notes = ground_of(config, self._rules.symbols, self._by)
        if ground is None:
            return check_by_lines(config, self._rules, notes)
        # Each line of a file without header is somebody's wish: more than the rules see.
        is_quick = ground.is_whole or config.header is not None
        if more and is_quick and self._ready is None:
            self._ready = _Ready(Quick(ground, self._rules), notes)
            found = self._by_lines_that_count(content, name)
            if found is not None:
                return found
        _let_go()
        return check(config, self._rules, ground, notes)

    def _turn_to(self, kind: Kind) -> None:
        if self._ready is not None:
            # Before the next one takes memory.
            self._ready.quick.close()
            self._ready = None
        self._kind = kind


def _let_go() -> None:
    """Collect garbage once there may be much of it: kcheck's own processes leave that to us.

    What is kept is looked through, too, so it is done as seldom as memory allows.
    """
    if gc.get_count()[0] > _MOST_LEFT:
        let_go()


class _Ready(msgspec.Struct, frozen=True):
    """What configs of one kind are judged by, and what is to be known of that."""

    quick: Quick
    notes: tuple[str, ...]
