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
from kcheck.policy.ground import GROUNDS, Ground
from kcheck.policy.quick import Quick
from kcheck.policy.rules import RuleSet
from kcheck.processes import hold, let_go
from kcheck.question import arch_of

_MOST_LEFT = 16
"""Configs of which what they leave behind, a megabyte or two each, may wait."""
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
    return tuple(
        packed(each.number, _latest[0].judged(each.path, each.name)) for each in batch.configs
    )


_KEPT = 2
"""Grounds of which the last config's values are kept."""


class Judge:
    """Judges one config after the other, quicker the more alike they are."""

    def __init__(self, rules: RuleSet, by: By) -> None:
        self._rules = rules
        self._by = by
        self._quick: OrderedDict[tuple[str, str], _Ready | None] = OrderedDict()
        self._garbage = _Garbage()

    def is_for(self, rules: RuleSet, by: By) -> bool:
        """Whether it judges by just these."""
        return (rules, by) == (self._rules, self._by)

    def judged(self, path: Path, name: str) -> Checked | Unread:
        """The rules held against the config at `path`, which is called `name`."""
        try:
            content = read_content(path)
            if isinstance(content, Problem):
                raise ConfigError(f"{name}: {content.text}; {_ADVICE}")
            return self._by_lines_that_count(content, name) or self._checked(content, name)
        except KcheckError as error:
            return Unread(name, str(error))

    def _by_lines_that_count(self, content: bytes, name: str) -> Checked | None:
        """What is to be said where configs with that header were seen; None where more of the
        file is wanted.
        """
        header = parse_head(content, name).header
        ready = None if header is None else self._quick.get(header)
        if ready is None or b"\0" in content:
            return None
        config = ready.quick.lines(content, name)
        if (self._by.arch or arch_of(config)) != ready.arch or not config.by_symbol:
            return None
        passed = ready.quick.passed(config, ready.notes)
        ground = ready.quick.ground
        if passed is not None or not ground.is_whole:
            return passed
        self._garbage.collect(ground)
        return check(config, self._rules, ground, ready.notes, ready.quick.base())

    def _checked(self, content: bytes, name: str) -> Checked:
        config = parse_dotconfig(content, name, _ADVICE)
        if not config.by_symbol:
            raise ConfigError(f"{name}: no line of it sets a symbol")
        ground, notes = ground_of(config, self._rules.symbols, self._by)
        if ground is None:
            return check_by_lines(config, self._rules, notes)
        self._garbage.collect(ground)
        self._prepare(config, ground, notes)
        return check(config, self._rules, ground, notes)

    def _prepare(self, config: DotConfig, ground: Ground, notes: tuple[str, ...]) -> None:
        """Be quick from the second config on that has such a header."""
        header = config.header
        if header is None or self._quick.get(header) is not None:
            return
        if header in self._quick:
            arch = self._by.arch or arch_of(config)
            self._quick[header] = _Ready(Quick(ground, self._rules), arch, notes)
        else:
            self._quick[header] = None
        self._quick.move_to_end(header)
        while len(self._quick) > _KEPT:
            self._quick.popitem(last=False)


class _Garbage:
    """Collects garbage where Python does not: kcheck's own processes switch that off, since to
    look through all that is held takes as long as ten configs.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[int, Ground] = OrderedDict()
        self._left = 0
        self._gone = 0

    def collect(self, ground: Ground) -> None:
        """Before the next config, which is judged by `ground`."""
        if gc.isenabled():
            return
        self._left += 1
        is_new = id(ground) not in self._held
        self._held[id(ground)] = ground
        self._held.move_to_end(id(ground))
        while len(self._held) > GROUNDS:
            self._held.popitem(last=False)
            self._gone += 1
        if not is_new and self._left < _MOST_LEFT:
            return
        if self._gone > 1:
            # What was held is looked through, too, for some of it is no more.
            gc.unfreeze()
            self._gone = 0
        let_go()
        if is_new:
            hold()
        self._left = 0


class _Ready(msgspec.Struct, frozen=True):
    """What configs with one header are judged by, while they say that they are for `arch`."""

    quick: Quick
    arch: str | None
    notes: tuple[str, ...]
