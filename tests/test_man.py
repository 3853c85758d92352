"""docs/kcheck.1: what the commands say of themselves, in a form that man takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from kcheck.cli.program import build
from tools.man import page

PAGE = Path(__file__).parent.parent / "docs" / "kcheck.1"


@pytest.fixture(scope="module")
def read() -> str:
    """The page as a reader sees it, in one long line."""
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-P-cbou", "-ww", str(PAGE)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return " ".join(done.stdout.split())


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text() == page(), "make man writes it again"


def test_every_command_and_option_is_there(read: str) -> None:
    program: Any = typer.main.get_command(build())
    groups = {"": program} | {
        f"{name} ": each for name, each in program.commands.items() if hasattr(each, "commands")
    }
    for above, group in groups.items():
        for name, command in group.commands.items():
            if command.hidden or hasattr(command, "commands"):
                continue
            match = re.search(rf"kcheck {above}{name} (kcheck {above}{name}\b.*?) kcheck ", read)
            assert match is not None, name
            assert " ".join(command.help.split()) in read
            for parameter in command.params:
                if parameter.param_type_name == "option":
                    assert re.search(
                        rf"{parameter.opts[0]}\b", match[1] + read.split("OF SEVERAL")[1]
                    )
                    assert " ".join(parameter.help.split()) in read


def test_what_is_hidden_is_not_there(read: str) -> None:
    assert not re.search(r"kcheck complete\b", read)


def test_an_option_is_described_once_where_several_commands_share_it(read: str) -> None:
    assert read.count("Ask the compiler (run), take saved answers (recorded)") == 1
    assert read.index("OPTIONS OF SEVERAL COMMANDS") < read.index("Ask the compiler (run)")


def test_no_line_begins_with_what_groff_takes_for_a_request() -> None:
    """Help that begins with a dot, as `.configs` does, has to be guarded."""
    known = {'.\\"', ".TH", ".nh", ".ad", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".br"}
    requests = {line.split()[0] for line in page().splitlines() if line.startswith((".", "'"))}
    assert requests <= known | {".BR", ".RB", ".RI"}
    assert "\\&.configs, defconfigs or fragments; a folder" in page()


def test_man_shows_it_without_a_warning() -> None:
    man = shutil.which("man")
    if man is None:
        pytest.skip("man is not installed")
    done = subprocess.run(
        [man, "--warnings", "-l", str(PAGE)], capture_output=True, text=True, check=False
    )
    if "minimized" in done.stdout:
        pytest.skip("man is a stub here")
    assert (done.returncode, done.stderr) == (0, "")
    assert "livepatch" in done.stdout
