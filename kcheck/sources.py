"""What a question is about where not all is named: which tree or snapshot, which .config.

Without a tree it is, in this order: the one that the current folder is in; the running
kernel's build tree; the snapshot nearest below the version of the config.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kcheck.dotconfig import DotConfig, read_dotconfig
from kcheck.errors import KcheckError, TreeError
from kcheck.kconfig.load import ProbeMode, load
from kcheck.question import Question, arch_of, default_question, named_question
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import Tree, open_tree, surrounding_tree
from kcheck.trees.running import System, build_trees, find_config
from kcheck.trees.snapshot import (
    BUILT_IN,
    Snapshot,
    is_snapshot_file,
    listed,
    nearest,
    open_snapshot,
    snapshot_of,
    version_numbers,
)


class Source(msgspec.Struct, frozen=True):
    """A tree or snapshot, and the config and ARCH to look at it with; None: as make decides.

    `notes` say how it was come upon where nobody named it.  A `tentative` one may turn out
    not to hold all Kconfig files, and then the next is to be taken.
    """

    tree: Tree | Snapshot
    config: Path | None
    arch: str | None
    notes: tuple[str, ...] = ()
    tentative: bool = False


def sources(
    named: Path | None, config: Path | None, arch: str | None, system: System
) -> Iterator[Source]:
    """What is meant by these options on `system`, the best first; the last is certain.

    `named` is a folder, a file of snapshots, or a version that a snapshot is to be taken of.
    Raises TreeError where there is none, ConfigError for a config that cannot be read.
    """
    if named is not None:
        yield _named(named, config, arch)
        return
    around = surrounding_tree()
    if around is not None:
        yield _directory(open_tree(around), config, arch)
        return
    notes: tuple[str, ...] = ()
    if config is None:
        found = find_config(system)
        config, notes = found.path, found.passed_over
    told = None if config is None else read_dotconfig(config)
    arch = arch or arch_of(told)
    for folder in build_trees(system):
        try:
            tree = open_tree(folder)
        except TreeError:
            continue
        note = f"{folder}: the running kernel's tree, since no other was named (--tree)"
        source = _directory(tree, config, arch)
        yield msgspec.structs.replace(source, notes=(*notes, note), tentative=True)
    yield _snapshot(BUILT_IN, config, told, arch, system.release, notes)


def open_question(
    found: Iterator[Source], toolchain: Toolchain, mode: ProbeMode, processes: int = 1
) -> tuple[Question, tuple[str, ...]]:
    """Read the first of the sources that can be read, and its config; what the user should
    know of how it was come upon.

    Raises the errors of kcheck.kconfig.load.load and kcheck.question.named_question.
    """
    passed_over: list[str] = []
    for source in found:
        try:
            loaded = load(source.tree, source.arch, toolchain, mode, processes=processes)
        except KcheckError as error:
            if not source.tentative:
                raise
            passed_over.append(f"{source.tree.label}: passed over: {error}")
            continue
        if source.config is None:
            question = default_question(loaded)
        else:
            question = named_question(loaded, source.config)
        return question, (*passed_over, *source.notes, *loaded.notes, *question.notes)
    raise AssertionError("the last source is certain")


def whole_source(found: Iterator[Source]) -> Source:
    """The first of the sources whose Kconfig files are all there, for this machine at least.

    For questions about many architectures, each of which is read on its own later.
    """
    passed_over: list[str] = []
    for source in found:
        if source.tentative:
            try:
                load(source.tree, None, Toolchain(), ProbeMode.NONE)
            except KcheckError as error:
                passed_over.append(f"{source.tree.label}: passed over: {error}")
                continue
        return msgspec.structs.replace(source, notes=(*passed_over, *source.notes))
    raise AssertionError("the last source is certain")


def _directory(tree: Tree, config: Path | None, arch: str | None) -> Source:
    own = tree.path / ".config"
    return Source(tree, own if config is None and own.is_file() else config, arch)


def _named(named: Path, config: Path | None, arch: str | None) -> Source:
    told = None if config is None else read_dotconfig(config)
    if is_snapshot_file(named):
        return _snapshot(named, config, told, arch or arch_of(told), None, ())
    snapshot = None if named.exists() else snapshot_of(str(named))
    if snapshot is not None:
        return Source(snapshot, config, arch or arch_of(told))
    if re.fullmatch(r"v?\d+(\.\d+)+", str(named)) and not named.exists():
        held = ", ".join(".".join(map(str, each.numbers[:2])) for each in listed())
        raise TreeError(f"{named}: no such folder, and no snapshot of that version ({held})")
    return _directory(open_tree(named), config, arch)


def _snapshot(
    file: Path,
    config: Path | None,
    told: DotConfig | None,
    arch: str | None,
    release: str | None,
    notes: tuple[str, ...],
) -> Source:
    """The snapshot nearest below the version of the config, else of the kernel's `release`,
    else the newest in `file`."""
    versions = listed(file)
    version = told.header[1] if told is not None and told.header else release
    if version is None:
        which = max(versions, key=lambda each: each.numbers)
        version = which.version
    else:
        below = nearest(versions, version_numbers(version))
        if below is None:
            raise TreeError(
                f"no snapshot of linux {version} or one before it; name its tree with --tree"
            )
        which = below
    snapshot = open_snapshot(which, file)
    stands_for = ""
    if which.version != version:
        near = snapshot.stands_for(version)
        stands_for = f" for {version}" if near else f", the nearest below {version}"
    if file == BUILT_IN:
        notes = (
            *notes,
            f"no kernel tree at hand: answered from the snapshot of linux {which.version}"
            f"{stands_for}",
        )
    elif stands_for:
        notes = (*notes, f"{file}: answered from linux {which.version}{stands_for}")
    return Source(snapshot, config, arch, notes)


def named_tree(named: Path | None) -> Tree | Snapshot | None:
    """The tree, or the snapshot of the version, that `named` is; else the tree around the
    current folder, None where there is none.

    Raises TreeError for a name that is neither.
    """
    if named is None:
        around = surrounding_tree()
        return None if around is None else open_tree(around)
    return _named(named, None, None).tree
