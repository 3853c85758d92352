"""What Kconfig sees of the environment is what each version's make hands to conf.

make builds conf with HOSTCC; ours puts a program in its place that writes down its
environment.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from kcheck.errors import ArchError
from kcheck.toolchain.probes import RunProber
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from kcheck.trees.target import make_target, with_versions
from tests.real.fetch_trees import VERSIONS
from tests.real.kernel_conf import tree_path

pytestmark = pytest.mark.real
ARCHES = ("x86_64", "i386", "arm64", "powerpc", "s390", "riscv", "um", "sparc64", "alpha")
_REFERENCE = re.compile(r"\$\(([A-Z][A-Z0-9_]*)\)")

# make's own, or handed in by the user; not something that a target is made of.
_NOT_OURS = {"USERCFLAGS", "USERLDFLAGS", "CROSS_COMPILE_COMPAT", "UNDEFINED_VARIABLE"}

_HOSTCC = """#!/bin/sh
previous= output=
for word in "$@"; do
    [ "$previous" = -o ] && output=$word
    previous=$word
done
gcc "$@" || exit 1
case $output in
*/conf) printf '#!/bin/sh\\nenv -0 >"$DUMP_TO"\\n' >"$output"; chmod +x "$output" ;;
esac
"""


@cache
def _referenced(tree: Path) -> frozenset[str]:
    """The variables that the tree's Kconfig files and macros refer to."""
    found: set[str] = set()
    for path in tree.rglob("Kconfig*"):
        if "scripts/kconfig" not in path.as_posix() and path.is_file():
            found.update(_REFERENCE.findall(path.read_text(errors="replace")))
    return frozenset(found - _NOT_OURS)


def _of_make(tree: Path, work: Path, *variables: str) -> dict[str, str]:
    compiler = work / "hostcc"
    compiler.write_text(_HOSTCC)
    compiler.chmod(0o755)
    output = work / "out"
    output.mkdir()
    dump = work / "environment"
    subprocess.run(
        ["make", "-s", "-C", str(tree), f"O={output}", f"HOSTCC={compiler}", *variables,
         "olddefconfig"],
        check=True, capture_output=True, env=_environment(dump),
    )  # fmt: skip
    pairs = (item.partition("=") for item in dump.read_text().split("\0") if item)
    return {name: value for name, _, value in pairs}


def _environment(dump: Path) -> dict[str, str]:
    return {**os.environ, "DUMP_TO": str(dump)}


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("version", VERSIONS)
def test_variables_are_those_that_make_exports(version: str, arch: str, tmp_path: Path) -> None:
    path = tree_path(version)
    if not path.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    tree = open_tree(path)
    try:
        target = make_target(tree, arch, Toolchain())
    except ArchError:
        pytest.skip(f"linux {version} has no {arch}")
    with RunProber(target.environment) as prober:
        ours = with_versions(target, prober).environment
    theirs = _of_make(path, tmp_path, f"ARCH={arch}")
    names = _referenced(tree.path) | {"KBUILD_DEFCONFIG", "LC_COLLATE", "LC_NUMERIC"}
    assert {name: ours.get(name, "") for name in names} == {
        name: theirs.get(name, "") for name in names
    }


SOUGHT = {
    "arc": "arceb-linux-",
    "m68k": "m68k-linux-",
    "mips": "mips-linux-",
    "parisc": "hppa2.0-linux-gnu-",
    "powerpc": "powerpc64-linux-gnu-",
    "sh": "sh-linux-gnu-",
}


@pytest.mark.parametrize("upstream", [False, True])
@pytest.mark.parametrize("arch", SOUGHT)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_compiler_that_make_seeks(
    version: str, arch: str, upstream: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's Makefile leaves out the lines that set cross_compiling; kernel.org's has them."""
    path = tree_path(version)
    if not path.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    if upstream:
        path = _with_cross_compiling(path, tmp_path / "tree")
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("gcc", "ld", "ar", "nm", "objcopy"):
        (programs / f"{SOUGHT[arch]}{program}").symlink_to(shutil.which(program) or program)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    ours = make_target(open_tree(path), arch, Toolchain()).environment
    theirs = _of_make(path, tmp_path, f"ARCH={arch}")
    assert (ours["CC"], ours["CROSS_COMPILE"]) == (theirs["CC"], theirs["CROSS_COMPILE"])


_BEFORE = "\nKCONFIG_CONFIG\t?="
_CROSS_COMPILING = """
export cross_compiling :=
ifneq ($(SRCARCH),$(SUBARCH))
cross_compiling := 1
endif
"""


def _with_cross_compiling(tree: Path, copy: Path) -> Path:
    """A tree of links to `tree`, with kernel.org's lines in the top Makefile."""
    copy.mkdir()
    for entry in tree.iterdir():
        if entry.name != "Makefile":
            (copy / entry.name).symlink_to(entry)
    text = (tree / "Makefile").read_text()
    assert text.count(_BEFORE) == 1
    (copy / "Makefile").write_text(text.replace(_BEFORE, f"{_CROSS_COMPILING}{_BEFORE}"))
    return copy


@pytest.mark.skipif(not shutil.which("clang"), reason="clang is not installed")
@pytest.mark.parametrize("arch", ["x86_64", "arm64", "riscv"])
@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_with_llvm(version: str, arch: str, tmp_path: Path) -> None:
    path = tree_path(version)
    if not path.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    target = make_target(open_tree(path), arch, Toolchain(llvm="1"))
    with RunProber(target.environment) as prober:
        ours = with_versions(target, prober).environment
    theirs = _of_make(path, tmp_path, f"ARCH={arch}", "LLVM=1")
    names = _referenced(path)
    assert {name: ours.get(name, "") for name in names} == {
        name: theirs.get(name, "") for name in names
    }
