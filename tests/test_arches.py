"""kcheck arches: one question over every architecture of a tree."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from kcheck.arches import sub_architectures
from kcheck.errors import ConfigError
from kcheck.matrix import configs_by_kind, kinds_of
from kcheck.toolchain.programs import installed_prefix
from kcheck.trees.directory import open_tree
from tests.conftest import SMALL_TREE, Kcheck

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "arches.schema.json").read_text())
REPORT = """\
LIVEPATCH   enabled on 1, can be enabled on 2, impossible on 1, not defined on 1
  linux 7.3.0-small  each on its own defconfig
  ARCH    VERDICT     LINES  WHY
  arm64   enabled         -  defconfig:6
  ppc64   can             1  not set, nothing else needed
  x86_64  can             2  FUNCTION_TRACER
  i386    impossible      -  HAVE_LIVEPATCH: X86 selects it only if X86_64
  not defined  riscv

  note  no question was put to the toolchain (--probes none): assumed is a
        current gcc and binutils that can do what is asked, and no rustc,
        bindgen, pahole
"""
MARKDOWN_ROW = "| i386 | impossible |  | HAVE\\_LIVEPATCH: X86 selects it only if X86\\_64 |"


def test_one_table_with_the_best_verdicts_first(kcheck: Kcheck) -> None:
    made = kcheck("arches", "LIVEPATCH", "--tree", str(SMALL_TREE), "--probes", "none")
    assert made.stdout == REPORT
    assert made.returncode == 1
    assert made.stderr == ""


def test_on_everywhere_is_exit_code_0(kcheck: Kcheck) -> None:
    made = kcheck("arches", "MODULES", "--tree", str(SMALL_TREE), "--probes", "none")
    assert made.stdout.startswith("MODULES   enabled on 5\n")
    assert made.returncode == 0


def test_several_symbols_have_a_table_each(kcheck: Kcheck) -> None:
    asked = ("arches", "CONFIG_LIVEPATCH", "MODULES", "--tree", str(SMALL_TREE))
    made = kcheck(*asked, "--probes", "none", "--format", "markdown")
    assert MARKDOWN_ROW in made.stdout.splitlines()
    assert "**MODULES**: enabled on 5" in made.stdout


def test_json_says_the_same_and_keeps_to_its_schema(kcheck: Kcheck) -> None:
    asked = ("arches", "LIVEPATCH", "--tree", str(SMALL_TREE), "--probes", "none")
    document = json.loads(kcheck(*asked, "--format", "json").stdout)
    jsonschema.validate(document, SCHEMA)
    rows = {row["arch"]: row for row in document["rows"]}
    assert rows["x86_64"]["verdict"] == "can-be-enabled"
    assert rows["x86_64"]["lines"] == ["CONFIG_FUNCTION_TRACER=y", "CONFIG_LIVEPATCH=y"]
    assert rows["riscv"]["verdict"] == "impossible"
    assert not rows["riscv"]["defined"]


def test_a_compiler_for_another_machine_is_named_as_what_it_rests_on(kcheck: Kcheck) -> None:
    if installed_prefix(("powerpc64",)) is not None:
        pytest.skip("a compiler for powerpc64 is installed")
    made = kcheck("arches", "LIVEPATCH", "--tree", str(SMALL_TREE))
    (row,) = [line for line in made.stdout.splitlines() if line.startswith("  ppc64 ")]
    assert row.split()[1:3] == ["toolchain", "*"]
    assert "-mprofile-kernel" in row
    assert "* rests on what this machine's own compiler answered" in made.stdout


def test_a_name_of_no_symbol_ends_in_a_hint(kcheck: Kcheck) -> None:
    made = kcheck("arches", "LIVEPATHC", "--tree", str(SMALL_TREE), "--probes", "none")
    assert made.returncode == 2
    assert made.stdout == ""
    assert "did you mean LIVEPATCH?" in made.stderr
    assert made.stderr.count("\n") == 1


def test_what_cannot_be_asked_is_said_beside_the_others(kcheck: Kcheck, tree: Path) -> None:
    (tree / "arch" / "riscv" / "Kconfig").write_text("config BROKEN\n\tbool bool\n")
    made = kcheck("arches", "LIVEPATCH", "--tree", str(tree), "--probes", "none")
    assert made.returncode == 2
    assert "  x86_64  can " in made.stdout
    assert "riscv: arch/riscv/Kconfig:2" in " ".join(made.stdout.split())


def test_a_folder_of_configs_asks_those_architectures_alone(kcheck: Kcheck, tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    shutil.copy(SMALL_TREE / "arch" / "arm64" / "configs" / "defconfig", folder / "arm64.config")
    header = "# Linux/x86 7.3.0-small Kernel Configuration\nCONFIG_X86_64=y\n"
    (folder / "mine").write_text(header)
    asked = ("arches", "LIVEPATCH", "--tree", str(SMALL_TREE), "--config", str(folder))
    made = kcheck(*asked, "--probes", "none")
    rows = [line.split()[:2] for line in made.stdout.splitlines()[3:5]]
    assert rows == [["arm64", "enabled"], ["x86_64", "can"]]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("amd64", "CONFIG_X86_64=y\n", "x86_64"),
        ("i386_defconfig", "", "i386"),
        ("x86_64_defconfig", "", "x86_64"),
        ("config", "# Linux/x86 7.3 Kernel Configuration\n", "i386"),
        ("config-7.3-powerpc", "CONFIG_PPC64=y\n", "ppc64"),
        ("riscv.config", "", "riscv"),
    ],
)
def test_whose_a_config_is(tmp_path: Path, name: str, text: str, expected: str) -> None:
    kinds = tuple(
        kind
        for srcarch in ("powerpc", "riscv", "x86")
        for kind in sub_architectures(srcarch)
        if kind.name != "ppc32"
    )
    path = tmp_path / name
    path.write_text(text)
    assert configs_by_kind(kinds, path) == {expected: path}


def test_whose_a_config_is_has_to_be_told(tmp_path: Path) -> None:
    kinds = kinds_of(open_tree(SMALL_TREE))
    (tmp_path / "mine").write_text("CONFIG_MODULES=y\n")
    with pytest.raises(ConfigError, match=r"name it ARCH\.config"):
        configs_by_kind(kinds, tmp_path / "mine")
    (tmp_path / "mine").rename(tmp_path / "arm64.config")
    (tmp_path / "arm64.old").write_text("")
    with pytest.raises(ConfigError, match="is for arm64, as is"):
        configs_by_kind(kinds, tmp_path)
    with pytest.raises(ConfigError, match="no such"):
        configs_by_kind(kinds, tmp_path / "nowhere")


def test_sub_architectures_are_those_whose_defconfig_the_tree_has() -> None:
    names = [kind.name for kind in kinds_of(open_tree(SMALL_TREE))]
    assert names == ["arm64", "i386", "ppc64", "riscv", "x86_64"]


def test_without_a_tree_the_configs_say_which_version(kcheck: Kcheck, tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    for arch in ("arm64", "s390"):
        header = f"# Linux/{arch} 6.13.1 Kernel Configuration\nCONFIG_MODULES=y\n"
        (folder / f"{arch}.config").write_text(header)
    made = kcheck("arches", "LIVEPATCH", "--config", "configs", "--probes", "none")
    assert "snapshot of linux 6.12.117, the nearest below 6.13.1" in made.stderr
    assert "  linux 6.12.117 (snapshot)  configs of configs\n" in made.stdout
    assert "not defined  arm64" in made.stdout
    assert " s390  can " in made.stdout
