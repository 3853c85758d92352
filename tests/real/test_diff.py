"""Real trees compared: what is known of LIVEPATCH's history, and trees taken from git."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

import pytest

from kcheck.changes.between import near_changes
from kcheck.compare import Journey, travel
from kcheck.comparison import (
    Changed,
    Comparison,
    Standing,
    Trend,
    Version,
    changed,
    contrasts,
)
from kcheck.kconfig.load import ProbeMode, load
from kcheck.matrix import Asked, kinds_of
from kcheck.model import Model
from kcheck.report.changes import SIGNS, statement_text
from kcheck.toolchain.programs import Toolchain, toolchain_for
from kcheck.trees.directory import open_tree
from kcheck.trees.revision import revision_tree
from tests.real.kernel_conf import tree_path

pytestmark = pytest.mark.real
VERSIONS = ("6.1", "6.12", "7.3")
SYMBOLS = ("LIVEPATCH", "HAVE_LIVEPATCH")


@cache
def _journey(arch: str) -> Comparison:
    """One architecture in all three trees, as kcheck diff asks it."""
    stations: list[Asked | None] = []
    for version in VERSIONS:
        tree = open_tree(tree_path(version))
        (kind,) = (each for each in kinds_of(tree) if each.name == arch)
        toolchain = toolchain_for(kind, Toolchain())
        stations.append(Asked(tree.path, kind, None, toolchain, ProbeMode.RUN, SYMBOLS))
    made = travel(Journey(arch, tuple(stations)))
    assert made.unknown is None
    versions = tuple(Version(each, each, "") for each in VERSIONS)
    return Comparison(SYMBOLS, versions, (made.course,))


def _near(found: Changed) -> list[str]:
    changes = [each.change for each in found.near]
    return [
        f"{SIGNS[each.how]} {each.symbol}: {statement_text(each.statement)}" for each in changes
    ]


@pytest.mark.parametrize(
    ("arch", "since"), [("loongarch", 0), ("arm64", 1)], ids=["loongarch", "arm64"]
)
def test_an_architecture_that_learns_to_livepatch(arch: str, since: int) -> None:
    found = _journey(arch)
    for number, then in ((0, Standing.REACHABLE), (1, Standing.ENABLED)):
        trends = [contrasts(found, number, step)[0].trend for step in range(2)]
        assert trends[since] is Trend.BETTER
        assert contrasts(found, number, since)[0].standings == (Standing.UNDEFINED, then)
        assert trends[1 - since] in (Trend.SAME, Trend.OTHER)
    near = _near(changed(found, 0, since))
    assert "+ LIVEPATCH: defined, bool" in near
    assert "+ LIVEPATCH: depends on HAVE_LIVEPATCH" in near
    assert f"+ HAVE_LIVEPATCH: selected by {arch.upper()}" in near
    assert _near(changed(found, 1, since))[-1] == f"+ HAVE_LIVEPATCH: selected by {arch.upper()}"


@cache
def _model(version: str, arch: str) -> Model:
    if not tree_path(version).is_dir():
        pytest.skip(f"no tree of {version}")
    return load(open_tree(tree_path(version)), arch, Toolchain(), ProbeMode.NONE).model


@pytest.mark.parametrize(
    ("before", "after", "arch", "symbol", "expected"),
    [
        ("4.0", "4.4", "x86_64", "HAVE_LIVEPATCH", {"- selected by X86_64"}),
        ("4.9", "4.12", "x86_64", "LIVEPATCH", {"+ depends on !TRIM_UNUSED_KSYMS"}),
        (
            "5.10",
            "6.1",
            "x86_64",
            "LIVEPATCH",
            {
                "- depends on DYNAMIC_FTRACE_WITH_REGS",
                "+ depends on DYNAMIC_FTRACE_WITH_REGS || DYNAMIC_FTRACE_WITH_ARGS",
            },
        ),
        ("6.1", "6.12", "x86_64", "LIVEPATCH", set()),
        ("6.12", "7.3", "s390", "LIVEPATCH", set()),
        ("5.10", "6.1", "powerpc", "HAVE_LIVEPATCH", set()),
    ],
)
def test_what_is_known_to_have_changed(
    before: str, after: str, arch: str, symbol: str, expected: set[str]
) -> None:
    found = near_changes(_model(before, arch), _model(after, arch), symbol)
    own = {
        f"{SIGNS[each.how]} {statement_text(each.statement)}"
        for each in found
        if each.symbol == symbol
    }
    assert own >= expected
    assert expected or not own


def test_a_revision_reads_as_the_folder_that_was_committed(tmp_path: Path) -> None:
    folder = tree_path("7.3")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    outside = ["git", f"--git-dir={tmp_path}/.git", f"--work-tree={folder}"]
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (
        ["git", "init", "--quiet", str(tmp_path)],
        [*outside, "add", "--all", "--force"],
        [*outside, *who, "commit", "--quiet", "--message", "7.3"],
    ):
        subprocess.run(words, env=kept, cwd=tmp_path, check=True)
    with revision_tree("HEAD", tmp_path) as found:
        for arch in ("x86_64", "powerpc"):
            one = load(open_tree(folder), arch, Toolchain(), ProbeMode.RUN, time_limit=60)
            other = load(found.tree, arch, Toolchain(), ProbeMode.RUN, time_limit=60)
            assert one.notes == other.notes
            assert one.model.entries == other.model.entries
            assert [each.answer for each in one.model.probes] == [
                each.answer for each in other.model.probes
            ]
            assert one.model.dialect == other.model.dialect
