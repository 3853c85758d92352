"""From a tree, an architecture and a compiler to a Model: the whole way in one call."""

from __future__ import annotations

import enum
import os
from pathlib import Path

import msgspec

from kcheck.kconfig.reader import read_model
from kcheck.model import Model
from kcheck.toolchain.assume import AssumingProber
from kcheck.toolchain.probes import TIME_LIMIT, Prober, RunProber
from kcheck.toolchain.programs import Toolchain, require_programs
from kcheck.toolchain.record import RecordedProber, RecordingProber, record_path
from kcheck.trees.directory import Tree
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
    tree: Tree,
    arch: str | None,
    toolchain: Toolchain,
    mode: ProbeMode,
    time_limit: float = TIME_LIMIT,
) -> Loaded:
    """Read `tree` for `arch` as `toolchain` would configure it.

    Raises ArchError, ToolchainError, ProbeError and KconfigSyntaxError.
    """
    target = make_target(tree, arch, toolchain)
    if mode is ProbeMode.NONE:
        return _read(target, AssumingProber())
    path = record_path(target.environment, tree.version)
    if mode is ProbeMode.RECORDED:
        return _read(target, RecordedProber(path, str(tree.path)))
    require_programs(target.environment)
    with RunProber(target.environment, time_limit) as first:
        recording = RecordingProber(first, path, str(tree.path))
        target = with_versions(target, recording)
        recording.save()
    with RunProber(target.environment, time_limit) as prober:
        recording = RecordingProber(prober, path, str(tree.path))
        model = read_model(target, recording)
        recording.save()
    return Loaded(target, model, _lost_run_bits(tree))


def _read(target: Target, prober: Prober) -> Loaded:
    target = with_versions(target, prober)
    return Loaded(target, read_model(target, prober), ())


def _lost_run_bits(tree: Tree) -> tuple[str, ...]:
    """Copies of a tree sometimes lose the run bit; then conf takes every probe for a no."""
    scripts: list[Path] = sorted((tree.path / "scripts").glob("*-version.sh"))
    lost = [script for script in scripts if not os.access(script, os.X_OK)]
    if not lost:
        return ()
    names = ", ".join(str(script.relative_to(tree.path)) for script in lost)
    return (f"not executable in this tree, so probes that run them say n: {names}",)
