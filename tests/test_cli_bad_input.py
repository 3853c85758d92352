"""Bad input: one line that says what, where and what to do; exit code 2; no traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Kcheck


def _refused(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr


def test_no_tree(kcheck: Kcheck, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    _refused(kcheck("explain", "LIVEPATCH", "--tree", gone), "no such folder", "--tree")


def test_a_tree_that_is_a_file(kcheck: Kcheck, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("CONFIG_X=y\n")
    _refused(kcheck("explain", "LIVEPATCH", "--tree", "file"), "file: neither a folder nor")


def test_a_line_that_is_no_statement(kcheck: Kcheck, tree: Path) -> None:
    top = tree / "Kconfig"
    top.write_text(top.read_text() + "foo bar\n")
    line = top.read_text().count("\n")
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree))
    _refused(done, f"Kconfig:{line}: syntax error: neither a statement nor a macro: foo bar")


def test_blocks_within_blocks_without_end(kcheck: Kcheck, tree: Path) -> None:
    depth = 20_000
    top = tree / "Kconfig"
    top.write_text(top.read_text() + "if MODULES\n" * depth + "endif\n" * depth)
    _refused(kcheck("explain", "LIVEPATCH", "--tree", str(tree)))


@pytest.mark.parametrize(
    "command",
    [
        ("olddefconfig",),
        ("savedefconfig",),
        ("audit", "config"),
        ("fragment", "SYSFS", "--verify-with-conf"),
    ],
)
def test_a_snapshot_where_a_tree_is_needed(
    kcheck: Kcheck, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "config").write_text("CONFIG_SYSFS=y\n")
    _refused(kcheck(*command, "--tree", "7.3", "--arch", "x86_64"), "a whole kernel tree", "--tree")


def test_a_version_of_which_there_is_no_snapshot(kcheck: Kcheck) -> None:
    _refused(kcheck("explain", "LIVEPATCH", "--tree", "3.10"), "no such folder", "4.0, 4.2")


@pytest.mark.parametrize("part", ["Makefile", "Kconfig", "kernel/trace/Kconfig"])
def test_half_a_tree(kcheck: Kcheck, tree: Path, part: str) -> None:
    (tree / part).unlink()
    _refused(kcheck("explain", "LIVEPATCH", "--tree", str(tree)), part)


def test_makefile_without_version(kcheck: Kcheck, tree: Path) -> None:
    (tree / "Makefile").write_text("all:\n")
    _refused(kcheck("explain", "LIVEPATCH", "--tree", str(tree)), "no kernel version")


def test_unknown_arch(kcheck: Kcheck, tree: Path) -> None:
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--arch", "x68")
    _refused(done, "no architecture 'x68'", "did you mean", "arm64, powerpc, riscv, x86")


def test_misspelt_symbol(kcheck: Kcheck, tree: Path) -> None:
    done = kcheck("explain", "CONFIG_LIVPATCH", "--tree", str(tree), "--arch", "x86_64")
    _refused(done, "LIVPATCH", "did you mean LIVEPATCH?")


def test_binary_config(kcheck: Kcheck, tree: Path) -> None:
    (tree / ".config").write_bytes(os.urandom(2000) + b"\0")
    _refused(kcheck("explain", "LIVEPATCH", "--tree", str(tree)), "binary data", "--config")


def test_config_that_is_no_file(kcheck: Kcheck, tree: Path) -> None:
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--config", str(tree))
    _refused(done, "not a regular file", "--config")
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--config", str(tree / "gone"))
    _refused(done, "no such file", "--config")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_config(kcheck: Kcheck, tree: Path) -> None:
    (tree / ".config").write_text("CONFIG_MODULES=y\n")
    (tree / ".config").chmod(0)
    _refused(kcheck("explain", "LIVEPATCH", "--tree", str(tree)), "cannot be read")


def test_config_of_another_architecture(kcheck: Kcheck, tree: Path) -> None:
    header = "#\n# Automatically generated file; DO NOT EDIT.\n"
    (tree / ".config").write_text(f"{header}# Linux/arm64 7.3.0 Kernel Configuration\n#\n")
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--arch", "x86_64")
    _refused(done, "a .config for arm64", "--arch arm64")


def test_config_of_another_version_is_read_with_a_word(kcheck: Kcheck, tree: Path) -> None:
    header = "#\n# Automatically generated file; DO NOT EDIT.\n"
    (tree / ".config").write_text(f"{header}# Linux/x86 5.10.0 Kernel Configuration\n#\n")
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--arch", "x86_64")
    assert done.returncode == 1
    assert "made for linux 5.10.0" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_syntax_error_in_kconfig(kcheck: Kcheck, tree: Path) -> None:
    with (tree / "lib" / "Kconfig.debug").open("a") as file:
        file.write('\nconfig BROKEN\n\tbool "b" iff A\n')
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree))
    _refused(done, "lib/Kconfig.debug:5: syntax error")


def test_missing_compiler(kcheck: Kcheck, tree: Path) -> None:
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--cc", "no-such-cc")
    _refused(done, "compiler 'no-such-cc' not found", "--cc", "--probes none")


def test_nothing_on_record(kcheck: Kcheck, tree: Path) -> None:
    done = kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--probes", "recorded")
    _refused(done, "no answer on record", "--probes run")


def test_unknown_options_are_usage_errors(kcheck: Kcheck, tree: Path) -> None:
    for option in (("--probes", "maybe"), ("--format", "xml"), ("--color", "blue")):
        done = kcheck("explain", "LIVEPATCH", "--tree", str(tree), *option)
        assert done.returncode == 2
        assert option[1] in done.stderr
        assert "Traceback" not in done.stderr


def test_kconfig_that_is_no_utf8_is_read(kcheck: Kcheck, tree: Path) -> None:
    with (tree / "lib" / "Kconfig.debug").open("ab") as file:
        file.write(b'\nconfig LATIN\n\tbool "caf\xe9"\n\thelp\n\t  na\xefve\n')
    done = kcheck("explain", "LATIN", "--tree", str(tree), "--arch", "x86_64")
    assert done.returncode == 1
    assert "LATIN = n" in done.stdout


def test_output_that_cannot_be_written(kcheck: Kcheck, tree: Path) -> None:
    done = kcheck("olddefconfig", "--tree", str(tree), "--output", str(tree / "gone" / "config"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
