"""The shipped rules under each tree's own conf: what kcheck proposes makes them hold.

The configs are those of tests/rules/cases.toml, brought up to date by conf; and it is conf's
answer that the rules are held against in the end.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from kcheck.checking import Basis, Checked, Result, Status
from kcheck.dotconfig import parse_dotconfig
from kcheck.kconfig.load import ProbeMode
from kcheck.policy.check import check, check_by_lines
from kcheck.policy.ground import Ground, ground
from kcheck.question import default_question
from kcheck.toolchain.programs import Toolchain
from tests.real.kernel_conf import run_conf, tree_path, trees_there, why_not_there
from tests.rules import CASES, Case

pytestmark = pytest.mark.real
CURRENT = ("5.10", "6.1", "6.12", "7.2", "7.3")
"""The versions of which make fetches trees; others are tested where they happen to be."""

HOLDS = (Status.PASS, Status.NOT_APPLICABLE)
"""By conf's lines alone a rule that wants a symbol off, of which they do not speak, has nothing
to look at."""


def _cases() -> list[object]:
    """Of each set the first in the fast slice, and what no snapshot can be asked."""
    found: list[object] = []
    begun: set[str] = set()
    for case in CASES:
        if case.snapshot_only or case.lines_only:
            continue
        marks = [pytest.mark.xdist_group(f"rules-{case.version}-{case.arch}")]
        is_fast = case.version in CURRENT and (case.tree_only or case.set not in begun)
        if is_fast:
            begun.add(case.set)
        else:
            marks.append(pytest.mark.whole)
        found.append(pytest.param(case, id=case.id, marks=marks))
    return found


def _ground(case: Case) -> Ground:
    name = next((each for each in trees_there() if each.startswith(case.version)), None)
    if name is None:
        pytest.skip(why_not_there(case.version))
    prefix = case.cross_compile
    if prefix is not None and shutil.which(f"{prefix}gcc") is None:
        pytest.skip(f"{prefix}gcc is not installed")
    if case.llvm and not all(shutil.which(name) for name in ("clang", "ld.lld", "llvm-ar")):
        pytest.skip("clang, lld or llvm is not installed")
    if case.plugins and not _can_build_plugins():
        pytest.skip("what gcc's plugins are built with is not installed")
    toolchain = Toolchain(cross_compile=prefix, llvm=case.llvm)
    return ground(tree_path(name), case.arch, toolchain, ProbeMode.RUN, case.rules.symbols)


def _can_build_plugins() -> bool:
    """Whether scripts/gcc-plugin.sh would find what it includes."""
    asked = ["gcc", "-print-file-name=plugin"]
    folder = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return Path(folder, "include", "plugin-version.h").is_file()


def _by_conf(there: Ground, lines: Sequence[str], config: bytes | None = None) -> bytes:
    """What conf makes of the config, or of the tree's defconfig, with lines behind it."""
    target = there.loaded.target
    tree, environment = target.whole_tree.path, target.environment
    if config is None:
        named = default_question(there.loaded).config
        text = "".join(f"{line.text}\n" for line in named.lines) if named is not None else ""
        config = run_conf(tree, "olddefconfig", environment, text.encode()).config
    text = "".join(f"{line}\n" for line in lines)
    return run_conf(tree, "olddefconfig", environment, config + text.encode()).config


def _result(case: Case, found: Checked) -> Result:
    return next(each for each in found.results if each.rule.id == case.rule)


def _told_by_conf(case: Case, config: bytes) -> Status:
    """What came of the rule by the lines of a .config that conf has written."""
    found = check_by_lines(parse_dotconfig(config, ".config"), case.rules, ())
    return _result(case, found).status


@pytest.mark.parametrize("case", _cases())
def test_the_fragment_makes_the_rule_pass_under_conf(case: Case) -> None:
    there = _ground(case)
    good, bad = (_by_conf(there, lines) for lines in (case.passes, case.fails))
    assert _told_by_conf(case, good) in HOLDS
    assert _told_by_conf(case, bad) in (Status.FAIL, Status.WARN)
    found = {name: check(parse_dotconfig(config, ".config"), case.rules, there)
             for name, config in (("good", good), ("bad", bad))}  # fmt: skip
    assert found["bad"].basis is Basis.TREE
    assert _result(case, found["good"]).status is Status.PASS
    assert _result(case, found["bad"]).status in (Status.FAIL, Status.WARN)
    repair = found["bad"].repair
    assert repair is not None
    assert repair.lines, repair.clashes
    mended = _by_conf(there, repair.lines, bad)
    assert _told_by_conf(case, mended) in HOLDS
    before, after = (parse_dotconfig(each, ".config").by_symbol for each in (bad, mended))
    lost = {each.symbol for each in repair.lost}
    asked_off = {line.split()[1].removeprefix("CONFIG_") for line in repair.lines if line[0] == "#"}
    for symbol, line in before.items():
        # What the rule itself wants off is no loss.
        if line.value in ("y", "m") and symbol not in lost | asked_off | case.rules.symbols:
            now = after.get(symbol)
            assert now is not None, symbol
            assert now.value == "y" or now.value == line.value, symbol
