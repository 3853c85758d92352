"""What a tree's Makefiles say, read as text: nothing of them is run."""

from __future__ import annotations

import re
from pathlib import Path

from kcheck.trees.directory import Tree
from kcheck.trees.stored import MakeFacts

_DEFCONFIG = re.compile(r"^[ \t]*KBUILD_DEFCONFIG[ \t]*:?=[ \t]*(.*?)[ \t\r]*$", re.M)
_ASKED = ("RUSTC_VERSION_TEXT", "PAHOLE_VERSION")


def make_facts(tree: Tree, srcarch: str) -> MakeFacts:
    """The facts from the top Makefile and that of the folder arch/SRCARCH."""
    top = text_of(tree.path / "Makefile")
    own = text_of(tree.path / "arch" / srcarch / "Makefile")
    return MakeFacts(
        _seeks_compiler(top, own),
        frozenset(name for name in _ASKED if f"\n{name} = " in top),
        tuple(_DEFCONFIG.findall(own)),
    )


def _seeks_compiler(top: str, own: str) -> bool:
    """Whether the architecture's Makefile looks for a cross compiler when none is named.

    Most do so only when the top Makefile sets cross_compiling, which the Makefile that
    Debian ships does not.
    """
    if not re.search(r"\bCROSS_COMPILE\s*:=\s*\$\(call cc-cross", own):
        return False
    if "ifdef cross_compiling" not in own:
        return True
    return re.search(r"^\s*cross_compiling\s*:=\s*1", top, re.M) is not None


def text_of(path: Path) -> str:
    """The text of a file; empty where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
