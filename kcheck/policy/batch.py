"""What one process is given to judge at a time, and what it answers."""

from __future__ import annotations

import gc
import pickle
import zlib
from collections import Counter, OrderedDict
from pathlib import Path

import msgspec

from kcheck.checking import Checked, Status, Unread
from kcheck.compressed import Problem, read_content
from kcheck.dotconfig import DotConfig, parse_dotconfig, parse_head
from kcheck.errors import ConfigError, KcheckError
from kcheck.policy.by import By, ground_of
from kcheck.policy.check import check, check_by_lines
from kcheck.policy.ground import Ground
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
    """What a process is given to do."""

    configs: tuple[Asked, ...]
    rules: RuleSet
    by: By


class Answer(msgspec.Struct, frozen=True):
    """What came of a config: its rules' statuses, None where it could not be judged, and all of
    it in `packed`, which unpacked() opens.
    """

    number: int
    statuses: frozenset[Status] | None
    packed: bytes


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


def judge(batch: Batch) -> tuple[Answer, ...]:
    """Judge the configs of a batch."""
    if not _latest or not _latest[0].is_for(batch.rules, batch.by):
        _latest[:] = [Judge(batch.rules, batch.by)]
    last = batch.configs[-1]
    return tuple(
        packed(each.number, _latest[0].judged(each.path, each.name, each is not last))
        for each in batch.configs
    )


_KEPT = 2
"""Kinds of configs of which the last one's values are kept."""
_OFTEN = 4
"""So many of a kind come before it is one to keep, beside the first,"""
_SHARE = 16
"""and at least one in so many."""


class Judge:
    """Judges one config after the other, quicker the more alike they are.

    Alike are those with the same header and, since Debian's for i386 have the header of those for
    amd64, of the same architecture.  Another header, and what there was for the last one's is let
    go of: configs come by their headers.
    """

    def __init__(self, rules: RuleSet, by: By) -> None:
        self._rules = rules
        self._by = by
        self._header: tuple[str, str] | None = None
        self._count = 0
        self._times: Counter[str | None] = Counter()
        self._quick: OrderedDict[str | None, _Ready] = OrderedDict()

    def is_for(self, rules: RuleSet, by: By) -> bool:
        """Whether it judges by just these."""
        return (rules, by) == (self._rules, self._by)

    def judged(self, path: Path, name: str, more: bool = False) -> Checked | Unread:
        """The rules held against the config at `path`, which is called `name`; whether more like
        it follow.
        """
        try:
            content = read_content(path)
            if isinstance(content, Problem):
                raise ConfigError(f"{name}: {content.text}; {_ADVICE}")
            header = parse_head(content, name).header
            if header != self._header:
                self._turn_to(header)
            self._count += 1
            found = self._by_lines_that_count(content, name)
            return found or self._checked(content, name, more)
        except KcheckError as error:
            return Unread(name, str(error))

    def _turn_to(self, header: tuple[str, str] | None) -> None:
        while self._quick:
            self._close_oldest()
        self._count = 0
        self._times.clear()
        self._header = header

    def _close_oldest(self) -> None:
        _, oldest = self._quick.popitem(last=False)
        oldest.quick.close()

    def _by_lines_that_count(self, content: bytes, name: str) -> Checked | None:
        """What is to be said where configs of that kind are kept; None where more of the file is
        wanted.
        """
        if b"\0" in content:
            return None
        for arch, ready in reversed(self._quick.items()):
            config = ready.quick.lines(content, name)
            if (self._by.arch or arch_of(config)) == arch and config.by_symbol:
                self._quick.move_to_end(arch)
                return self._quickly(config, ready)
        return None

    def _quickly(self, config: DotConfig, ready: _Ready) -> Checked | None:
        passed = ready.quick.passed(config, ready.notes)
        ground = ready.quick.ground
        if passed is not None or not ground.is_whole:
            return passed
        _let_go()
        quick = ready.quick
        return check(config, self._rules, ground, ready.notes, quick.prepared())

    def _checked(self, content: bytes, name: str, more: bool) -> Checked:
        config = parse_dotconfig(content, name, _ADVICE)
        if not config.by_symbol:
            raise ConfigError(f"{name}: no line of it sets a symbol")
        ground, notes = ground_of(config, self._rules.symbols, self._by)
        if ground is None:
            return check_by_lines(config, self._rules, notes)
        found = self._as_others(config, content, ground, notes, more)
        if found is not None:
            return found
        _let_go()
        return check(config, self._rules, ground, notes)

    def _as_others(
        self, config: DotConfig, content: bytes, ground: Ground, notes: tuple[str, ...], more: bool
    ) -> Checked | None:
        """What is to be said of the first one of a kind, if that kind is kept from now on, and of
        few others, for which nothing is left behind.
        """
        arch = self._by.arch or arch_of(config)
        # Each line of a file without header is somebody's wish: more than the rules see.
        if arch in self._quick or (config.header is None and not ground.is_whole):
            return None
        self._times[arch] += 1
        is_usual = self._times[arch] >= max(_OFTEN, self._count // _SHARE)
        if is_usual or (more and not self._quick):
            while len(self._quick) >= _KEPT:
                # Before the next one takes memory.
                self._close_oldest()
            self._quick[arch] = _Ready(Quick(ground, self._rules), notes)
            return self._by_lines_that_count(content, config.name)
        if not self._quick or not ground.is_whole:
            return None
        for ready in self._quick.values():
            ready.quick.let_go()
        once = _Ready(Quick(ground, self._rules), notes)
        try:
            return self._quickly(once.quick.lines(content, config.name), once)
        finally:
            once.quick.close()


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
