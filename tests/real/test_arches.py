"""The table over architectures on real trees: each row of LIVEPATCH's confirmed by conf.

For whatever the table says, the tree's own conf is run with the same compiler: a row that
says y or has a plan must come out as LIVEPATCH=y, and one that says that nothing helps must
never do so, in allyesconfig, in allmodconfig, or by chance.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest

from kcheck.arches import SubArchitecture
from kcheck.explain.answer import explain_in_part
from kcheck.findings import Costly, Explanation, Reachable, Verdict
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.matrix import Asked, kinds_of, row_of
from kcheck.question import default_question
from kcheck.toolchain.programs import Toolchain, toolchain_for
from kcheck.trees.directory import open_tree
from tests.real.compare import PROBE_SECONDS
from tests.real.fetch_trees import VERSIONS
from tests.real.kernel_conf import run_conf, tree_path

pytestmark = pytest.mark.real
FAST = {
    "7.3": ("x86_64", "i386", "ppc64", "ppc64le", "s390", "loongarch"),
    "6.12": ("arm64",),
}
SEEDS, FEW = 30, 3
"""How many randconfigs, and how many in the fast slice."""
WANTED = b"# CONFIG_TRIM_UNUSED_KSYMS is not set\nCONFIG_LIVEPATCH=y\n"
_SET = re.compile(rb"^CONFIG_(\w+)=([ym])$", re.MULTILINE)


class Judged(msgspec.Struct, frozen=True):
    """A tree read for a sub-architecture with the compiler that the table takes for it."""

    kind: SubArchitecture
    loaded: Loaded

    @property
    def tree(self) -> Path:
        """The tree's folder."""
        return self.loaded.target.whole_tree.path

    def row(self) -> Explanation:
        """What the table says of LIVEPATCH."""
        toolchain = self.loaded.target.toolchain
        asked = Asked(self.tree, self.kind, None, toolchain, ProbeMode.RUN, ("LIVEPATCH",))
        (found,) = row_of(asked, self.loaded, explain_in_part).explanations
        return found

    def conf(self, mode: str, config: bytes | None = None, **more: str) -> bytes:
        """The .config that the tree's conf writes, with that compiler."""
        made = run_conf(self.tree, mode, self.loaded.target.environment, config, **more)
        assert made.returncode == 0, made.stderr
        return made.config

    def base(self) -> bytes:
        """The .config that conf makes of the defconfig that the row is about."""
        given = default_question(self.loaded, self.kind.defconfig).config
        if given is None:
            return self.conf("olddefconfig")
        text = "".join(f"{line.text}\n" for line in given.lines)
        return self.conf("defconfig=.config", text.encode("utf-8", "surrogateescape"))

    def ever_on(self, seeds: int) -> list[str]:
        """Where LIVEPATCH is on: of allyesconfig, allmodconfig and so many randconfigs.

        Since 6.9 the first two turn on what excludes it; so once more without that.
        """
        found: list[str] = []
        for mode in ("allyesconfig", "allmodconfig"):
            config = self.conf(mode)
            if _has(config):
                found.append(mode)
            if _has(self.conf("olddefconfig", config + WANTED)):
                found.append(f"{mode}, LIVEPATCH asked for")
        for seed in map(str, range(seeds)):
            if _has(self.conf("randconfig", KCONFIG_SEED=seed)):
                found.append(f"randconfig {seed}")
        return found


def _has(config: bytes) -> bool:
    return "LIVEPATCH" in _on(config)


def _on(config: bytes) -> dict[str, bytes]:
    """What is on in a .config; m sorts below y."""
    return {name.decode(): value for name, value in _SET.findall(config)}


@lru_cache(maxsize=1)
def _judged(version: str, kind: SubArchitecture) -> Judged:
    tree = open_tree(tree_path(version))
    toolchain = toolchain_for(kind, Toolchain())
    return Judged(kind, load(tree, kind.arch, toolchain, ProbeMode.RUN, PROBE_SECONDS))


def _cases() -> list[object]:
    found: list[object] = []
    for version in VERSIONS:
        if not tree_path(version).is_dir():
            skip = pytest.mark.skip(reason=f"linux-{version} is not there; make trees")
            found.append(pytest.param(version, None, 0, id=version, marks=skip))
            continue
        for kind in kinds_of(open_tree(tree_path(version))):
            name = f"{version}-{kind.name}"
            group = pytest.mark.xdist_group(f"arches-{name}")
            if kind.name in FAST.get(version, ()):
                found.append(pytest.param(version, kind, FEW, id=name, marks=group))
            marks = (group, pytest.mark.whole)
            found.append(pytest.param(version, kind, SEEDS, id=f"{name}-all", marks=marks))
    return found


@pytest.mark.parametrize(("version", "kind", "seeds"), _cases())
def test_livepatchs_row_holds_by_confs_word(
    version: str, kind: SubArchitecture, seeds: int
) -> None:
    judged = _judged(version, kind)
    found = judged.row()
    base = judged.base()
    assert _has(base) == (found.verdict is Verdict.ENABLED)
    match found.solution:
        case Reachable(plan) | Costly(plan):
            lines = "".join(f"{line}\n" for line in plan.lines).encode()
            before, after = _on(base), _on(judged.conf("olddefconfig", base + lines))
            assert "LIVEPATCH" in after
            lost = {name for name in before if after.get(name, b"") < before[name]}
            assert found.verdict is (Verdict.CONFLICT if lost else Verdict.REACHABLE)
        case _ if found.verdict is not Verdict.ENABLED:
            assert judged.ever_on(seeds) == []


def test_every_architecture_has_a_row() -> None:
    """A folder below arch/ that the table passed over would go unproved."""
    for version in VERSIONS:
        if tree_path(version).is_dir():
            tree = open_tree(tree_path(version))
            told = {kind.arch for kind in kinds_of(tree)}
            folders = {path.parent.name for path in tree.path.glob("arch/*/Kconfig")}
            shared = {"i386": "x86", "x86_64": "x86", "parisc64": "parisc"}
            shared |= {"sparc32": "sparc", "sparc64": "sparc"}
            assert {shared.get(each, each) for each in told} == folders
