"""What configs are judged by: a tree, a snapshot that fits their version, or their lines."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kcheck.arches import srcarch_of, sub_architectures
from kcheck.checking import Checked
from kcheck.dotconfig import DotConfig
from kcheck.errors import ArchError
from kcheck.kconfig.load import ProbeMode
from kcheck.policy.check import check, check_by_lines
from kcheck.policy.ground import Ground, ground
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


def ground_of(
    config: DotConfig, names: frozenset[str], by: By
) -> tuple[Ground | None, tuple[str, ...]]:
    """What `config` is judged by, for rules about `names`, and what is to be known of that.

    None where its lines alone count.  Raises the errors of kcheck.policy.ground.ground.
    """
    place, notes = (by.place, ()) if by.place is not None else _snapshot_for(config, by)
    if place is None:
        return None, notes
    arch = by.arch or arch_of(config)
    try:
        return ground(place, arch, _toolchain(arch, by.toolchain), by.mode, names), notes
    except ArchError:
        if by.place is not None or by.arch is not None:
            raise
        return None, (f"no snapshot has {arch}: its lines alone count",)


def check_one(config: DotConfig, rules: RuleSet, by: By) -> Checked:
    """Hold the rules against one config.  Raises the errors of kcheck.policy.ground.ground."""
    there, notes = ground_of(config, rules.symbols, by)
    if there is None:
        return check_by_lines(config, rules, notes)
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
