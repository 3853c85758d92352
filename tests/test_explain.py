"""What an explanation says of small trees; the wording is that of tests/cases."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from kcheck.dotconfig import parse_dotconfig
from kcheck.errors import UnknownSymbolError
from kcheck.explain.answer import explain
from kcheck.findings import Explanation, Overridden, Verdict
from kcheck.report.json import explanation_json
from kcheck.report.text import Subject, explanation_text
from kcheck.solve.session import Session
from tests.small import read_text
from tests.test_cases import CASES

SCHEMA = json.loads((CASES.parent.parent / "docs" / "explain.schema.json").read_text())

TEN_SELECTORS = "config WANTED\n\tbool\n" + "".join(
    f'config S{number}\n\tbool "s"\n\tselect WANTED\n' for number in range(10)
)
DEAR_WAY = """
config WANTED
	def_bool y
	depends on NEAR

config NEAR
	bool "near"

config A
	bool "a"
config B
	bool "b"
	depends on A
config C
	bool "c"
	depends on B
config FAR
	bool "far"
	depends on C
	select WANTED
"""


def _explained(
    folder: Path, kconfig: str, name: str, config: str = "", every: bool = False
) -> tuple[Explanation, str]:
    model = read_text(folder, kconfig)
    dotconfig = parse_dotconfig(config.encode(), "config")
    found = explain(Session(model, dotconfig), dotconfig, name, every=every)
    jsonschema.validate(json.loads(explanation_json(found, model.target, "config")), SCHEMA)
    return found, explanation_text(found, Subject("7.3", "test", "", "config"), every)


def test_many_ways_are_counted_and_all_lists_them(tmp_path: Path) -> None:
    _, text = _explained(tmp_path, TEN_SELECTORS, "WANTED")
    assert "S3 = n would select it" in text
    assert "or 6 other ways (--all)" in text
    _, text = _explained(tmp_path, TEN_SELECTORS, "WANTED", every=True)
    assert "S9 = n would select it" in text


def test_a_dear_way_is_counted_beside_a_cheap_one(tmp_path: Path) -> None:
    _, text = _explained(tmp_path, DEAR_WAY, "WANTED")
    assert "NEAR = n  <- yours to set" in text
    assert "FAR" not in text
    assert "or 1 other way (--all)" in text
    _, text = _explained(tmp_path, DEAR_WAY, "WANTED", every=True)
    assert "FAR = n would select it" in text


def test_no_line_and_is_not_set_are_different_answers(tmp_path: Path) -> None:
    kconfig = 'config A\n\tbool "a"\n'
    _, silent = _explained(tmp_path, kconfig, "A")
    _, refused = _explained(tmp_path, kconfig, "A", "# CONFIG_A is not set\n")
    assert "yours to set (not in the config)" in silent
    assert "yours to set (off at config:1)" in refused


def test_a_condition_that_another_implies_is_left_out(tmp_path: Path) -> None:
    kconfig = 'config A\n\tbool "a"\nif A\nconfig B\n\tbool "b"\nconfig C\n\tbool "c"\n'
    _, text = _explained(tmp_path, kconfig + "\tdepends on B\nendif\n", "C")
    assert "B = n   Kconfig:4\n          waits on A = n" in text
    assert text.count("A = n") == 1


def test_a_default_that_another_precedes(tmp_path: Path) -> None:
    kconfig = "config A\n\tbool\n\tdefault n\n\tdefault y\n"
    found, _ = _explained(tmp_path, kconfig, "A")
    (reason,) = found.reasons
    assert isinstance(reason, Overridden)
    assert str(reason.by) == "Kconfig:3"


def test_a_number_without_a_value_is_not_said_to_be_n(tmp_path: Path) -> None:
    kconfig = 'config A\n\tbool "a"\nconfig N\n\tint "n"\n\tdefault 5\n\tdepends on A\n'
    found, text = _explained(tmp_path, kconfig, "N")
    assert found.verdict is Verdict.REACHABLE
    assert text.startswith("N has no value   can be enabled: 1 line")


@pytest.mark.parametrize(
    "condition", ["!!A", "!(A && B)", "!(A || B)", "A = B", "!(A = y)", 'A != "y"', "m", "!y"]
)
@pytest.mark.parametrize("config", ["", "CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_B=y\n"])
def test_every_kind_of_condition_gets_an_answer(
    tmp_path: Path, condition: str, config: str
) -> None:
    kconfig = (
        'config A\n\tbool "a"\nconfig B\n\tbool "b"\n'
        f'config WANTED\n\tbool "w"\n\tdepends on {condition}\n'
    )
    for name in ("A", "B", "WANTED"):
        _explained(tmp_path, kconfig, name, config)


@pytest.mark.parametrize("name", ["LIVEPATH", "CONFIG_LIVEPATH", "livepath"])
def test_a_misspelt_name_gets_suggestions(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownSymbolError, match="did you mean LIVEPATCH"):
        _explained(tmp_path, 'config LIVEPATCH\n\tbool "l"\n', name)


def test_only_the_cheapest_chain_is_waited_on(tmp_path: Path) -> None:
    kconfig = (
        'config A\n\tbool "a"\nconfig B\n\tbool "b"\nconfig C\n\tbool "c"\n\tdepends on B\n'
        'config WANTED\n\tbool "w"\n\tdepends on C || A\n'
    )
    found, text = _explained(tmp_path, kconfig, "WANTED")
    assert found.waits_on == ("A",)
    assert text.startswith("WANTED = n   can be enabled: 2 lines\n")


def test_a_selector_that_is_off_is_named_once(tmp_path: Path) -> None:
    kconfig = 'config WANTED\n\tbool\nconfig S\n\tbool "s"\n\tselect WANTED\n'
    _, text = _explained(tmp_path, kconfig, "WANTED")
    assert text.count("S = n") == 1
    assert "S = n would select it  <- yours to set (not in the config)   Kconfig:5" in text
