"""Answers from a part of a tree, read from its files or from what is kept, are the whole's."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

import msgspec
import pytest

from kcheck import stamps
from kcheck.explain.answer import explain, explain_in_part
from kcheck.findings import Explanation
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.question import Question, default_question, named_question, outcome_of, session_of
from kcheck.solve.session import Session
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from tests.real.fetch_trees import configs_folder
from tests.real.kernel_conf import tree_path
from tests.small import plan_of

pytestmark = pytest.mark.real

SAMPLE = 10
WHOLE = 150


@lru_cache(maxsize=1)
def read(version: str, arch: str) -> Loaded:
    return load(open_tree(tree_path(version)), arch, Toolchain(), ProbeMode.RUN, 60)


def asked(loaded: Loaded, config: str) -> tuple[Question, Session]:
    """The tree on its defconfig, or on the config that Debian ships."""
    question = default_question(loaded)
    if config:
        release = ".".join(map(str, loaded.target.tree.numbers[:2]))
        found = sorted(configs_folder(release).glob(config))
        if not found:
            pytest.skip("no config of Debian's at hand")
        question = named_question(loaded, found[0])
    return question, session_of(question, outcome_of(question))


def compared(found: Explanation) -> Explanation:
    """The explanation with the plan's lines in one order: such as do not hang on each other may
    come in any.
    """
    plan, solution = plan_of(found), found.solution
    if plan is None or solution is None:
        return found
    sorted_plan = msgspec.structs.replace(plan, lines=tuple(sorted(plan.lines)))
    return msgspec.structs.replace(
        found, solution=msgspec.structs.replace(solution, plan=sorted_plan)
    )


def symbols(question: Question, session: Session, count: int) -> list[str]:
    """LIVEPATCH, and so many by chance, most of them off."""
    model = question.loaded.model
    off = [name for name in model.symbols if session.valuation.state(name).value in ("n", "")]
    chance = Random(f"{model.target.version} {model.target.arch}")
    known = [name for name in ("LIVEPATCH",) if name in model.symbols]
    return [*known, *chance.sample(off, count), *chance.sample(sorted(model.symbols), count // 5)]


TARGETS = (
    ("5.10", "s390", ""),
    ("6.12", "x86_64", "config.amd64*"),
    ("6.12", "powerpc", ""),
    ("7.3", "x86_64", ""),
    ("7.3", "arm64", ""),
)
CASES = [
    pytest.param(*target, count, marks=marks)
    for count, marks in ((SAMPLE, ()), (WHOLE, pytest.mark.whole))
    for target in TARGETS
]


@pytest.mark.parametrize(("version", "arch", "config", "count"), CASES)
def test_a_part_says_what_the_whole_says(version: str, arch: str, config: str, count: int) -> None:
    question, session = asked(read(version, arch), config)
    for name in symbols(question, session, count):
        whole = explain(session, question.config, name)
        part = explain_in_part(question, name)
        assert compared(part) == compared(whole), name


@pytest.mark.parametrize("mode", [ProbeMode.RUN, ProbeMode.NONE])
@pytest.mark.parametrize(("version", "arch"), [("5.10", "s390"), ("7.3", "x86_64")])
def test_what_is_kept_is_what_was_read(
    version: str, arch: str, mode: ProbeMode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "_TICK", -(10**12))
    tree = open_tree(tree_path(version))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    fresh = load(tree, arch, Toolchain(), mode, 60)
    assert list(tmp_path.rglob("models/*"))
    kept = load(tree, arch, Toolchain(), mode, 60)
    assert kept.model == fresh.model
    assert kept.target == fresh.target
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    ahead = load(tree, arch, Toolchain(), mode, 60, processes=2)
    assert ahead.model == fresh.model, "whether or not commands run ahead"
