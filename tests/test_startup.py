"""What a command imports: nothing that it does not need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SMALL_TREE

COMMANDS = Path(__file__).parent.parent / "kcheck" / "cli"
HEAVY = {
    "concurrent.futures",
    "hashlib",
    # It loads an instance of kconfiglib of its own, which has no name among the modules.
    "kcheck.kconfig.library",
    "kconfiglib",
    "msgspec",
    "multiprocessing",
    "platformdirs",
    "pydantic",
    "pysat",
    "rich",
    "rich.table",
    "tempfile",
    "tomllib",
}
BEGINNING = {"kcheck", "kcheck.cli", "kcheck.cli.app", "kcheck.cli.program", "kcheck.errors"}
# The program ends at once, with what is left to say still to be written.
PROGRAM = """
import os, runpy, sys
end, out = os._exit, sys.argv.pop(1)
def told(code):
    with open(out, "w") as file:
        file.write("\\n".join(sys.modules))
    end(code)
os._exit = told
runpy.{start}
"""
MODULE = PROGRAM.format(start="run_module('kcheck', run_name='__main__', alter_sys=True)")
SCRIPT = PROGRAM.format(start="run_path({path!r}, run_name='__main__')")


def imported(folder: Path, *words: str, program: str = MODULE) -> set[str]:
    """The modules that the program has imported when it ends."""
    out = folder / "modules"
    done = subprocess.run(
        [sys.executable, "-c", program, str(out), *words],
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return set(out.read_text().splitlines())


def ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] == "kcheck"}


def test_version_imports_no_command(tmp_path: Path) -> None:
    found = imported(tmp_path, "--version")
    assert ours(found) == BEGINNING
    assert not found & HEAVY


def test_help_imports_the_commands_and_nothing_that_they_work_with(tmp_path: Path) -> None:
    found = imported(tmp_path, "--help")
    assert {name.rpartition(".")[0] for name in ours(found) - BEGINNING} == {"kcheck.cli"}
    assert {"kcheck.cli.explain", "kcheck.cli.check"} <= found
    assert not found & HEAVY


@pytest.mark.parametrize("command", ["explain", "check", "doctor", "olddefconfig"])
def test_a_command_s_help_imports_that_command_alone(tmp_path: Path, command: str) -> None:
    found = imported(tmp_path, command, "--help")
    assert ours(found) - {"kcheck.cli.options"} == BEGINNING | {f"kcheck.cli.{command}"}
    assert not found & HEAVY


def test_completing_an_option_imports_its_command_alone(tmp_path: Path) -> None:
    found = imported(tmp_path, "complete", "2", "--", "kcheck", "explain", "--a")
    commands = {"kcheck.cli.complete", "kcheck.cli.words", "kcheck.cli.explain"}
    assert ours(found) == BEGINNING | commands | {"kcheck.cli.options"}
    assert not found & HEAVY


def test_an_answer_imports_what_it_is_computed_with(tmp_path: Path) -> None:
    words = ("LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", "x86_64", "--probes", "none")
    found = imported(tmp_path, "explain", *words)
    assert {"kcheck.kconfig.library", "pysat", "kcheck.explain.answer"} <= found
    commands = {name for name in found if name.startswith("kcheck.cli.")}
    assert commands <= BEGINNING | {
        f"kcheck.cli.{name}" for name in ("explain", "options", "color")
    }
    assert not found & {"concurrent.futures", "multiprocessing", "rich", "tomllib"}
    assert not found & {"kcheck.policy", "kcheck.changes", "kcheck.doctor", "kcheck.processes"}


def test_what_is_kept_is_counted_without_reading_a_tree(tmp_path: Path) -> None:
    found = imported(tmp_path, "cache", "info")
    assert not found & {"kcheck.kconfig", "pysat", "rich", "kcheck.trees", "kcheck.evaluate"}


def test_the_script_starts_as_the_module_does(tmp_path: Path) -> None:
    script = shutil.which("kcheck", path=str(Path(sys.executable).parent))
    if script is None:
        pytest.skip("kcheck is not installed beside this python")
    found = imported(tmp_path, "--version", program=SCRIPT.format(path=script))
    assert ours(found) == BEGINNING
    assert not found & HEAVY


def test_every_command_is_found_by_the_name_of_its_module(tmp_path: Path) -> None:
    """A command that a module registers under another name would not be found."""
    program = (
        "import typer; from kcheck.cli.program import build;"
        "print(*typer.main.get_command(build()).commands)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    with_commands = {
        path.stem for path in COMMANDS.glob("*.py") if "\ndef register(" in path.read_text()
    }
    assert set(done.stdout.split()) == with_commands
    assert {"savedefconfig", "complete"} <= with_commands


@pytest.mark.parametrize("word", ["options", "app", "no_such", "a.b", "../explain", "", "Explain"])
def test_another_module_s_name_is_no_command(tmp_path: Path, word: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kcheck", word], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"No such command '{word}'" in done.stderr


def test_a_command_with_a_broken_import_is_a_fault_and_not_an_unknown_word(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['kcheck.cli.options'] = None;"
        "from kcheck.cli.app import run; sys.exit(run(['explain', 'X']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "kcheck.cli.options" in done.stderr
