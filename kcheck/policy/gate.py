"""Many configs held against rules, several processes at a time."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import msgspec

from kcheck.arches import srcarch_of, sub_architectures
from kcheck.checking import Checked, CheckReport, Unread
from kcheck.dotconfig import DotConfig, read_dotconfig
from kcheck.errors import ArchError, ConfigError, KcheckError
from kcheck.kconfig.load import ProbeMode
from kcheck.policy.check import check, check_by_lines
from kcheck.policy.ground import ground
from kcheck.policy.rules import RuleSet
from kcheck.question import arch_of
from kcheck.sources import named_tree
from kcheck.toolchain.programs import Toolchain, toolchain_for
from kcheck.trees.places import Place, SnapshotPlace, place_of
from kcheck.trees.running import running_system
from kcheck.trees.snapshot import (
    BUILT_IN,
    Listed,
    is_snapshot_file,
    listed,
    nearest,
    version_numbers,
)

_AT_ONCE = 64
"""Configs that a process is given at a time, all with the same header: it reads what they are
judged by only once."""

_MOST_LEFT = 128
_HEAD = 400
"""Bytes that hold the header of a .config."""
_HEADER = re.compile(rb"Linux/\S+ \S+ Kernel Configuration")


class By(msgspec.Struct, frozen=True):
    """What configs are judged by, so far as that is the same for all.

    `place` is a tree or one snapshot; None for the snapshot nearest below each config's
    version, out of `file`.  `arch` None is what each config says.  `release` stands for the
    version of those that name none, None for the newest.
    """

    place: Place | None
    file: Path
    release: str | None
    arch: str | None
    toolchain: Toolchain
    mode: ProbeMode


def judged_by(tree: Path | None, arch: str | None, toolchain: Toolchain, mode: ProbeMode) -> By:
    """What configs are judged by where `tree` is a folder, a version or a file of snapshots; None
    is the tree around the current folder, else the snapshots that come with the program.

    Raises TreeError for a tree that is none.
    """
    if tree is not None and is_snapshot_file(tree):
        return By(None, tree, None, arch, toolchain, mode)
    opened = named_tree(tree)
    place = None if opened is None else place_of(opened)
    return By(place, BUILT_IN, running_system().release, arch, toolchain, mode)


class Batch(msgspec.Struct, frozen=True):
    """What a process is given to do: configs by their numbers."""

    configs: tuple[tuple[int, Path], ...]
    rules: RuleSet
    by: By


Judged = tuple[tuple[int, Checked | Unread], ...]


def check_all(
    configs: Sequence[Path],
    rules: RuleSet,
    by: By,
    workers: int,
    answered: Callable[[int], None],
) -> CheckReport:
    """Hold the rules against all configs, `workers` at a time, the same path once only.

    `answered` is called with the number of configs that have come in.
    """
    heads = {path: _head(path) for path in configs}
    numbered = sorted(enumerate(heads), key=lambda each: heads[each[1]])
    most = max(1, min(_AT_ONCE, -(-len(numbered) // workers)))
    batches = [
        Batch(alike[start : start + most], rules, by)
        for _, group in groupby(numbered, key=lambda each: heads[each[1]])
        for alike in (tuple(group),)
        for start in range(0, len(alike), most)
    ]
    found: dict[int, Checked | Unread] = {}
    if len(batches) == 1 or workers == 1:
        for batch in batches:
            found |= dict(judge(batch))
            answered(len(batch.configs))
    else:
        # Only here: one config, the common case, does without.
        from kcheck.processes import answers

        for some in answers(judge, batches, workers, lambda: None):
            found |= dict(some)
            answered(len(some))
    ordered = [found[number] for number in sorted(found)]
    return CheckReport(
        tuple(rule.facts for rule in rules.rules),
        tuple(each for each in ordered if isinstance(each, Checked)),
        tuple(each for each in ordered if isinstance(each, Unread)),
    )


def _head(path: Path) -> bytes:
    """What a config says that it is for: those alike are judged by one process."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            found = _HEADER.search(file.read(_HEAD))
            return found[0] if found else b""
    except OSError:
        return b""


_judged = 0


def _let_go(coming: int) -> None:
    """Collect garbage now and then, which programs switch off: to look through all that is held
    takes as long as ten configs, and what each leaves behind is a megabyte.
    """
    global _judged
    if _judged + coming > _MOST_LEFT:
        gc.collect()
        _judged = 0
    _judged += coming


def judge(batch: Batch) -> Judged:
    """Judge the configs of a batch."""
    _let_go(len(batch.configs))
    return tuple((number, _judge(path, batch)) for number, path in batch.configs)


def _judge(path: Path, batch: Batch) -> Checked | Unread:
    try:
        config = read_dotconfig(path, "name another")
        if not config.by_symbol:
            raise ConfigError(f"{path}: no line of it sets a symbol")
        return check_one(config, batch.rules, batch.by)
    except KcheckError as error:
        return Unread(str(path), str(error))


def check_one(config: DotConfig, rules: RuleSet, by: By) -> Checked:
    """Hold the rules against one config.  Raises the errors of kcheck.policy.ground.ground."""
    place, notes = (by.place, ()) if by.place is not None else _snapshot_for(config, by)
    if place is None:
        return check_by_lines(config, rules, notes)
    arch = by.arch or arch_of(config)
    try:
        toolchain = _toolchain(arch, by.toolchain)
        there = ground(place, arch, toolchain, by.mode, rules.symbols)
    except ArchError:
        if by.place is not None or by.arch is not None:
            raise
        return check_by_lines(config, rules, (f"no snapshot has {arch}: its lines alone count",))
    return check(config, rules, there, notes)


def _toolchain(arch: str | None, given: Toolchain) -> Toolchain:
    """What the user named, else a cross compiler for that architecture."""
    if arch is None or given.cross_compile is not None:
        return given
    kinds = [kind for kind in sub_architectures(srcarch_of(arch)) if kind.arch == arch]
    return toolchain_for(kinds[-1], given) if kinds else given


def _snapshot_for(config: DotConfig, by: By) -> tuple[SnapshotPlace | None, tuple[str, ...]]:
    """The snapshot nearest below the config's version; None where there is none."""
    versions = listed(by.file)
    version = config.header[1] if config.header else by.release
    if version is None:
        newest = max(versions, key=lambda each: each.numbers)
        note = f"nothing says which version it is for: judged by the snapshot of {newest.version}"
        return SnapshotPlace(by.file, newest.version), (note,)
    which = nearest(versions, version_numbers(version))
    if which is None:
        note = f"no tree, and no snapshot of linux {version} or before: its lines alone count"
        return None, (note,)
    return SnapshotPlace(by.file, which.version), _said(which, version)


def _said(which: Listed, version: str) -> tuple[str, ...]:
    if which.version == version:
        return ()
    near = which.numbers[:2] == version_numbers(version)[:2]
    stands = f"for {version}" if near else f"the nearest below {version}"
    return (f"judged by the snapshot of linux {which.version}, {stands}",)
