"""Texts that others wrote reach a terminal as letters, never as commands to it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kcheck.doctor.examine import examine
from kcheck.printable import legible, legible_json, one_line
from kcheck.report.doctor import doctor_text
from kcheck.trees.running import System
from tests.conftest import SMALL_TREE, Kcheck
from tests.test_rule_files import rule, written

BAD = "\x1b[2J\x9b2J\x07\x7f\u061c\u202e\u2066\u2028x"
SHOWN = r"\u{1b}[2J\u{9b}2J\u{7}\u{7f}\u{61c}\u{202e}\u{2066}\u{2028}x"
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
COLOR = re.compile(r"\x1b\[[\d;]*m")
NAME = f"a{BAD}.x86_64"
PROBES = ("--probes", "none")
HERE = ("--arch", "x86_64", *PROBES)
KCONFIG = f"""
config EVIL
\tbool "prompt {BAD}" if LOCALVERSION != "asked {BAD}"
\tdepends on LOCALVERSION = "needed {BAD}"
\tdepends on $(success,test {BAD})

config EVIL_TEXT
\tstring
\tdefault "default {BAD}"

config EVIL_ON
\tdef_bool y
\tdepends on LOCALVERSION != "other {BAD}"
"""


@pytest.fixture
def evil(tree: Path) -> Path:
    """A tree whose Kconfig has commands to a terminal in it."""
    with (tree / "lib" / "Kconfig.debug").open("a") as file:
        file.write(KCONFIG)
    return tree


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Likewise a config, in its name and in its lines."""
    text = f'CONFIG_X86=y\nCONFIG_EXPERT=y\nCONFIG_LOCALVERSION="{BAD}"\nCONFIG_EVIL=y\n'
    (tmp_path / NAME).write_text(text)
    return NAME


