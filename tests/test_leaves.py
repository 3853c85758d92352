"""A file that was read for one architecture says the same for the next, and never more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kcheck.kconfig import leaves, lexer
from kcheck.kconfig.load import ProbeMode, load
from kcheck.model import Constant, Default, Model, SymbolRef
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from tests.small import read_text

ARCHES = ("arm64", "i386", "powerpc", "riscv", "x86_64")


def _read(tree: Path, arch: str) -> Model:
    return load(open_tree(tree), arch, Toolchain(), ProbeMode.NONE).model


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaves, "_known", {})
    monkeypatch.setattr(lexer, "_lexed", {})


def test_models_are_the_same_in_any_order(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone: dict[str, Model] = {}
    for arch in ARCHES:
        monkeypatch.setattr(leaves, "_known", {})
        alone[arch] = _read(tree, arch)
    for order in (ARCHES, ARCHES[::-1]):
        monkeypatch.setattr(leaves, "_known", {})
        for arch in (*order, *order):
            assert _read(tree, arch) == alone[arch]
    assert leaves._known


def _kept(tree: Path) -> set[str]:
    _read(tree, "x86_64")
    return {Path(key[0]).name + ":" + Path(key[0]).parent.name for key in leaves._known}


def _with_macro(tree: Path) -> None:
    _append(tree, "config MORE\n\tdef_bool $(success,test $(ARCH) = x86_64)\n")


def _with_source(tree: Path) -> None:
    (tree / "fs/sysfs/Kconfig.more").write_text("config MORE\n\tbool\n")
    _append(tree, 'source "fs/sysfs/Kconfig.more"\n')


def _with_title(tree: Path) -> None:
    _append(tree, 'mainmenu "Other"\n')


def _with_assignment(tree: Path) -> None:
    _append(tree, "some-name := text\n")


def _append(tree: Path, text: str) -> None:
    with (tree / "fs/sysfs/Kconfig").open("a") as file:
        file.write(text)


@pytest.mark.parametrize("edit", [_with_macro, _with_source, _with_title, _with_assignment])
def test_what_does_more_than_define_is_read_each_time(
    tree: Path, edit: Callable[[Path], None]
) -> None:
    assert "Kconfig:sysfs" in _kept(tree)
    leaves._known.clear()
    edit(tree)
    assert "Kconfig:sysfs" not in _kept(tree)


def test_a_changed_file_is_read_anew(tree: Path) -> None:
    _read(tree, "x86_64")
    _append(tree, "config MORE\n\tbool\n")
    assert "MORE" in _read(tree, "x86_64").symbols


def test_a_macro_is_defined_in_each_tree_that_says_so(tmp_path: Path) -> None:
    text = 'comma := ,\nconfig A\n\tstring\n\tdefault "a$(comma)b"\n'
    first, second = (read_text(tmp_path, text) for _ in range(2))
    assert first.entries == second.entries
    (default,) = [each for each in second.symbols["A"].properties if isinstance(each, Default)]
    assert default.value == Constant("a,b")


def test_what_a_line_mentions_is_mentioned_in_each_tree(tmp_path: Path) -> None:
    text = 'config A\n\tbool "a"\n\tdepends on B && C = "x"\n'
    first, second = (read_text(tmp_path, text) for _ in range(2))
    assert first.mentioned == second.mentioned
    assert SymbolRef("C") in second.mentioned
    assert Constant("x") in second.mentioned
