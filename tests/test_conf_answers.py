"""Small Kconfigs, and what conf makes of them by version (cases/conf-answers.toml)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from kcheck.dotconfig import parse_dotconfig
from kcheck.errors import KcheckError
from kcheck.evaluate.conf import olddefconfig
from tests.small import VERSIONS, read_text

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "conf-answers.toml").read_text()
)["case"]


def _kconfig(case: dict[str, Any], version: str) -> str:
    text: str = case["kconfig"]
    carries = "option modules" if version == "5.10" else "modules"
    if case["modules"]:
        return f'config MODULES\n\tbool "modules"\n\tdefault y\n\t{carries}\n{text}'
    return text.replace("\tmodules\n", f"\t{carries}\n")


def _answer(case: dict[str, Any], version: str) -> str:
    """conf's answer: that of the latest version listed that is not newer."""
    known = [
        entry["gives"]
        for entry in case["conf"]
        if tuple(int(part) for part in entry["from"].split(".")) <= VERSIONS[version]
    ]
    return str(known[-1])


def _value(text: str, symbol: str) -> str:
    for line in text.splitlines():
        if line == f"# CONFIG_{symbol} is not set":
            return "n"
        if line.startswith(f"CONFIG_{symbol}="):
            return line.partition("=")[2]
    return "-"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_answer_is_conf_s(case: dict[str, Any], version: str, tmp_path: Path) -> None:
    expected = _answer(case, version)
    try:
        model = read_text(tmp_path, _kconfig(case, version), version)
        config = parse_dotconfig(case["config"].encode(), ".config")
        text = olddefconfig(model, config).text.decode()
    except KcheckError:
        assert expected.startswith("error")
        return
    assert " ".join(f"{name}={_value(text, name)}" for name in case["symbols"]) == expected


def test_there_are_the_38_cases() -> None:
    assert len(CASES) == 38