Words = Callable[[str, str], tuple[str, ...]]
REPORTS: dict[str, Words] = {
    "explain a value": lambda tree, config: (
        "explain", "LOCALVERSION", "--tree", tree, "--config", config, *HERE,
    ),
    "explain a condition": lambda tree, config: (
        "explain", "EVIL", "--all", "--tree", tree, "--config", config, *HERE,
    ),
    "explain a default": lambda tree, config: (
        "explain", "EVIL_TEXT", "--all", "--tree", tree, "--config", config, *HERE,
    ),
    "explain why on": lambda tree, config: (
        "explain", "EVIL_ON", "--why-on", "--tree", tree, "--config", config, *HERE,
    ),
    "audit": lambda tree, config: (
        "audit", config, "--config", config, "--tree", tree, *HERE,
    ),
    "arches": lambda tree, config: (
        "arches", "EVIL", "--config", config, "--tree", tree, *PROBES,
    ),
    "arches as markdown": lambda tree, config: (
        "arches", "EVIL", "--config", config, "--tree", tree, "--format", "markdown", *PROBES,
    ),
    "diff": lambda tree, config: (
        "diff", str(SMALL_TREE), tree, "EVIL", "--config", config, *PROBES,
    ),
    "diff as markdown": lambda tree, config: (
        "diff", str(SMALL_TREE), tree, "EVIL", "--config", config, "--format", "markdown", *PROBES,
    ),
    "history": lambda tree, config: (
        "history", "EVIL", "--tree", str(SMALL_TREE), "--tree", tree, *PROBES,
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", REPORTS.values(), ids=REPORTS)
def test_reports(kcheck: Kcheck, evil: Path, config: str, words: Words) -> None:
    made = kcheck(*words(str(evil), config))
    assert made.returncode in (0, 1), made.stderr
    assert r"\u{1b}[2J\u{9b}2J" in made.stdout
    assert not UNSEEN.search(made.stdout + made.stderr)


@pytest.mark.parametrize("command", ["explain", "arches"])
def test_a_byte_that_is_no_text_is_shown(kcheck: Kcheck, tmp_path: Path, command: str) -> None:
    (tmp_path / "latin.x86_64").write_bytes(b'CONFIG_X86=y\nCONFIG_LOCALVERSION="caf\xe9"\n')
    words = (command, "LOCALVERSION", "--tree", str(SMALL_TREE), "--config", "latin.x86_64")
    # An answer that is kept would be given again the second time.
    for form in ("text", "json", "text"):
        made = kcheck(*words, *PROBES, "--format", form)
        assert (made.returncode, made.stderr) == (0, "")
        assert command != "explain" or r"caf\xe9" in made.stdout.replace(r"\\x", r"\x")


@pytest.mark.parametrize("name", ["explain a value", "explain a condition", "audit", "arches"])
def test_colour_stays(kcheck: Kcheck, evil: Path, config: str, name: str) -> None:
    words = REPORTS[name](str(evil), config)
    plain, colored = kcheck(*words).stdout, kcheck(*words, "--color", "always").stdout
    assert COLOR.search(colored)
    assert COLOR.sub("", colored) == plain
    assert not UNSEEN.search(plain)


def test_a_name_makes_no_line_of_its_own(kcheck: Kcheck, tmp_path: Path) -> None:
    name = "a\nLIVEPATCH = y   enabled\t.config"
    (tmp_path / name).write_text("CONFIG_EXPERT=y\n")
    made = kcheck("explain", "LIVEPATCH", "--config", name, "--tree", str(SMALL_TREE), *HERE)
    assert r"a\nLIVEPATCH = y   enabled\t.config" in made.stdout.splitlines()[1]


def test_bytes_that_are_no_text_are_shown(kcheck: Kcheck, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.config")
    (tmp_path / name).write_bytes(b'CONFIG_LOCALVERSION="caf\xe9"\nCONFIG_PREEMPT_VOLUNTARY=y\n')
    words = ("audit", name, "--config", name, "--tree", str(SMALL_TREE), *HERE)
    made = kcheck(*words)
    assert made.stdout.startswith(r"caf\xe9.config: all 2 lines survive")
    document = json.loads(kcheck(*words, "--format", "json").stdout)
    assert document["target"]["config"] == r"caf\xe9.config"


def test_lines_for_a_config_stay_as_they_are(kcheck: Kcheck, evil: Path, config: str) -> None:
    goal = f"LOCALVERSION=new {BAD}"
    words = ("--config", config, "--tree", str(evil), *HERE)
    made = kcheck("fragment", goal, *words)
    assert made.returncode == 0, made.stderr
    assert made.stdout == f'CONFIG_LOCALVERSION="new {BAD}"\n'
    assert SHOWN in made.stderr
    assert not UNSEEN.search(made.stderr)
    wanted = f'CONFIG_LOCALVERSION="{BAD}"\n'
    assert wanted in kcheck("olddefconfig", "--output", "-", *words).stdout
    assert wanted in kcheck("savedefconfig", "--output", "-", *words).stdout


@pytest.mark.parametrize("command", ["info", "clear"])
def test_the_cache_folder(kcheck: Kcheck, tmp_path: Path, command: str) -> None:
    made = kcheck("cache", command, XDG_CACHE_HOME=str(tmp_path / BAD))
    assert made.returncode == 0
    assert SHOWN in made.stdout.splitlines()[0]
    assert not UNSEEN.search(made.stdout)


def test_rules(kcheck: Kcheck, tmp_path: Path) -> None:
    escaped = json.dumps(BAD).replace("\x7f", r"\u007f")
    name = f"{BAD}.toml"
    written(tmp_path, rule("own", ask='"NO_SUCH_SYMBOL"', reason=escaped), name)
    shown = kcheck("rules", "show", name)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count(r"\u{1b}[2J\u{9b}2J\u{7}") == 2
    linted = kcheck("rules", "lint", name)
    assert SHOWN in linted.stdout
    made = kcheck("rules", "new", f"other {name}")
    assert SHOWN in made.stdout
    assert not UNSEEN.search(shown.stdout + linted.stdout + made.stdout)


def test_doctor(tmp_path: Path) -> None:
    made = doctor_text(examine(System(tmp_path, f"6.12.0{BAD}", "x86_64")))
    assert SHOWN in made
    assert not UNSEEN.search(made)


def test_errors(kcheck: Kcheck, evil: Path) -> None:
    made = kcheck("explain", "EVIL", "--config", f"no-{NAME}", "--tree", str(evil), *HERE)
    assert made.returncode == 2
    assert made.stderr.startswith(f"kcheck: no-a{SHOWN}.x86_64: no such file")
    assert not UNSEEN.search(made.stderr)
    with (evil / "Kconfig").open("a") as file:
        file.write(f"$(error-if,y,stop {BAD})\n")
    made = kcheck("explain", "EVIL", "--tree", str(evil), *HERE)
    assert made.returncode == 2
    assert f"stop {SHOWN}" in made.stderr
    assert not UNSEEN.search(made.stderr)


def test_warnings(kcheck: Kcheck, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(bytes(100))
    rules = written(tmp_path, rule("own", ask='"LIVEPATCH"'))
    made = kcheck("check", NAME, "--rules", rules, "--tree", str(SMALL_TREE), *HERE)
    assert made.returncode == 2
    assert made.stderr.startswith(f"kcheck: a{SHOWN}.x86_64: ")
    assert not UNSEEN.search(made.stdout + made.stderr)


def test_json_is_escaped_and_means_the_same(kcheck: Kcheck, evil: Path, config: str) -> None:
    words = ("--config", config, "--tree", str(evil), *HERE, "--format", "json")
    made = kcheck("explain", "LOCALVERSION", *words)
    assert json.loads(made.stdout)["value"] == BAD
    assert r"\u001b[2J\u009b2J\u0007\u007f\u061c\u202e\u2066\u2028x" in made.stdout
    assert not UNSEEN.search(made.stdout)


def test_a_check_as_json_likewise(kcheck: Kcheck, tmp_path: Path, evil: Path, config: str) -> None:
    rules = written(tmp_path, rule("own", ask='"EVIL"'))
    words = ("check", config, "--rules", rules, "--tree", str(evil), *HERE)
    made = kcheck(*words, "--format", "json")
    assert made.returncode == 1, made.stderr
    assert json.loads(made.stdout)["configs"][0]["config"] == NAME
    assert not UNSEEN.search(made.stdout)


def test_a_text_that_all_can_see_is_left_alone() -> None:
    seen = 'Größe "ä"  ✓ \\u{1b}'
    assert legible(seen) == seen
    assert legible_json(f'{{"a": "{seen}"}}') == f'{{"a": "{seen}"}}'
    assert one_line("a\nb\u2028c\td\udce9\n") == r"a b\u{2028}c\td\xe9"


def test_printing_needs_nothing_else() -> None:
    program = "import sys; import kcheck.printable; print(*sys.modules)"
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    ours = {name for name in made.stdout.split() if name.startswith("kcheck")}
    assert ours == {"kcheck", "kcheck.printable"}
    assert "msgspec" not in made.stdout.split()
