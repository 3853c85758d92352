"""Folders of tests/cases: a Kconfig, a config, what is expected of them.

case.toml   says what the case is about: `about`, `version` and, optionally, `construct` and
            `mode`, where it is not olddefconfig
config      the .config given; without one there is none
expected    the .config that comes out (conf's own, where trees are at hand: test_cases_conf)
warnings    what conf writes to stderr about values
explain-X   the report on the symbol X
error       the message, where the Kconfig is refused
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kcheck.dotconfig import DotConfig, read_dotconfig
from kcheck.errors import KcheckError
from kcheck.evaluate.conf import Outcome, allnoconfig, allyesconfig, olddefconfig
from kcheck.explain.answer import explain
from kcheck.kconfig.constructs import all_constructs
from kcheck.model import Model
from kcheck.report.text import Subject, explanation_text
from kcheck.solve.session import Session
from tests.small import read_folder

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/case.toml"))


def _config(folder: Path, name: str) -> DotConfig | None:
    path = folder / "config"
    if not path.exists():
        return None
    config = read_dotconfig(path)
    return DotConfig(name, config.lines)


def _outcome(folder: Path, model: Model, mode: str) -> Outcome:
    if mode == "olddefconfig":
        return olddefconfig(model, _config(folder, ".config"))
    return {"allyesconfig": allyesconfig, "allnoconfig": allnoconfig}[mode](model)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case(folder: Path) -> None:
    case = tomllib.loads((folder / "case.toml").read_text())
    assert case["about"]
    if (folder / "error").exists():
        with pytest.raises(KcheckError) as refused:
            olddefconfig(read_folder(folder, case["version"]), None)
        assert f"{refused.value}\n" == (folder / "error").read_text()
        return
    model = read_folder(folder, case["version"])
    outcome = _outcome(folder, model, case.get("mode", "olddefconfig"))
    if (folder / "expected").exists():
        assert outcome.text.decode() == (folder / "expected").read_text()
    if (folder / "warnings").exists():
        assert "".join(outcome.warnings) == (folder / "warnings").read_text()
    for report in folder.glob("explain-*"):
        symbol = report.name.removeprefix("explain-")
        config = _config(folder, "config")
        session = Session(model, config, outcome.valuation)
        found = explain(session, config, symbol)
        subject = Subject(case["version"], "test", "", "config")
        assert explanation_text(found, subject, show_all=False) == report.read_text()


def test_every_construct_has_a_case() -> None:
    shown = {
        tomllib.loads((folder / "case.toml").read_text()).get("construct") for folder in FOLDERS
    }
    assert {construct.NAME for construct in all_constructs()} <= shown
