"""The model: what is written, where, and that it survives being saved."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kcheck.evaluate.conf import alldefconfig
from kcheck.kconfig.load import ProbeMode, load
from kcheck.model import (
    Constant,
    Default,
    Definition,
    Depends,
    If,
    Location,
    Menu,
    Model,
    ProbeSource,
    Prompt,
    Range,
    Select,
    SymbolRef,
    SymbolType,
    VisibleIf,
)
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from tests.conftest import SMALL_TREE
from tests.small import read_text

KCONFIG = """\
# a comment
menu "outer"
	depends on TOP
	visible if SEEN

if INNER

config A
	tristate "prompt of A" if P
	default m if D
	depends on B && \\
		C
	select S if T

	range 1 2
endif

endmenu

config A
	default y
"""


def _located(model: Model) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for entry in model.entries:
        found.setdefault(type(entry).__name__, []).append(entry.location.line)
        for item in getattr(entry, "properties", ()):
            found.setdefault(type(item).__name__, []).append(item.location.line)
    return found


def test_every_property_keeps_its_own_line(tmp_path: Path) -> None:
    assert _located(read_text(tmp_path, KCONFIG)) == {
        "Menu": [2],
        "Depends": [3, 11],
        "VisibleIf": [4],
        "If": [6],
        "Definition": [8, 20],
        "TypeDeclaration": [9],
        "Prompt": [9],
        "Default": [10, 21],
        "Select": [13],
        "Range": [15],
    }


def test_conditions_of_blocks_stay_with_the_blocks(tmp_path: Path) -> None:
    model = read_text(tmp_path, KCONFIG)
    menu, block, first, second = model.entries
    assert isinstance(menu, Menu)
    assert isinstance(block, If)
    assert isinstance(first, Definition)
    assert isinstance(second, Definition)
    assert list(model.enclosing(first)) == [block, menu]
    assert list(model.enclosing(second)) == []
    assert block.condition == SymbolRef("INNER")
    assert [type(item) for item in menu.properties] == [Depends, VisibleIf]
    kinds = [type(item).__name__ for item in first.properties]
    assert kinds == ["Prompt", "TypeDeclaration", "Default", "Depends", "Select", "Range"]
    assert model.symbols["A"].type is SymbolType.TRISTATE
    assert model.selects["S"][0][1] == Select("S", SymbolRef("T"), Location("Kconfig", 13))
    assert isinstance(first.properties[0], Prompt)
    assert isinstance(first.properties[2], Default)
    assert first.properties[2].value == Constant("m")
    assert isinstance(first.properties[5], Range)


def test_a_probe_is_known_to_the_property_that_it_decided(tmp_path: Path) -> None:
    model = read_text(
        tmp_path,
        "flag := $(shell,echo y)\n\nconfig A\n\tdef_bool $(flag)\n\n"
        "default-n = $(shell,echo $(1))\n"
        "config B\n\tbool\n\tdefault $(default-n,n) if A\n",
    )
    first, second = model.probes
    assert (first.macro, first.command, first.answer) == ("$(shell,echo y)", "echo y", "y")
    assert first.source is ProbeSource.RUN
    assert (second.macro, second.answer) == ("$(default-n,n)", "n")
    decided = {
        entry.symbol: item.probes
        for entry in model.entries
        if isinstance(entry, Definition)
        for item in entry.properties
        if isinstance(item, Default)
    }
    assert decided == {"A": (0,), "B": (1,)}


def test_a_saved_model_is_the_same_model() -> None:
    loaded = load(open_tree(SMALL_TREE), "arm64", Toolchain(), ProbeMode.RUN)
    saved = msgspec.msgpack.encode(loaded.model)
    again = msgspec.msgpack.decode(saved, type=Model)
    assert again == loaded.model
    assert alldefconfig(again).text == alldefconfig(loaded.model).text
