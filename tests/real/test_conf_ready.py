"""The judge is asked in a quicker way; it has to say what it says when it is simply run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kcheck import judge
from kcheck.kconfig.load import ProbeMode, load
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from tests.real.conf_ready import MODES
from tests.real.kernel_conf import conf_of, run_conf, tree_path, trees_there, why_not_there

pytestmark = pytest.mark.real
UNREADABLE = (
    b"CONFIG_FTRACE=y\nCONFIG_FUNCTION_TRACER=y\nCONFIG_LIVEPATCH=y\nCONFIG_HZ_1000=maybe\n"
)
CONFIGS = (
    None,
    b"",
    b"# CONFIG_MODULES is not set\nCONFIG_EXPERT=y\nCONFIG_NOT_THERE=y\nCONFIG_NR_CPUS=1000000\n",
    UNREADABLE,
)


@cache
def _environment(version: str) -> dict[str, str]:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(why_not_there(version))
    return dict(load(open_tree(tree), "x86_64", Toolchain(), ProbeMode.NONE).target.environment)


def _cases() -> list[object]:
    fast = {
        (version, mode) for version in ("5.10", "7.3") for mode in ("olddefconfig", "randconfig")
    }
    return [
        pytest.param(version, mode, marks=() if (version, mode) in fast else pytest.mark.whole)
        for version in trees_there()
        for mode in sorted(MODES)
    ]


@pytest.mark.parametrize(("version", "mode"), _cases())
def test_it_says_what_conf_says_that_is_run(version: str, mode: str, tmp_path: Path) -> None:
    environment = _environment(version)
    tree = tree_path(version)
    (tmp_path / "all").write_bytes(UNREADABLE)
    asked: list[tuple[bytes | None, dict[str, str]]] = [(each, {}) for each in CONFIGS]
    asked += [(None, {"KCONFIG_ALLCONFIG": str(tmp_path / "all")}), (UNREADABLE, {})]
    if mode == "randconfig":
        asked = [
            (config, {**extra, "KCONFIG_SEED": str(seed)})
            for seed, (config, extra) in enumerate([*asked, (None, {})])
        ]
    for config, extra in asked:
        ready = run_conf(tree, mode, environment, config, **extra)
        run = judge.run_conf(conf_of(tree), mode, {**environment, **extra}, config)
        assert (ready.config, ready.returncode) == (run.config, run.returncode)
        assert _unseeded(ready.stderr) == _unseeded(run.stderr)
        if mode == "olddefconfig" and config == UNREADABLE:
            assert "maybe" in run.stderr


def _unseeded(stderr: str) -> list[str]:
    """What was said but for the seed, which one that is ready has told before it was asked."""
    return [line for line in stderr.splitlines() if not line.startswith("KCONFIG_SEED=")]
