"""Symbols whose cones are of ever larger sizes, for the bench to ask about.

    python -m bench.cones TREE

Prints them as JSON: for each size some symbols, with the sizes of their cones.  This is a
process of its own, since it holds a whole model.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import msgspec

from kcheck.kconfig.load import ProbeMode, load
from kcheck.model import Model, SymbolType
from kcheck.parts import parts_of
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree

SIZES = (3, 10, 30, 100, 300, 1000, 3000)
DRAWN = 2000
EACH = 3


def cones(model: Model) -> list[list[tuple[str, int]]]:
    """For each of SIZES the symbols, of some drawn by chance, whose cones come nearest."""
    names = sorted(
        name
        for name, symbol in model.symbols.items()
        if symbol.type in (SymbolType.BOOL, SymbolType.TRISTATE)
    )
    drawn = random.Random(0).sample(names, min(DRAWN, len(names)))
    sizes = [(name, len(parts_of(model).cone([name]))) for name in drawn]
    return [sorted(sizes, key=lambda each: abs(each[1] - size))[:EACH] for size in SIZES]


def main() -> None:
    """Print them."""
    loaded = load(open_tree(Path(sys.argv[1])), "x86_64", Toolchain(), ProbeMode.RUN)
    sys.stdout.buffer.write(msgspec.json.encode(cones(loaded.model)))


if __name__ == "__main__":
    main()
