"""Of plans of the same cost it is always the same one."""

from __future__ import annotations

from pathlib import Path

from kcheck.goals import AtLeast
from kcheck.model import Tri
from kcheck.solve.session import Session
from tests.small import read_text

# What is wanted makes eight symbols go off, which are looked into from then on; each has three
# lines with which it stays on, all at the same price.
TREE = """config WANTED
	bool "wanted"
""" + "".join(
    f"""config STAYS_{letter}
	bool "stays {letter}"
	default y
	depends on !WANTED || ONE_{letter} || TWO_{letter} || THREE_{letter}
"""
    + "".join(f'config {name}_{letter}\n\tbool "{name}"\n' for name in ("ONE", "TWO", "THREE"))
    for letter in "ABCDEFGH"
)


def test_the_same_lines_each_time(tmp_path: Path) -> None:
    held: list[object] = []
    found = set()
    for number in range(20):
        # Symbols lie elsewhere in memory each time.
        held.append([object() for _ in range(number * 1000)])
        session = Session(read_text(tmp_path, TREE), None)
        plan = next(session.search((AtLeast("WANTED", Tri.Y),)).harmless())
        found.add(tuple(plan.lines.items()))
        held.append(session)
    assert len(found) == 1
