"""The expected .configs of tests/cases are what each version's conf makes."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from tests.real.kernel_conf import run_conf, tree_path, why_not_there
from tests.test_cases import FOLDERS


@pytest.mark.real
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_expected_is_conf_s_word(folder: Path) -> None:
    case = tomllib.loads((folder / "case.toml").read_text())
    tree = tree_path(case["version"])
    if not tree.is_dir():
        pytest.skip(why_not_there(case["version"]))
    config = folder / "config"
    environment = {
        "PATH": os.environ["PATH"],
        "srctree": str(folder),
        "ARCH": "test",
        "SRCARCH": "test",
    }
    made = run_conf(
        tree,
        case.get("mode", "olddefconfig"),
        environment,
        config.read_bytes() if config.exists() else None,
    )
    if (folder / "error").exists():
        assert made.returncode != 0
        return
    assert made.returncode == 0, made.stderr
    assert made.config == (folder / "expected").read_bytes()
    if (folder / "warnings").exists():
        assert made.stderr == (folder / "warnings").read_text()
