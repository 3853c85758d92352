"""From a tree, an architecture and a compiler to a Model: the whole way in one call."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from kcheck.errors import ToolchainError
from kcheck.kconfig.reader import read_model
from kcheck.kconfig.restore import restore_model
from kcheck.model import Model
from kcheck.toolchain.assume import AssumingProber
from kcheck.toolchain.probes import TIME_LIMIT, Prober, RunProber
from kcheck.toolchain.programs import Toolchain, require_programs
from kcheck.toolchain.record import RecordedProber, RecordingProber, RememberingProber, record_path
from kcheck.toolchain.standins import StandInProber
from kcheck.trees.directory import Tree
from kcheck.trees.snapshot import Snapshot
from kcheck.trees.target import Target, make_target, with_versions


class ProbeMode(enum.StrEnum):
    """How the questions of Kconfig files to the compiler are answered."""

    RUN = "run"
    RECORDED = "recorded"
    NONE = "none"


class Loaded(msgspec.Struct, frozen=True):
    """A target, its model, and what the user should know about how it was read."""

    target: Target
    model: Model
    notes: tuple[str, ...]


def load(
    tree: Tree | Snapshot,
    arch: str | None,
    toolchain: Toolchain,
    mode: ProbeMode,
    time_limit: float = TIME_LIMIT,
) -> Loaded:
    """Read `tree` for `arch` as `toolchain` would configure it.

    For a snapshot a toolchain that is not there is assumed, unless one was named, and a note
    says so.  Raises ArchError, ToolchainError, ProbeError and KconfigSyntaxError.
    """
    target = make_target(tree, arch, toolchain)
    if mode is ProbeMode.NONE:
        return _read(target, AssumingProber())
    path = record_path(target.environment, tree.version)
    if mode is ProbeMode.RECORDED:
        return _read(target, RecordedProber(path, target.environment["srctree"]))
    try:
        require_programs(target.environment)
    except ToolchainError as missing:
        if isinstance(tree, Tree) or toolchain != Toolchain():
            raise
        what = str(missing).split(";")[0]
        return _read(target, AssumingProber(), f"{what}: what it would answer is assumed")
    with _asking(target, path, time_limit) as first:
        target = with_versions(target, first)
    with _asking(target, path, time_limit) as prober:
        model = _model(target, prober)
    return Loaded(target, model, _lost_run_bits(tree) if isinstance(tree, Tree) else ())


@contextmanager
def _asking(target: Target, record: Path, time_limit: float) -> Iterator[Prober]:
    """The programs themselves, their answers kept for --probes recorded.

    What a snapshot asks does not hang on a tree, so a program is asked it once only.
    """
    with RunProber(target.environment, time_limit) as running:
        if isinstance(target.tree, Tree):
            recording = RecordingProber(running, record, str(target.tree.path))
            yield recording
            recording.save()
        else:
            remembering = RememberingProber(running, record_path(target.environment, None))
            yield StandInProber(remembering)
            remembering.save()


def _read(target: Target, prober: Prober, *notes: str) -> Loaded:
    target = with_versions(target, prober)
    return Loaded(target, _model(target, prober), notes)


def _model(target: Target, prober: Prober) -> Model:
    if isinstance(target.tree, Snapshot):
        return restore_model(target.tree, target, prober)
    return read_model(target, prober)


def _lost_run_bits(tree: Tree) -> tuple[str, ...]:
    """Copies of a tree sometimes lose the run bit; then conf takes every probe for a no."""
    scripts: list[Path] = sorted((tree.path / "scripts").glob("*-version.sh"))
    lost = [script for script in scripts if not os.access(script, os.X_OK)]
    if not lost:
        return ()
    names = ", ".join(str(script.relative_to(tree.path)) for script in lost)
    return (f"not executable in this tree, so probes that run them say n: {names}",)
