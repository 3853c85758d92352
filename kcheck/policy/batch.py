"""What one process is given to judge at a time, and what it answers."""

from __future__ import annotations

import gc
import pickle
import zlib
from collections import OrderedDict
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


class _Kind(msgspec.Struct, frozen=True):
    """What configs that are judged alike say of themselves, or the user of all: Debian's for
    i386 have the header of those for amd64, and defconfigs have none.
    """

    header: tuple[str, str] | None
    arch: str | None


class Judge:
    """Judges one config after the other, quicker the more alike they are."""

    def __init__(self, rules: RuleSet, by: By) -> None:
        self._rules = rules
        self._by = by
        self._seen: set[_Kind] = set()
        self._quick: OrderedDict[_Kind, _Ready] = OrderedDict()

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
            found = self._by_lines_that_count(content, name)
            return found or self._checked(content, name, more)
        except KcheckError as error:
            return Unread(name, str(error))

    def _by_lines_that_count(self, content: bytes, name: str) -> Checked | None:
        """What is to be said where configs of that kind were seen; None where more of the file
        is wanted.
        """
        header = parse_head(content, name).header
        if b"\0" in content:
            return None
        for kind, ready in reversed(self._quick.items()):
            if kind.header == header:
                config = ready.quick.lines(content, name)
                if (self._by.arch or arch_of(config)) == kind.arch and config.by_symbol:
                    self._quick.move_to_end(kind)
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
        if self._prepare(config, ground, notes, more):
            found = self._by_lines_that_count(content, name)
            if found is not None:
                return found
        _let_go()
        return check(config, self._rules, ground, notes)

    def _prepare(
        self, config: DotConfig, ground: Ground, notes: tuple[str, ...], more: bool
    ) -> bool:
        """Be quick with configs of that kind, from the first on if more have its header and none
        of another kind had that, else from the second; whether that is so only now.
        """
        if config.header is None and not ground.is_whole:
            # Each of its lines is somebody's wish, and the ground has only those rules see.
            return False
        kind = _Kind(config.header, self._by.arch or arch_of(config))
        is_usual = more and all(each.header != kind.header for each in self._quick)
        if kind in self._quick or not (is_usual or kind in self._seen):
            self._seen.add(kind)
            return False
        # Before the next one takes memory.
        while len(self._quick) >= _KEPT:
            _, oldest = self._quick.popitem(last=False)
            oldest.quick.close()
        self._quick[kind] = _Ready(Quick(ground, self._rules), notes)
        return True


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
