"""Audits against each tree's own merge_config.sh and conf: the same merge, the same values."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from random import Random

import pytest

from kcheck.auditing import Superseded
from kcheck.dotconfig import (
    DotConfig,
    merge_dotconfigs,
    merge_rule,
    parse_dotconfig,
    read_dotconfig,
)
from kcheck.evaluate.conf import alldefconfig
from kcheck.explain.audit import audit
from kcheck.trees.defconfig import default_configs
from tests.real.compare import NothingToCompareError, load_target
from tests.real.kernel_conf import run_conf, tree_path
from tests.real.mutate import mutated

pytestmark = pytest.mark.real
OWN = """\
CONFIG_LIVEPATCH=y
# CONFIG_KALLSYMS_ALL is not set
CONFIG_LATENCYTOP=y
CONFIG_EXT4_FS=m
CONFIG_NR_CPUS=99999
CONFIG_LOCALVERSION="-own"
CONFIG_64BIT=m
CONFIG_PREEMPT_NONE=y
CONFIG_NO_SUCH_SYMBOL=y
# CONFIG_NO_SUCH_SYMBOL_EITHER is not set
# CONFIG_BUG is not set
CONFIG_SOUND = y
"""
FRAGMENTS = ("debug.config", "kvm_guest.config", "tiny.config", "xen.config", "nopm.config")
_LOST = re.compile(r"^(?:WARNING: )?(?:Value requested for )?CONFIG_(\w+) (?:not in final|differs)")


def _script(tree: Path) -> str:
    return str(tree / "scripts" / "kconfig" / "merge_config.sh")


def _content(config: DotConfig) -> bytes:
    text = "".join(f"{line.text}\n" for line in config.lines)
    return text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("arch", ["x86_64", "powerpc"])
@pytest.mark.parametrize("version", ["5.10", "6.12", "7.3"])
def test_mutated_lines_merge_as_the_script_merges_them(
    version: str, arch: str, tmp_path: Path
) -> None:
    try:
        loaded = load_target(version, arch)
    except NothingToCompareError as nothing:
        pytest.skip(str(nothing))
    tree, environment = loaded.target.whole_tree.path, loaded.target.environment
    defaults = default_configs(loaded.target.whole_tree, loaded.target.arch, loaded.target.srcarch)
    base = _content(merge_dotconfigs("base", [read_dotconfig(path) for path in defaults]))
    lines = alldefconfig(loaded.model, parse_dotconfig(base, "base")).text.splitlines()
    chance = Random(f"{version} {arch}")
    names = ("base", "one.config", "two.config")
    for name in names:
        sample = base if name == "base" else b"\n".join(chance.sample(lines, 300)) + b"\n"
        (tmp_path / name).write_bytes(mutated(sample, f"{name} {version} {arch}", 100))
    done = subprocess.run(
        [_script(tree), "-m", *names],
        cwd=tmp_path,
        env={**os.environ, "KCONFIG_CONFIG": "merged"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    parts = [parse_dotconfig((tmp_path / name).read_bytes(), name) for name in names]
    ours = merge_dotconfigs("merged", parts, merge_rule(tree))
    written = (tmp_path / "merged").read_bytes().split(b"\n")
    assert [line for line in _content(ours).split(b"\n") if line] == [
        line for line in written if line
    ]
    seed = str(tmp_path / "merged")
    theirs = run_conf(tree, "alldefconfig", environment, None, KCONFIG_ALLCONFIG=seed)
    assert theirs.returncode == 0, theirs.stderr
    assert alldefconfig(loaded.model, ours).text == theirs.config


@pytest.mark.parametrize("version", ["5.10", "7.3"])
def test_the_whole_script_finds_the_same_lines_lost(version: str, tmp_path: Path) -> None:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    output = tmp_path / "out"
    output.mkdir()
    environment = {**os.environ, "ARCH": "x86_64"}
    make = ["make", "-s", "-C", str(tree), f"O={output}"]
    subprocess.run([*make, "defconfig"], check=True, capture_output=True, env=environment)
    (output / "base").write_bytes((output / ".config").read_bytes())
    (output / "own").write_text(OWN)
    known = [tree / "kernel" / "configs" / name for name in FRAGMENTS]
    names = ["base", *(str(path) for path in known if path.is_file()), "own"]
    done = subprocess.run(
        [_script(tree), *names], cwd=output, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    parts = [parse_dotconfig((output / name).read_bytes(), name) for name in names]
    model = load_target(version, "x86_64").model
    rule = merge_rule(tree)
    ours = alldefconfig(model, merge_dotconfigs("merged", parts, rule)).text
    assert ours == (output / ".config").read_bytes()

    found = audit(model, parts[0], tuple(parts[1:]), rule)
    assert all(each.causes for each in found.lost)
    asked = {line.symbol: line.value for part in parts[1:] for line in part.lines if line.symbol}
    said = {match[1] for line in done.stdout.splitlines() if (match := _LOST.match(line))}
    counting = [each for each in found.lost if not isinstance(each.causes[0], Superseded)]
    lost = {each.symbol for each in counting if each.symbol in asked and each.asked is not None}
    assert {"KALLSYMS_ALL", "NR_CPUS", "64BIT", "BUG", "NO_SUCH_SYMBOL"} <= lost
    assert lost <= said
    # The old script takes `is not set` for lost where the final .config has no such line.
    more = {name: asked[name] for name in (said & asked.keys()) - lost}
    assert set(more.values()) <= {None, "n"}, more
