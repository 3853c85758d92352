"""The answers of cases/conf-answers.toml are those of each version's conf, asked here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests import test_conf_answers as cases
from tests.real.kernel_conf import run_conf, tree_path
from tests.small import VERSIONS

pytestmark = pytest.mark.real


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case["name"])
def test_the_answer_on_record_is_conf_s(case: dict[str, Any], version: str, tmp_path: Path) -> None:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    (tmp_path / "Kconfig").write_text(cases._kconfig(case, version))
    environment = {"PATH": os.environ["PATH"], "srctree": str(tmp_path), "CC": "gcc"}
    made = run_conf(tree, "olddefconfig", environment, case["config"].encode())
    expected = cases._answer(case, version)
    if expected.startswith("error: "):
        assert made.returncode != 0
        assert expected.removeprefix("error: ") in made.stderr
        return
    assert made.returncode == 0, made.stderr
    text = made.config.decode()
    values = " ".join(f"{name}={cases._value(text, name)}" for name in case["symbols"])
    assert values == expected
