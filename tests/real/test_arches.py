"""The table over architectures on real trees, each row confirmed by the tree's own conf."""

from __future__ import annotations

import pytest

from kcheck.arches import SubArchitecture
from kcheck.findings import Costly, NeedsToolchain, Reachable, Verdict
from kcheck.kconfig.load import ProbeMode, load
from kcheck.matrix import Asked, answer, kinds_of, toolchain_for
from kcheck.question import default_question, outcome_of
from kcheck.survey import Row
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from tests.real.fetch_trees import VERSIONS
from tests.real.kernel_conf import run_conf, tree_path

pytestmark = pytest.mark.real
FAST = ("x86_64", "i386", "ppc64", "ppc64le", "s390", "loongarch")


def _kinds() -> list[object]:
    found: list[object] = []
    for version in VERSIONS:
        if not tree_path(version).is_dir():
            continue
        for kind in kinds_of(open_tree(tree_path(version))):
            marks = () if version == "7.3" and kind.name in FAST else (pytest.mark.whole,)
            found.append(pytest.param(version, kind, id=f"{version}-{kind.name}", marks=marks))
    return found


@pytest.mark.parametrize(("version", "kind"), _kinds())
def test_livepatchs_row_holds_by_confs_word(version: str, kind: SubArchitecture) -> None:
    tree = open_tree(tree_path(version))
    toolchain = toolchain_for(kind, Toolchain())
    row = answer(Asked(tree.path, kind, None, toolchain, ProbeMode.RUN, ("LIVEPATCH",)))
    assert isinstance(row, Row)
    (found,) = row.explanations
    loaded = load(tree, kind.arch, toolchain, ProbeMode.RUN, time_limit=60)
    environment = loaded.target.environment
    base = outcome_of(default_question(loaded, kind.defconfig)).text

    def on(mode: str, text: bytes | None = None, **more: str) -> bool:
        made = run_conf(tree.path, mode, environment, text, **more)
        assert made.returncode == 0, made.stderr
        return b"\nCONFIG_LIVEPATCH=y\n" in made.config

    assert on("olddefconfig", base) == (found.verdict is Verdict.ENABLED)
    match found.solution:
        case Reachable(plan) | Costly(plan):
            lines = "".join(f"{line}\n" for line in plan.lines).encode()
            assert on("olddefconfig", base + lines)
        case NeedsToolchain(answers):
            assert answers
        case _ if found.verdict is Verdict.IMPOSSIBLE:
            assert not on("allyesconfig")
            assert not on("allmodconfig")
            assert not any(on("randconfig", KCONFIG_SEED=str(seed)) for seed in range(30))
