"""kcheck diff: the gate for somebody who edits Kconfig, end to end on the small tree."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kcheck.comparison import Standing
from kcheck.report.diff import WORDS
from tests.conftest import SMALL_TREE, Kcheck

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "diff.schema.json").read_text())
LIVEPATCH = "kernel/livepatch/Kconfig"
NOTE = """
  note  no question was put to the toolchain (--probes none): assumed is a
        current gcc and binutils that can do what is asked, and no rustc,
        bindgen, pahole
"""
WORSE = f"""\
LIVEPATCH   worse on 1 of 5 architectures: arm64 enabled -> impossible; more
  lines on ppc64, x86_64
  small-tree (7.3.0-small) -> tree (7.3.0-small)   each on its own defconfig
  ARCH      VERDICT     LINES  WHY
  arm64   - enabled         -  defconfig:6
          + impossible      -  ARM64 = y is in the way: on by default
  ppc64   - can             1  not set, nothing else needed
          + can             2  EXPERT
  x86_64  - can             2  FUNCTION_TRACER
          + can             3  EXPERT, FUNCTION_TRACER
  same  1 impossible, 1 not defined
  changed in LIVEPATCH and its own dependencies
    LIVEPATCH
      - depends on SYSFS    kernel/livepatch/Kconfig:8
      + depends on EXPERT   kernel/livepatch/Kconfig:8
      + depends on !ARM64   kernel/livepatch/Kconfig:8
  nor in what else it hangs on, 24 symbols in all
{NOTE}"""


def edit(tree: Path, name: str, old: str, new: str) -> None:
    path = tree / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def diff(kcheck: Kcheck, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return kcheck("diff", *words, "--probes", "none", "--jobs", "2", cwd=cwd)


def document(kcheck: Kcheck, *words: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(diff(kcheck, *words, "--format", "json").stdout)
    jsonschema.validate(made, SCHEMA)
    return made


def test_a_verdict_that_got_worse_is_exit_code_1(kcheck: Kcheck, tree: Path) -> None:
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on EXPERT && !ARM64")
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH")
    assert made.stdout == WORSE
    assert made.returncode == 1
    assert made.stderr == ""


def test_the_other_way_round_it_got_better(kcheck: Kcheck, tree: Path) -> None:
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on EXPERT && !ARM64")
    made = diff(kcheck, str(tree), str(SMALL_TREE), "CONFIG_LIVEPATCH")
    first = " ".join(made.stdout.splitlines()[:2])
    assert "better on 1 of 5 architectures: arm64 impossible -> enabled; fewer" in first
    assert "      + depends on SYSFS    kernel/livepatch/Kconfig:8" in made.stdout.splitlines()
    assert made.returncode == 0


def test_what_only_looks_different_is_no_change(kcheck: Kcheck, tree: Path) -> None:
    edit(tree, LIVEPATCH, "\tdepends on MODULES\n\tdepends on SYSFS\n", "")
    edit(tree, LIVEPATCH, "config LIVEPATCH", "if SYSFS && MODULES\nconfig LIVEPATCH")
    edit(tree, LIVEPATCH, "can be replaced.\n", "can be replaced.\nendif\n")
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH")
    assert made.stdout.splitlines()[0] == "LIVEPATCH   no verdict changed on 5 architectures"
    assert "  nothing changed in LIVEPATCH and its own dependencies\n  nor in what" in made.stdout
    assert made.returncode == 0


def test_more_lines_for_the_same_verdict_are_told_but_no_worse(kcheck: Kcheck, tree: Path) -> None:
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on EXPERT || ARM64")
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH")
    first = "LIVEPATCH   no verdict changed on 5 architectures; more lines on ppc64, x86_64"
    assert made.stdout.splitlines()[0] == first
    assert "x86_64  - can          2  FUNCTION_TRACER" in made.stdout
    assert made.returncode == 0


def test_an_architecture_that_is_gone_is_worse_where_the_symbol_was_on(
    kcheck: Kcheck, tree: Path
) -> None:
    (tree / "arch" / "arm64" / "Kconfig").unlink()
    (tree / "arch" / "riscv" / "Kconfig").unlink()
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH")
    assert "worse on 1 of 5 architectures: arm64 enabled -> not defined" in made.stdout
    assert "+ not defined      -  no such architecture in this tree" in made.stdout
    assert "same  1 impossible, 2 can" not in made.stdout
    assert made.returncode == 1


def test_what_cannot_be_asked_any_more_is_exit_code_2(kcheck: Kcheck, tree: Path) -> None:
    (tree / "arch" / "riscv" / "Kconfig").write_text("config BROKEN\n\tbool bool\n")
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH")
    assert made.returncode == 2
    first = " ".join(made.stdout.split())
    assert first.startswith(
        "LIVEPATCH no verdict changed on 4 architectures; not compared on riscv"
    )
    assert "riscv, tree: arch/riscv/Kconfig:2" in first
    # Broken before and mended: nothing to complain of.
    assert diff(kcheck, str(tree), str(SMALL_TREE), "LIVEPATCH").returncode == 0
    # Broken in both: not this change's fault.
    assert diff(kcheck, str(tree), str(tree), "LIVEPATCH").returncode == 0
    # Where nothing at all can be compared, nothing is said to be well.
    (tree / "init" / "Kconfig").write_text("config BROKEN\n\tbool bool\n")
    nothing = diff(kcheck, str(tree), str(tree), "LIVEPATCH")
    assert nothing.returncode == 2
    assert nothing.stdout.startswith("LIVEPATCH   not compared anywhere\n")


def test_changes_of_few_architectures_name_them(kcheck: Kcheck, tree: Path) -> None:
    edit(
        tree,
        "kernel/trace/Kconfig",
        "depends on DYNAMIC_FTRACE\n",
        "depends on DYNAMIC_FTRACE && !PPC\n",
    )
    edit(
        tree,
        "arch/powerpc/Kconfig",
        "select HAVE_LIVEPATCH if",
        "select HAVE_LIVEPATCH if FTRACE &&",
    )
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH")
    rows = [re.sub(" +", " ", row).strip() for row in made.stdout.splitlines()]
    assert "+ depends on !PPC kernel/trace/Kconfig:27" in rows
    start = rows.index("HAVE_LIVEPATCH")
    text = " ".join(rows[start : start + 5])
    assert "- selected by PPC if HAVE_DYNAMIC_FTRACE_WITH_REGS" in text
    assert "+ selected by PPC if FTRACE && HAVE_DYNAMIC_FTRACE_WITH_REGS" in text
    assert "[ppc64]" in text


def test_far_changes_are_told_while_they_are_few(kcheck: Kcheck, tree: Path) -> None:
    edit(tree, "init/Kconfig", "select DEBUG_KERNEL", "select DEBUG_KERNEL if MODULES")
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH")
    assert "changed further away, 1 of the 24 symbols it hangs on" in made.stdout
    assert "+ selected by EXPERT if MODULES" in made.stdout


def test_many_far_changes_are_a_count_unless_all_are_asked_for(kcheck: Kcheck, tree: Path) -> None:
    many = "".join(f'config M{each}\n\tbool "m"\n\tselect DEBUG_KERNEL\n' for each in range(9))
    with (tree / "lib" / "Kconfig.debug").open("a") as file:
        file.write(many)
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH")
    assert "  and 10 other symbols of the 33 that it hangs on (--all)" in made.stdout.splitlines()
    assert "selected by M3" not in made.stdout
    full = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH", "--all")
    assert "+ selected by M3" in full.stdout


def test_json_says_the_same_and_keeps_to_its_schema(kcheck: Kcheck, tree: Path) -> None:
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on SYSFS && !ARM64")
    (tree / "arch" / "riscv" / "Kconfig").unlink()
    made = document(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH", "MODULES")
    livepatch, modules = made["symbols"]
    assert (livepatch["worse"], modules["worse"]) == (True, True)
    rows = {row["arch"]: row for row in livepatch["rows"]}
    assert {arch: row["trend"] for arch, row in rows.items()} == {
        "arm64": "worse",
        "i386": "same",
        "ppc64": "same",
        "riscv": "same",
        "x86_64": "same",
    }
    assert rows["arm64"]["before"]["verdict"] == "enabled"
    assert rows["arm64"]["after"]["verdict"] == "impossible"
    assert rows["x86_64"]["after"]["lines"] == ["CONFIG_FUNCTION_TRACER=y", "CONFIG_LIVEPATCH=y"]
    assert rows["riscv"]["after"] is None
    (change,) = livepatch["near"]
    assert change["text"] == "depends on !ARM64"
    assert (change["change"], change["kind"]) == ("added", "depends")
    assert change["location"] == {"file": LIVEPATCH, "line": 8}
    assert change["arches"] == ["arm64", "i386", "ppc64", "x86_64"]
    assert made["after"]["commit"] is None


def test_markdown_for_a_comment(kcheck: Kcheck, tree: Path) -> None:
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on SYSFS && !ARM64")
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH", "--format", "markdown")
    lines = made.stdout.splitlines()
    assert lines[0] == (
        "**LIVEPATCH**: worse on 1 of 5 architectures: arm64 enabled -\\> impossible"
    )
    assert "| arm64 | before | enabled |  | defconfig:6 |" in lines
    start = lines.index("```diff")
    assert lines[start + 1 : start + 4] == [
        "  LIVEPATCH",
        "+ depends on !ARM64   kernel/livepatch/Kconfig:8",
        "```",
    ]
    assert made.returncode == 1


def test_color_only_where_something_changed(kcheck: Kcheck, tree: Path) -> None:
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on SYSFS && !ARM64")
    plain = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH").stdout
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH", "--color", "always").stdout
    assert "\x1b[31m- enabled" in made
    assert "\x1b[32m+ depends on !ARM64" in made
    assert re.sub(r"\x1b\[\d+m", "", made) == plain


def test_the_order_of_verdicts() -> None:
    order = sorted(Standing, reverse=True)
    assert [WORDS[each] for each in order] == [
        "enabled",
        "can",
        "conflict",
        "toolchain",
        "impossible",
        "not defined",
    ]


# Symbols.


def test_a_symbol_that_one_tree_alone_has(kcheck: Kcheck, tree: Path) -> None:
    with (tree / "lib" / "Kconfig.debug").open("a") as file:
        file.write('config NEW\n\tbool "new"\n\tdepends on MODULES\n')
    made = diff(kcheck, str(SMALL_TREE), str(tree), "new")
    assert made.stdout.startswith("NEW   better on 5 of 5 architectures: ")
    assert "      + depends on MODULES   lib/Kconfig.debug:5\n" in made.stdout
    assert made.returncode == 0
    gone = diff(kcheck, str(tree), str(SMALL_TREE), "NEW")
    assert gone.returncode == 1
    assert "can -> not defined" in " ".join(gone.stdout.split())


def test_a_new_symbol_is_not_unknown_where_the_other_tree_cannot_be_read(
    kcheck: Kcheck, tree: Path
) -> None:
    with (tree / "lib" / "Kconfig.debug").open("a") as file:
        file.write('config NEW\n\tbool "new"\n')
    (tree / "arch" / "riscv" / "Kconfig").write_text("config BROKEN\n\tbool bool\n")
    made = diff(kcheck, str(SMALL_TREE), str(tree), "NEW")
    assert made.stdout.startswith("NEW   better on 4 of 4 architectures: ")
    assert made.returncode == 2


def test_a_name_that_neither_tree_has_ends_in_a_hint(kcheck: Kcheck) -> None:
    made = diff(kcheck, str(SMALL_TREE), str(SMALL_TREE), "LIVEPATHC")
    assert made.returncode == 2
    assert made.stdout == ""
    assert "did you mean LIVEPATCH?" in made.stderr
    assert made.stderr.count("\n") == 1


def test_a_config_is_asked_of_both_trees(kcheck: Kcheck, tree: Path, tmp_path: Path) -> None:
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on SYSFS && !X86")
    config = tmp_path / "x86_64.config"
    config.write_text(
        "CONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_SYSFS=y\nCONFIG_DEBUG_KERNEL=y\n"
        "CONFIG_KALLSYMS_ALL=y\nCONFIG_FUNCTION_TRACER=y\nCONFIG_LIVEPATCH=y\n"
    )
    made = diff(kcheck, str(SMALL_TREE), str(tree), "LIVEPATCH", "--config", str(config))
    assert made.stdout.startswith(
        "LIVEPATCH   worse on 1 of 1 architecture: x86_64 enabled -> impossible\n"
    )
    assert f"configs of {config}" in made.stdout.replace("\n  ", " ")


# Revisions.


@pytest.fixture
def repository(tree: Path) -> Path:
    """A checkout of the small tree: in v1 as it is, in the next commit worse, then mended."""
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "One")
    git(tree, "tag", "v1")
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on SYSFS && !ARM64")
    git(tree, "commit", "--quiet", "--all", "--message", "Two")
    edit(tree, LIVEPATCH, " && !ARM64", "")
    return tree


def git(path: Path, *words: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    made = subprocess.run(
        ["git", *who, "-C", str(path), *words], env=kept, capture_output=True, check=True
    )
    return made.stdout.decode().strip()


def test_revisions_of_the_checkout_around(kcheck: Kcheck, repository: Path) -> None:
    short = git(repository, "rev-parse", "--short", "HEAD")
    made = diff(kcheck, "HEAD~1", "HEAD", "LIVEPATCH", cwd=repository / "kernel")
    assert "worse on 1 of 5 architectures: arm64 enabled -> impossible" in made.stdout
    assert f"HEAD (7.3.0-small, {short})" in " ".join(made.stdout.split())
    assert made.returncode == 1
    assert git(repository, "status", "--porcelain") == "M kernel/livepatch/Kconfig"


def test_a_revision_beside_a_folder(kcheck: Kcheck, repository: Path) -> None:
    made = diff(kcheck, "HEAD", ".", "LIVEPATCH", cwd=repository)
    assert "better on 1 of 5 architectures: arm64 impossible -> enabled" in made.stdout
    named = diff(kcheck, "v1", str(repository), "LIVEPATCH", "--tree", str(repository))
    assert named.stdout.startswith("LIVEPATCH   no verdict changed on 5 architectures\n")
    again = document(kcheck, "v1", "HEAD", "LIVEPATCH", "--tree", str(repository))
    assert again["before"]["commit"] == git(repository, "rev-parse", "--short", "v1")
    assert again["before"]["source"].startswith(f"{repository}@")


def test_a_snapshot_is_called_one(kcheck: Kcheck) -> None:
    made = diff(kcheck, "7.2", "7.3", "LIVEPATCH", "--probes", "none")
    assert re.search(
        r"  7\.2 \(7\.2\.\d+, snapshot\) -> 7\.3 \(7\.3\.\d+, snapshot\)  ", made.stdout
    )


def test_words_that_mean_no_tree(kcheck: Kcheck, repository: Path, tmp_path: Path) -> None:
    for words, said in (
        (("v2", "."), "v2: no such folder, and no commit of the git checkout"),
        (("--", "-x", "."), "-x: no such folder, and no commit of the git checkout"),
        (("kernel", "."), "kernel: no kernel tree, Makefile is missing"),
    ):
        made = kcheck("diff", "--probes", "none", *words, "LIVEPATCH", cwd=repository)
        assert made.returncode == 2
        assert said in made.stderr
        assert made.stderr.count("\n") == 1
    made = diff(kcheck, "v1", str(repository), "LIVEPATCH", cwd=tmp_path)
    assert "is in no git checkout" in made.stderr
