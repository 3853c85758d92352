"""The commands as a user runs them, on the small tree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import SMALL_TREE, Kcheck

DOCS = Path(__file__).parent.parent / "docs"
VERDICTS = {
    "x86_64": "can-be-enabled",
    "i386": "impossible",
    "arm64": "enabled",
    "powerpc": "blocked-by-toolchain",
    "riscv": "impossible",
}


@pytest.mark.parametrize(("arch", "verdict"), VERDICTS.items())
def test_json_says_the_verdict_and_follows_its_schema(
    kcheck: Kcheck, arch: str, verdict: str
) -> None:
    # Without a prefix it is this machine's compiler that refuses what powerpc's would do.
    arguments = ("explain", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", arch)
    done = kcheck(*arguments, "--cross-compile", "", "--format", "json")
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((DOCS / "explain.schema.json").read_text()))
    assert document["verdict"] == verdict
    assert document["target"]["config"].endswith("defconfig (no .config)")
    assert done.returncode == (0 if verdict == "enabled" else 1)


def test_report_names_file_and_line_of_what_to_set(kcheck: Kcheck) -> None:
    done = kcheck("explain", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", "x86_64")
    first = done.stdout.splitlines()[0]
    assert first == "LIVEPATCH = n   can be enabled: 2 lines"
    assert "waits on FUNCTION_TRACER = n   :16" in done.stdout
    assert "<- yours to set (off at x86_64_defconfig:4)" in done.stdout
    assert "x86_64_defconfig (no .config)" in done.stdout
    assert "CONFIG_FUNCTION_TRACER=y\n" in done.stdout


def test_not_defined_here_says_who_reads_it(kcheck: Kcheck) -> None:
    done = kcheck("explain", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", "riscv64")
    assert done.stdout.splitlines()[0] == "LIVEPATCH   not defined for riscv"
    assert "kernel/livepatch/Kconfig:4" in done.stdout
    assert "read by arm64, powerpc, x86 only" in done.stdout


def test_all_lists_every_condition(kcheck: Kcheck) -> None:
    done = kcheck("explain", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", "x86_64", "--all")
    assert "yes depends on MODULES   kernel/livepatch/Kconfig:7" in done.stdout
    assert "yes depends on !TRIM_UNUSED_KSYMS   kernel/livepatch/Kconfig:11" in done.stdout


def test_depth_cuts_the_chain(kcheck: Kcheck) -> None:
    arguments = ("explain", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", "x86_64")
    done = kcheck(*arguments, "--depth", "1")
    assert "(goes on: --depth)" in done.stdout
    assert "<- yours to set" not in done.stdout


@pytest.mark.parametrize(
    ("symbol", "first"),
    [
        ("LOG_BUF_SHIFT", "LOG_BUF_SHIFT = 17   enabled"),
        ("LOCALVERSION", 'LOCALVERSION = ""   enabled'),
        ("PREEMPT_NONE", "PREEMPT_NONE = y   enabled"),
        ("CONFIG_MODULES", "MODULES = y   enabled"),
        ("modules", "MODULES = y   enabled"),
    ],
)
def test_every_type_of_symbol(kcheck: Kcheck, symbol: str, first: str) -> None:
    done = kcheck("explain", symbol, "--tree", str(SMALL_TREE), "--arch", "x86_64")
    assert done.stdout.splitlines()[0] == first
    assert done.returncode == 0


def test_the_tree_is_found_from_a_folder_below_it(kcheck: Kcheck) -> None:
    done = kcheck("explain", "MODULES", "--arch", "x86_64", cwd=SMALL_TREE / "kernel" / "trace")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("extra", "option", "expected"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
    ],
)
def test_colour_option_beats_no_color_beats_force_color(
    kcheck: Kcheck, extra: dict[str, str], option: tuple[str, ...], expected: bool
) -> None:
    arguments = ("explain", "MODULES", "--tree", str(SMALL_TREE), "--arch", "x86_64", *option)
    assert ("\x1b[" in kcheck(*arguments, **extra).stdout) is expected


def test_olddefconfig_to_stdout(kcheck: Kcheck, tree: Path) -> None:
    (tree / "mine").write_text("CONFIG_MODULES=y\nCONFIG_TRIM_UNUSED_KSYMS=y\n")
    arguments = ("olddefconfig", "--tree", str(tree), "--arch", "x86_64", "--output", "-")
    done = kcheck(*arguments, "--config", str(tree / "mine"))
    assert done.stdout.startswith(
        "#\n# Automatically generated file; DO NOT EDIT.\n"
        "# Linux/x86_64 7.3.0-small Kernel Configuration\n#\n"
    )
    assert "CONFIG_TRIM_UNUSED_KSYMS=y\n" in done.stdout
    assert (tree / "mine").read_text() == "CONFIG_MODULES=y\nCONFIG_TRIM_UNUSED_KSYMS=y\n"


def test_olddefconfig_writes_in_place_and_keeps_the_old(kcheck: Kcheck, tree: Path) -> None:
    (tree / ".config").write_text("CONFIG_MODULES=y\n")
    done = kcheck("olddefconfig", "--tree", str(tree), "--arch", "x86_64")
    assert done.returncode == 0, done.stderr
    assert (tree / ".config.old").read_text() == "CONFIG_MODULES=y\n"
    first = (tree / ".config").read_bytes()
    again = kcheck("olddefconfig", "--tree", str(tree), "--arch", "x86_64")
    assert "no change" in again.stderr
    assert (tree / ".config").read_bytes() == first


def test_savedefconfig_keeps_only_what_differs(kcheck: Kcheck, tree: Path) -> None:
    (tree / ".config").write_text("CONFIG_MODULES=y\nCONFIG_LOG_BUF_SHIFT=17\nCONFIG_EXPERT=y\n")
    done = kcheck("savedefconfig", "--tree", str(tree), "--arch", "x86_64", "--output", "-")
    assert done.stdout == "CONFIG_EXPERT=y\nCONFIG_MODULES=y\n"


def test_nothing_is_left_in_the_tree(kcheck: Kcheck, tree: Path) -> None:
    before = sorted(tree.rglob("*"))
    kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--arch", "arm64")
    assert sorted(tree.rglob("*")) == before


def test_a_fault_of_kcheck_is_code_3_in_one_line(kcheck: Kcheck, tree: Path) -> None:
    program = (
        "import sys, kcheck.cli.app as app, kcheck.explain.answer as answer;"
        "answer.explain = None; sys.exit(app.run(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "explain", "MODULES", "--tree", str(tree)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "a fault of kcheck's own" in done.stderr
    assert "Traceback" not in done.stderr
