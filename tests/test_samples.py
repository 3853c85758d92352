"""The configs in sample_configs: what README says of each holds on any machine, without a tree."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kcheck.arches import srcarch_of, subarch
from kcheck.dotconfig import read_dotconfig
from kcheck.kconfig.load import ProbeMode
from kcheck.sources import open_question, sources
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.running import System
from tests.conftest import Kcheck

TOP = Path(__file__).parent.parent
ROWS = re.findall(
    r"^\| `kcheck (explain [^`|]*sample_configs/(\S+)[^`|]*)` \| ([a-z ]+) \|$",
    (TOP / "README.md").read_text(),
    re.M,
)
"""README's rows: the words of the command, the file's name, the verdict."""
VERDICTS = {
    "enabled": "enabled",
    "can be enabled": "can-be-enabled",
    "conflict": "conflict",
    "blocked by the toolchain": "blocked-by-toolchain",
    "impossible": "impossible",
    "not defined": "impossible",
}
POWERPC = "powerpc-7.3-blocked-by-toolchain.config"
COMMANDS = {name: command for command, name, _ in ROWS}
FILES = sorted(TOP.glob("sample_configs/*.config"))


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder in no kernel tree, with the samples below it as README names them."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "sample_configs").symlink_to(TOP / "sample_configs")
    return folder


def ask(kcheck: Kcheck, here: Path, command: str, **environment: str) -> dict[str, Any]:
    """What the command answers, its exit code checked."""
    done = kcheck(*shlex.split(command), "--format", "json", cwd=here, **environment)
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if document["verdict"] == "enabled" else 1)
    assert document["target"]["source"] == "snapshot"
    return document


def test_readme_names_every_file_once_and_shows_every_verdict() -> None:
    assert sorted(COMMANDS) == [path.name for path in FILES]
    assert len(ROWS) == len(FILES)
    assert {verdict for _, _, verdict in ROWS} == set(VERDICTS)


@pytest.mark.parametrize(("command", "name", "verdict"), ROWS, ids=[row[1] for row in ROWS])
def test_the_command_gives_the_verdict(
    kcheck: Kcheck, here: Path, command: str, name: str, verdict: str
) -> None:
    if name == POWERPC:
        is_own = srcarch_of(subarch()) == "powerpc"
        if is_own or not (shutil.which("gcc") and shutil.which("ld")):
            pytest.skip("no gcc for another machine than powerpc")
    else:
        assert "--probes none" in command
    document = ask(kcheck, here, command)
    assert document["verdict"] == VERDICTS[verdict]
    assert bool(document["definitions"]) == (verdict != "not defined")
    arch, version, *told = name.removesuffix(".config").split("-")
    assert document["target"]["arch"] == arch
    assert document["target"]["version"].startswith(f"{version}.")
    assert "-".join(told) == verdict.replace(" the ", " ").replace(" ", "-")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_says_itself_what_it_is_for(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bare = System(tmp_path, "6.6.1", "x86_64")
    question, notes = open_question(sources(None, path, None, bare), Toolchain(), ProbeMode.NONE)
    target = question.loaded.target
    arch, version, *_ = path.name.split("-")
    assert target.arch == arch
    assert target.tree.version.startswith(f"{version}.")
    assert read_dotconfig(path).header == (arch, target.tree.version)
    assert notes == (
        f"no kernel tree at hand: answered from the snapshot of linux {target.tree.version}",
    )
    assert 10 <= path.read_text().count("\n") <= 60


def test_powerpc_without_a_compiler_is_taken_for_able(
    kcheck: Kcheck, here: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    document = ask(kcheck, here, COMMANDS[POWERPC], PATH=str(tmp_path / "empty"))
    assert document["verdict"] == "can-be-enabled"
    assert document["plan"]["lines"] == ["CONFIG_LIVEPATCH=y"]


def test_powerpc_with_its_own_compiler_can_have_it(kcheck: Kcheck, here: Path) -> None:
    if shutil.which("powerpc64le-linux-gnu-gcc") is None:
        pytest.skip("powerpc64le-linux-gnu-gcc is not installed")
    document = ask(kcheck, here, f"{COMMANDS[POWERPC]} --cross-compile powerpc64le-linux-gnu-")
    assert document["verdict"] == "can-be-enabled"


def test_the_demo_asks_what_readme_says() -> None:
    """Five verdicts in the order of README, then the table of architectures."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    kept = {name: value for name, value in os.environ.items() if name not in ("TREE", "MAKEFLAGS")}
    told = subprocess.run(
        [make, "--no-print-directory", "-n", "-o", ".venv/.installed", "demo", "PROBES=none"],
        cwd=TOP,
        env=kept,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    joined = told.replace("\\\n", " ")
    shown = re.findall(r'(?<!\S)show "(?:\d\. )?([^"]+)" ([^;\n]*)', joined)
    shown = [(title, " ".join(command.split())) for title, command in shown]
    assert shown.pop() == ("every architecture", "arches LIVEPATCH --tree 7.3 --probes none")
    verdicts = list(dict.fromkeys(verdict for _, _, verdict in ROWS))
    assert [title for title, _ in shown] == verdicts[:5]
    assert all((command, title) in {(row[0], row[2]) for row in ROWS} for title, command in shown)
