"""Every shipped rule, on snapshots or lines: a config that passes, and one that fails and why."""

from __future__ import annotations

from datetime import date

import pytest

from kcheck.checking import Basis, Checked, Status
from kcheck.dotconfig import DotConfig, parse_dotconfig
from kcheck.kconfig.load import ProbeMode, load
from kcheck.livepatching import all_symbols
from kcheck.policy.by import By, check_one
from kcheck.policy.check import check_by_lines
from kcheck.policy.rules import LINE_NOT_KEPT, load_rules, shipped
from kcheck.question import default_question, outcome_of
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.places import place_of
from kcheck.trees.snapshot import BUILT_IN, Snapshot, snapshot_of
from tests.rules import CASES, Case


def test_every_rule_has_a_case() -> None:
    rules = load_rules(shipped(), date(2026, 11, 25)).rules
    expected = {each.facts.id for each in rules} - {LINE_NOT_KEPT.id}
    assert {case.rule for case in CASES} == expected


def snapshot(case: Case) -> Snapshot:
    """The snapshot of the case's version."""
    found = snapshot_of(case.version)
    assert found is not None
    return found


def config(case: Case, lines: list[str]) -> DotConfig:
    """The architecture's defconfig as a whole .config, with the lines behind it."""
    loaded = load(snapshot(case), case.arch, Toolchain(), ProbeMode.NONE)
    text = outcome_of(default_question(loaded)).text
    return parse_dotconfig(text + "".join(f"{line}\n" for line in lines).encode(), ".config")


def checked(case: Case, about: DotConfig) -> Checked:
    """The case's rule held against a config by the snapshot."""
    place = place_of(snapshot(case))
    by = By(place, BUILT_IN, None, case.arch, Toolchain(), ProbeMode.NONE)
    return check_one(about, case.rules, by)


def status(case: Case, found: Checked) -> Status:
    """What came of the case's rule."""
    (result,) = [each for each in found.results if each.rule.id == case.rule]
    return result.status


ON_SNAPSHOTS = [case for case in CASES if not (case.tree_only or case.lines_only)]


@pytest.mark.parametrize("case", ON_SNAPSHOTS, ids=lambda case: case.id)
def test_a_rule_tells_its_configs_apart(case: Case) -> None:
    good = checked(case, config(case, case.passes))
    assert (good.basis, status(case, good)) == (Basis.SNAPSHOT, Status.PASS)
    assert good.repair is None
    bad = checked(case, config(case, case.fails))
    assert status(case, bad) in (Status.FAIL, Status.WARN)


@pytest.mark.parametrize("case", ON_SNAPSHOTS, ids=lambda case: case.id)
def test_the_fragment_makes_it_pass(case: Case) -> None:
    found = checked(case, config(case, case.fails)).repair
    assert found is not None
    assert found.lines, found.clashes
    # Up to 4.17 there are choices whose members hang on each other, which no proof covers.
    assert found.proved_minimal or snapshot(case).numbers < (4, 18)
    mended = checked(case, config(case, [*case.fails, *found.lines]))
    assert status(case, mended) is Status.PASS


@pytest.mark.parametrize("case", [c for c in CASES if c.lines_only], ids=lambda case: case.id)
def test_lines_alone_tell_them_apart(case: Case) -> None:
    header = f"# Linux/{case.arch} {case.version}.0 Kernel Configuration\n"
    for lines, expected in (
        (case.passes, (Status.PASS,)),
        (case.fails, (Status.FAIL, Status.WARN)),
    ):
        text = header + "".join(f"{line}\n" for line in lines)
        found = check_by_lines(parse_dotconfig(text.encode(), ".config"), case.rules, ())
        assert status(case, found) in expected


def test_snapshots_are_made_for_all_that_rules_name() -> None:
    rules = load_rules(shipped(), date(2026, 11, 25))
    assert rules.symbols <= all_symbols()
