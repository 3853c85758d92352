"""Trees, architectures and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcheck.arches import canonical_arch, srcarch_of
from kcheck.errors import ArchError, TreeError
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import default_configs
from kcheck.trees.directory import Tree, open_tree
from kcheck.trees.target import make_target
from tests.conftest import SMALL_TREE


@pytest.mark.parametrize(
    ("makefile", "version"),
    [
        ("VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\nEXTRAVERSION =\n", "7.3.4"),
        ("VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\nEXTRAVERSION = -rc1\n", "6.1.0-rc1"),
        ("VERSION = 4\r\nPATCHLEVEL = 19\r\nSUBLEVEL = 71\r\nEXTRAVERSION =\r\n", "4.19.71"),
        ("VERSION = 3\nPATCHLEVEL = 10\n", "3.10"),
    ],
)
def test_version_is_kernelversion(tmp_path: Path, makefile: str, version: str) -> None:
    (tmp_path / "Makefile").write_text(makefile, newline="")
    (tmp_path / "Kconfig").touch()
    (tmp_path / "arch").mkdir()
    assert open_tree(tmp_path).version == version


def test_a_folder_that_is_no_tree(tmp_path: Path) -> None:
    with pytest.raises(TreeError):
        open_tree(tmp_path)


@pytest.mark.parametrize(
    ("word", "arch", "folder"),
    [
        ("amd64", "x86_64", "x86"),
        ("i386", "i386", "x86"),
        ("aarch64", "arm64", "arm64"),
        ("ppc64le", "powerpc", "powerpc"),
        ("s390x", "s390", "s390"),
        ("sparc64", "sparc64", "sparc"),
        ("parisc64", "parisc64", "parisc"),
        ("loong64", "loongarch", "loongarch"),
    ],
)
def test_names_of_architectures(word: str, arch: str, folder: str) -> None:
    assert canonical_arch(word) == arch
    assert srcarch_of(arch) == folder


def test_architectures_of_a_tree() -> None:
    assert open_tree(SMALL_TREE).architectures() == ("arm64", "powerpc", "riscv", "x86")


def test_unknown_architecture_names_the_known_ones() -> None:
    with pytest.raises(ArchError, match="arm64, powerpc, riscv, x86"):
        make_target(open_tree(SMALL_TREE), "mips", Toolchain())


def test_programs_are_named_as_make_names_them() -> None:
    tree = open_tree(SMALL_TREE)
    cross = make_target(tree, "arm64", Toolchain(cross_compile="aarch64-linux-gnu-")).environment
    assert (cross["CC"], cross["LD"]) == ("aarch64-linux-gnu-gcc", "aarch64-linux-gnu-ld")
    llvm = make_target(tree, "arm64", Toolchain(llvm="-18")).environment
    assert (llvm["CC"], llvm["LD"], llvm["NM"]) == ("clang-18", "ld.lld-18", "llvm-nm-18")
    folder = make_target(tree, "x86_64", Toolchain(llvm="/opt/llvm/")).environment
    assert folder["CC"] == "/opt/llvm/clang"
    named = make_target(tree, "x86_64", Toolchain(cc="gcc-13")).environment
    assert (named["CC"], named["LD"]) == ("gcc-13", "ld")


def test_the_users_own_variables_reach_probes_but_not_what_make_takes_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONFIG_", "OTHER_")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    environment = make_target(open_tree(SMALL_TREE), "x86_64", Toolchain()).environment
    assert "CONFIG_" not in environment
    assert environment["LANG"] == "de_DE.UTF-8"


def test_default_configs() -> None:
    tree: Tree = open_tree(SMALL_TREE)
    assert [file.name for file in default_configs(tree, "i386", "x86")] == ["i386_defconfig"]
    assert [file.name for file in default_configs(tree, "powerpc", "powerpc")] == [
        "ppc64_defconfig"
    ]
