"""kcheck as a library: the page's examples, and that the names stay what they are."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent


def test_the_examples_of_the_page_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    found = doctest.testfile(str(TOP / "docs" / "library.md"), module_relative=False)
    assert found.attempted > 20
    assert found.failed == 0


@pytest.mark.parametrize("first", ["kcheck", "kcheck.explain.answer", "kcheck.evaluate.conf"])
def test_functions_can_be_called_whatever_was_imported_before(first: str) -> None:
    """kcheck.explain and kcheck.evaluate are packages, which importing them puts there."""
    script = (
        f"import {first} as first, kcheck\n"
        "kernel = kcheck.load('sample_configs/small-tree', arch='x86_64', probes='none')\n"
        "for _ in range(2):\n"
        "    assert kcheck.explain(kernel, 'MODULES').symbol == 'MODULES'\n"
        "    assert kcheck.evaluate(kernel).text\n"
        "from kcheck import check, evaluate, explain, load, plan\n"
        "assert explain(kernel, 'MODULES').symbol == 'MODULES'\n"
        "assert evaluate(kernel, config=b'CONFIG_EXPERT=y\\n').text\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=TOP, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_bare_package_loads_nothing() -> None:
    script = "import sys, kcheck; print([each for each in sys.modules if 'kcheck.' in each])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_types_are_offered() -> None:
    assert (TOP / "kcheck" / "py.typed").is_file()
