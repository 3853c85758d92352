"""Our values against those of each tree's own conf, byte for byte."""

from __future__ import annotations

import difflib
from functools import lru_cache

import pytest

from kcheck.dotconfig import DotConfig, merge_dotconfigs, parse_dotconfig, read_dotconfig
from kcheck.errors import ArchError
from kcheck.evaluate import conf
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import default_configs
from kcheck.trees.directory import open_tree
from tests.real.fetch_trees import VERSIONS
from tests.real.kernel_conf import Output, about_values, run_conf, tree_path
from tests.real.mutate import mutated

ARCHES = ("x86_64", "i386", "arm64", "powerpc", "s390", "riscv", "loongarch", "arm", "mips")
OTHERS = (
    "alpha", "arc", "c6x", "csky", "h8300", "hexagon", "ia64", "m68k", "microblaze", "nds32",
    "nios2", "openrisc", "parisc", "parisc64", "sh", "sparc32", "sparc64", "um", "xtensa",
)  # fmt: skip
ALL = {
    "alldefconfig": conf.alldefconfig,
    "allnoconfig": conf.allnoconfig,
    "allyesconfig": conf.allyesconfig,
    "allmodconfig": conf.allmodconfig,
}
FAST_SEEDS = 2
SEEDS = 10


def _cases() -> list[object]:
    cases: list[object] = []
    for version in VERSIONS:
        for arch in ARCHES + OTHERS:
            for base in (*ALL, "defconfig", *(f"rand-{seed}" for seed in range(1, SEEDS + 1))):
                seed = int(base.removeprefix("rand-")) if base.startswith("rand-") else 0
                marks = [pytest.mark.real, pytest.mark.xdist_group(f"{version}-{arch}")]
                if arch in OTHERS or seed > FAST_SEEDS:
                    marks.append(pytest.mark.whole)
                cases.append(
                    pytest.param(version, arch, base, marks=marks, id=f"{version}-{arch}-{base}")
                )
    return cases


@lru_cache(maxsize=1)
def _loaded(version: str, arch: str) -> Loaded | None:
    path = tree_path(version)
    if not path.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    try:
        return load(open_tree(path), arch, Toolchain(), ProbeMode.RUN, time_limit=60)
    except ArchError:
        return None


def _target(version: str, arch: str) -> Loaded:
    loaded = _loaded(version, arch)
    if loaded is None:
        pytest.skip(f"linux {version} has no {arch}")
    return loaded


def _differences(expected: bytes, ours: bytes) -> str:
    diff = difflib.unified_diff(
        expected.decode("utf-8", "replace").splitlines(),
        ours.decode("utf-8", "replace").splitlines(),
        "conf",
        "kcheck",
        lineterm="",
        n=0,
    )
    lines = [line for line in diff if not line.startswith("@@")]
    return "\n".join([f"{len(lines)} lines differ", *lines[:20]])


def _agree(expected: Output, ours: conf.Outcome) -> None:
    assert expected.returncode == 0, expected.stderr[-500:]
    assert expected.config == ours.text, _differences(expected.config, ours.text)
    assert about_values(expected.stderr) == about_values("".join(ours.warnings))


def _base(loaded: Loaded, base: str) -> bytes:
    """The config that conf makes, and where we can make it too, that ours is the same."""
    tree, environment = loaded.target.tree.path, loaded.target.environment
    if base in ALL:
        made = run_conf(tree, base, environment)
        _agree(made, ALL[base](loaded.model))
        return made.config
    if base == "defconfig":
        defaults = _defaults(loaded)
        text = "\n".join(line.text for line in defaults.lines) + "\n"
        made = run_conf(tree, "defconfig=.config", environment, text.encode())
        _agree(made, conf.defconfig(loaded.model, defaults))
        return made.config
    seed = base.removeprefix("rand-")
    made = run_conf(tree, "randconfig", environment, KCONFIG_SEED=seed)
    assert made.returncode == 0, made.stderr[-500:]
    return made.config


def _defaults(loaded: Loaded) -> DotConfig:
    target = loaded.target
    files = default_configs(target.tree, target.arch, target.srcarch)
    if not files:
        pytest.skip(f"{target.arch} of {target.tree.version} has no defconfig file")
    return merge_dotconfigs(".config", [read_dotconfig(file) for file in files])


@pytest.mark.parametrize(("version", "arch", "base"), _cases())
def test_values_are_those_of_conf(version: str, arch: str, base: str) -> None:
    loaded = _target(version, arch)
    tree, environment = loaded.target.tree.path, loaded.target.environment
    config = _base(loaded, base)
    for text in (config, mutated(config, f"{version} {arch} {base}")):
        given = parse_dotconfig(text, ".config")
        expected = run_conf(tree, "olddefconfig", environment, text)
        _agree(expected, conf.olddefconfig(loaded.model, given))
        saved = run_conf(tree, "savedefconfig", environment, text)
        ours = conf.savedefconfig(loaded.model, given)
        assert saved.config == ours, _differences(saved.config, ours)
