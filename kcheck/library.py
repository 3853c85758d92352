"""kcheck for other programs: load, evaluate, explain, plan and check, with typed results.

These functions are what `import kcheck` offers.  They print nothing; what goes wrong is one of
the errors in kcheck.errors.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kcheck.checking import CheckReport
from kcheck.dotconfig import parse_dotconfig
from kcheck.evaluate.conf import Outcome
from kcheck.findings import Explanation, Solution
from kcheck.goals import parse_goal
from kcheck.kconfig.load import Loaded, ProbeMode
from kcheck.kconfig.load import load as load_model
from kcheck.question import (
    Question,
    default_question,
    header_notes,
    named_question,
    outcome_of,
    session_of,
)
from kcheck.sources import named_tree
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.snapshot import listed, open_snapshot

if TYPE_CHECKING:
    from kcheck.solve.session import Session

Config = str | os.PathLike[str] | bytes | None
"""A .config, defconfig or fragment: the path of a file, or its content as bytes; None for what
`make defconfig` would take."""


class Kernel(msgspec.Struct, frozen=True, dict=True):
    """A kernel tree, or a snapshot of one, read for one architecture and one compiler."""

    loaded: Loaded

    @property
    def version(self) -> str:
        """The version as make computes it."""
        return self.loaded.facts.version

    @property
    def arch(self) -> str:
        """make's ARCH."""
        return self.loaded.facts.arch

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of how it was read."""
        return self.loaded.notes

    @cached_property
    def _asked(self) -> dict[Config, tuple[Question, Session]]:
        return {}

    def _about(self, config: Config) -> tuple[Question, Session]:
        """The question about a config; that asked last is kept, since questions come in rows."""
        found = self._asked.get(config) if isinstance(config, bytes | None) else None
        if found is None:
            question = self._question(config)
            found = question, session_of(question, outcome_of(question))
            self._asked.clear()
            self._asked[config] = found
        return found

    def _question(self, config: Config) -> Question:
        if config is None:
            return default_question(self.loaded)
        if isinstance(config, bytes):
            parsed = parse_dotconfig(config, "config")
            return Question(self.loaded, parsed, "config", False, header_notes(parsed, self.loaded))
        return named_question(self.loaded, Path(config))


def load(
    tree: str | os.PathLike[str] | None = None,
    *,
    arch: str | None = None,
    cc: str | None = None,
    cross_compile: str | None = None,
    llvm: str | None = None,
    probes: str = "run",
) -> Kernel:
    """Read the kernel tree at `tree`, or the snapshot of the version that it names ("6.12").

    None is the tree around the current folder, or where there is none the newest snapshot.
    `arch`, `cc`, `cross_compile` and `llvm` are as make takes them; `probes` is "run",
    "recorded" or "none".  Raises TreeError, ArchError, ToolchainError, ProbeError and
    KconfigSyntaxError.
    """
    found = named_tree(None if tree is None else Path(tree))
    if found is None:
        found = open_snapshot(max(listed(), key=lambda each: each.numbers))
    toolchain = Toolchain(cc, cross_compile, llvm)
    return Kernel(load_model(found, arch, toolchain, ProbeMode(probes)))


def evaluate(kernel: Kernel, config: Config = None) -> Outcome:
    """What conf makes of `config`: each symbol's state, the .config that it would write (of a
    snapshot only what that has), and its warnings.

    Raises ConfigError.
    """
    return outcome_of(kernel._question(config))


def explain(kernel: Kernel, symbol: str, config: Config = None) -> Explanation:
    """Why `symbol` has the value that it has with `config`, and what turns it on.

    Raises ConfigError, UnknownSymbolError and NotKeptError.
    """
    from kcheck.explain.answer import explain as answer

    question, session = kernel._about(config)
    return answer(session, question.config, symbol)


def plan(kernel: Kernel, goals: Iterable[str], config: Config = None) -> Solution:
    """The least lines behind `config` that reach all `goals` ("LIVEPATCH", "MODULES=y",
    "LOG_BUF_SHIFT=18"), or what stands in the way.

    Raises ConfigError, UsageError and UnknownSymbolError.
    """
    _, session = kernel._about(config)
    wanted = tuple(parse_goal(session.model, goal) for goal in goals)
    return session.solve(wanted, whole=True)


def check(
    configs: Sequence[str | os.PathLike[str]],
    rules: Sequence[str],
    *,
    tree: str | os.PathLike[str] | None = None,
    arch: str | None = None,
    cc: str | None = None,
    cross_compile: str | None = None,
    llvm: str | None = None,
    probes: str = "run",
    workers: int = 1,
    today: datetime.date | None = None,
) -> CheckReport:
    """Hold the configs at these paths against rule sets or files of rules.

    Without `tree` it is the one around the current folder, or the snapshot nearest below each
    config's version.  `today` decides which waivers have run out.  Raises RuleError and
    TreeError; a config that cannot be read is told in the report.
    """
    from kcheck.policy.by import judged_by
    from kcheck.policy.gate import check_all
    from kcheck.policy.rules import load_rules
    from kcheck.processes import processes

    found = load_rules(rules, today or datetime.date.today())
    toolchain = Toolchain(cc, cross_compile, llvm)
    by = judged_by(None if tree is None else Path(tree), arch, toolchain, ProbeMode(probes))
    paths = [Path(each) for each in configs]
    return check_all(paths, found, by, processes(workers), lambda _: None)
