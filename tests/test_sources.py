"""Which tree or snapshot, and which .config, is meant where not all is named."""

from __future__ import annotations

import gzip
import lzma
import shutil
from pathlib import Path

import pytest

from kcheck.errors import KcheckError, TreeError
from kcheck.kconfig.load import ProbeMode
from kcheck.question import Question
from kcheck.sources import open_question, sources, whole_source
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import Tree
from kcheck.trees.running import System
from kcheck.trees.snapshot import Snapshot
from tests.conftest import SMALL_TREE

RELEASE = "6.2.0-19-generic"
CONFIG = """\
#
# Automatically generated file; DO NOT EDIT.
# Linux/{arch} {version} Kernel Configuration
#
CONFIG_MODULES=y
CONFIG_SYSFS=y
{lines}
"""


def _config(arch: str = "x86", version: str = "6.2.16", lines: str = "CONFIG_X86_64=y") -> bytes:
    return CONFIG.format(arch=arch, version=version, lines=lines).encode()


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """A system with nothing in it; the current folder is in no tree."""
    root, here = tmp_path / "root", tmp_path / "here"
    root.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    return System(root, RELEASE, "x86_64")


def _put(system: System, name: str, content: bytes) -> Path:
    path = system.root / name.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _ask(
    system: System,
    tree: Path | None = None,
    config: Path | None = None,
    arch: str | None = None,
) -> tuple[Question, str]:
    found = sources(tree, config, arch, system)
    question, notes = open_question(found, Toolchain(), ProbeMode.NONE)
    return question, "\n".join(notes)


def _build_tree(system: System, link: str = "build") -> Path:
    """The small tree as the running kernel's, behind an absolute link as packages make it."""
    place = system.root / "usr/src/linux"
    shutil.copytree(SMALL_TREE, place)
    modules = system.root / f"lib/modules/{RELEASE}"
    modules.mkdir(parents=True, exist_ok=True)
    (modules / link).symlink_to("/usr/src/linux")
    return place


def test_the_tree_around_comes_first(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    _build_tree(system)
    _put(system, "/proc/config.gz", gzip.compress(_config(), mtime=0))
    monkeypatch.chdir(SMALL_TREE / "kernel")
    question, notes = _ask(system, arch="x86_64")
    assert question.loaded.target.tree == Tree(SMALL_TREE.resolve(), "7.3.0-small")
    assert question.full_name == "x86_64_defconfig (no .config)"
    assert notes == ""


@pytest.mark.parametrize("link", ["build", "source"])
def test_then_the_running_kernel_s_own(system: System, link: str) -> None:
    place = _build_tree(system, link)
    config = _put(system, "/proc/config.gz", gzip.compress(_config(), mtime=0))
    question, notes = _ask(system)
    assert question.loaded.target.whole_tree.path == place.resolve()
    assert question.config_name == str(config)
    assert question.loaded.target.arch == "x86_64"
    assert "the running kernel's tree" in notes
    assert "made for linux 6.2.16" in notes


@pytest.mark.parametrize("part", ["kernel/trace/Kconfig", "Kconfig", "Makefile"])
def test_headers_without_all_kconfig_files_are_passed_over(system: System, part: str) -> None:
    place = _build_tree(system)
    (place / part).unlink()
    _put(system, "/proc/config.gz", gzip.compress(_config(), mtime=0))
    question, notes = _ask(system)
    assert isinstance(question.loaded.target.tree, Snapshot)
    if part == "kernel/trace/Kconfig":
        assert f"{place}: passed over: " in notes
        assert "kernel/trace/Kconfig" in notes


def test_half_a_tree_is_passed_over_for_many_architectures_too(system: System) -> None:
    place = _build_tree(system)
    found = whole_source(sources(None, None, None, system))
    assert isinstance(found.tree, Tree)
    assert found.tree.path == place.resolve()
    (place / "kernel/trace/Kconfig").unlink()
    found = whole_source(sources(None, None, None, system))
    assert isinstance(found.tree, Snapshot)
    assert found.notes[0].startswith(f"{place}: passed over: ")


def test_else_the_snapshot_nearest_below(system: System) -> None:
    config = _put(system, "/proc/config.gz", gzip.compress(_config(), mtime=0))
    question, notes = _ask(system)
    facts = question.loaded.model.target
    assert facts.version.startswith("6.1.")
    assert (facts.arch, facts.source) == ("x86_64", "snapshot")
    assert question.config_name == str(config)
    assert f"snapshot of linux {facts.version}, the nearest below 6.2.16" in notes


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("/proc/config.gz", gzip.compress(_config(), mtime=0)),
        (f"/boot/config-{RELEASE}", _config()),
        (f"/boot/config-{RELEASE}.xz", lzma.compress(_config())),
        (f"/lib/modules/{RELEASE}/config", _config()),
        (f"/lib/modules/{RELEASE}/config.gz", gzip.compress(_config(), mtime=0)),
    ],
)
def test_wherever_the_config_is(system: System, name: str, content: bytes) -> None:
    path = _put(system, name, content)
    question, _ = _ask(system)
    assert question.config_name == str(path)
    assert question.config is not None
    assert question.config.by_symbol["X86_64"].value == "y"


