"""From a tree, an architecture and a compiler to a Model: the whole way in one call."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from kcheck.errors import ToolchainError
from kcheck.kconfig.kept import KeptModels
from kcheck.model import Model, TargetFacts
from kcheck.parts import Parts, parts_of
from kcheck.stamps import now
from kcheck.store import Store
from kcheck.toolchain.ahead import Ahead
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
    """A target, its model, and what the user should know about how it was read.

    `origin` is a digest of all that the model was made from, empty where that is not known.
    """

    target: Target
    parts: Parts
    notes: tuple[str, ...]
    origin: str = ""

    @property
    def model(self) -> Model:
        """The whole model."""
        return self.parts.model

    @property
    def facts(self) -> TargetFacts:
        """What the model says of where it comes from."""
        return self.parts.frame.target


def load(
    tree: Tree | Snapshot,
    arch: str | None,
    toolchain: Toolchain,
    mode: ProbeMode,
    time_limit: float = TIME_LIMIT,
    processes: int = 1,
) -> Loaded:
    """Read `tree` for `arch` as `toolchain` would configure it.

    With several `processes` a tree's commands run ahead of their answers, so many at a time.

    For a snapshot a toolchain that is not there is assumed, unless one was named, and a note
    says so.  Raises ArchError, ToolchainError, ProbeError and KconfigSyntaxError.
    """
    target = make_target(tree, arch, toolchain)
    if isinstance(tree, Snapshot):
        return _load(target, mode, time_limit, 1)
    notes = _lost_run_bits(tree) if mode is ProbeMode.RUN else ()
    kept, since = KeptModels(Store("models")), now()
    found = kept.find(target, mode, lambda: _load(target, mode, time_limit, processes).model)
    if found is not None:
        return Loaded(found.target, found.parts, notes, found.origin)
    loaded = _load(target, mode, time_limit, processes)
    origin = kept.keep(target, mode, loaded.target, loaded.parts, since, _record(target))
    return msgspec.structs.replace(loaded, notes=notes, origin=origin)


def _record(target: Target) -> Path:
    return record_path(target.environment, target.tree.version)


def _load(target: Target, mode: ProbeMode, time_limit: float, processes: int) -> Loaded:
    """Read a target, asking what has to be asked."""
    tree = target.tree
    if mode is ProbeMode.NONE:
        return _read(target, AssumingProber())
    path = _record(target)
    if mode is ProbeMode.RECORDED:
        return _read(target, RecordedProber(path, target.environment["srctree"]))
    try:
        require_programs(target.environment)
    except ToolchainError as missing:
        if isinstance(tree, Tree) or target.toolchain != Toolchain():
            raise
        what = str(missing).split(";")[0]
        return _read(target, AssumingProber(), f"{what}: what it would answer is assumed")
    # What a snapshot asks does not hang on a tree, so a program is asked it once only.
    record = path if isinstance(tree, Tree) else record_path(target.environment, None)
    with _asking(target, record, time_limit) as first:
        target = with_versions(target, first)
    with ExitStack() as stack:
        ahead = None
        if processes > 1:
            from kcheck.kconfig.reader import begin_ahead

            ahead = stack.enter_context(Ahead(target.environment, processes))
            begin_ahead(target, ahead)
        model = _model(target, stack.enter_context(_asking(target, record, time_limit, ahead)))
    return Loaded(target, parts_of(model), ())


@contextmanager
def _asking(
    target: Target, record: Path, time_limit: float, ahead: Ahead | None = None
) -> Iterator[Prober]:
    """The programs themselves, their answers kept once it is known that they hold.

    Raises ProbeError where they may not.
    """
    asked: RecordingProber | RememberingProber
    with RunProber(target.environment, time_limit, ahead) as running:
        if isinstance(target.tree, Tree):
            asked = RecordingProber(running, record, str(target.tree.path))
            yield asked
        else:
            asked = RememberingProber(running, record)
            yield StandInProber(asked)
    asked.save()


def _read(target: Target, prober: Prober, *notes: str) -> Loaded:
    target = with_versions(target, prober)
    return Loaded(target, parts_of(_model(target, prober)), notes)


def _model(target: Target, prober: Prober) -> Model:
    # Only here: where a model is kept nothing is parsed.
    if isinstance(target.tree, Snapshot):
        from kcheck.kconfig.restore import restore_model

        return restore_model(target.tree, target, prober)
    from kcheck.kconfig.reader import read_model

    return read_model(target, prober)


def _lost_run_bits(tree: Tree) -> tuple[str, ...]:
    """Copies of a tree sometimes lose the run bit; then conf takes every probe for a no."""
    scripts: list[Path] = sorted((tree.path / "scripts").glob("*-version.sh"))
    lost = [script for script in scripts if not os.access(script, os.X_OK)]
    if not lost:
        return ()
    names = ", ".join(str(script.relative_to(tree.path)) for script in lost)
    return (f"not executable in this tree, so probes that run them say n: {names}",)