def test_without_a_config_the_release_counts(system: System) -> None:
    question, notes = _ask(system, arch="s390")
    assert question.loaded.target.tree.version.startswith("6.1.")
    assert question.full_name == "defconfig (no .config)"
    assert f"the nearest below {RELEASE}" in notes


def test_a_config_that_is_no_use_is_told(system: System) -> None:
    _put(system, "/proc/config.gz", gzip.compress(_config(), mtime=0)[:-30])
    _put(system, f"/boot/config-{RELEASE}", _config())
    question, notes = _ask(system)
    assert question.config_name == str(system.root / f"boot/config-{RELEASE}")
    assert "/proc/config.gz: " in notes


@pytest.mark.parametrize(
    ("header", "lines", "arch"),
    [
        ("x86", "CONFIG_X86_64=y", "x86_64"),
        ("x86", "# CONFIG_X86_64 is not set", "i386"),
        ("x86_64", "CONFIG_X86_64=y", "x86_64"),
        ("i386", "", "i386"),
        ("arm64", "", "arm64"),
        ("powerpc", "CONFIG_PPC64=y", "powerpc"),
        ("s390", "", "s390"),
    ],
)
def test_architecture_is_the_config_s(
    system: System, tmp_path: Path, header: str, lines: str, arch: str
) -> None:
    config = tmp_path / "some.config"
    config.write_bytes(_config(header, "5.4.100", lines))
    question, _ = _ask(system, config=config)
    assert question.loaded.target.arch == arch
    assert question.loaded.target.tree.version.startswith("5.4.")


def test_a_named_architecture_beats_the_config_s(system: System, tmp_path: Path) -> None:
    config = tmp_path / "some.config"
    config.write_bytes(_config("arm64", "5.4.100", ""))
    with pytest.raises(KcheckError, match=r"a \.config for arm64, but the question is about s390"):
        _ask(system, config=config, arch="s390")


def test_a_kernel_before_the_oldest_snapshot(system: System, tmp_path: Path) -> None:
    config = tmp_path / "old.config"
    config.write_bytes(_config(version="3.10.0"))
    with pytest.raises(TreeError, match=r"no snapshot of linux 3\.10\.0 or one before it; name"):
        _ask(system, config=config)


def test_a_named_tree_takes_no_config_from_the_system(system: System) -> None:
    _put(system, "/proc/config.gz", gzip.compress(_config(), mtime=0))
    question, notes = _ask(system, tree=SMALL_TREE, arch="x86_64")
    assert question.full_name == "x86_64_defconfig (no .config)"
    assert notes == ""
    question, notes = _ask(system, tree=Path("6.12"), arch="x86_64")
    assert question.full_name == "x86_64_defconfig (no .config)"
    assert notes == ""


def test_a_tree_s_own_config_comes_before_its_defaults(system: System, tree: Path) -> None:
    (tree / ".config").write_text("CONFIG_MODULES=y\n")
    question, _ = _ask(system, tree=tree, arch="x86_64")
    assert question.config_name == ".config"


def test_the_running_tree_s_own_config_is_better_than_none(system: System) -> None:
    place = _build_tree(system)
    (place / ".config").write_bytes(_config(version="7.3.0"))
    question, _ = _ask(system)
    assert question.config_name == ".config"
