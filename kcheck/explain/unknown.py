"""Names that no file read here defines: where else they stand, and what they look like."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from pathlib import Path

from kcheck.auditing import Unknown
from kcheck.model import Location, Model

_DEFINED = re.compile(r"^[ \t]*(?:menu)?config[ \t]+(\w+)[ \t\r]*$", re.M)
_ALIKE = 0.8
"""How much alike two names have to be, from 0 to 1, for one to be a slip of the other."""
_LONGER = 3
"""By so many letters at most a misspelt name is longer or shorter."""


def unknown_names(model: Model, names: Collection[str]) -> dict[str, Unknown]:
    """For each of `names` what the rest of the tree, or the likeness of names, says.

    Files are read as text, without their conditions, and all of them once.
    """
    if not names:
        return {}
    elsewhere = _definitions(Path(model.target.source), frozenset(names))
    return {
        name: Unknown(tuple(elsewhere.get(name, ())), _alike(model, name, elsewhere))
        for name in names
    }


def _definitions(top: Path, names: frozenset[str]) -> dict[str, list[Location]]:
    found: dict[str, list[Location]] = {}
    for path in sorted(top.rglob("Kconfig*")):
        relative = path.relative_to(top).as_posix()
        # The tests of conf itself define names that mean nothing.
        if relative.startswith("scripts/kconfig/") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in _DEFINED.finditer(text):
            if match[1] in names:
                line = text.count("\n", 0, match.start()) + 1
                found.setdefault(match[1], []).append(Location(relative, line))
    return found


def _alike(model: Model, name: str, elsewhere: Collection[str]) -> tuple[str, ...]:
    """Defined names that may be meant; none where `name` is a right name elsewhere."""
    if name in elsewhere:
        return ()
    near = [
        other
        for other in model.symbols
        if other[:1] == name[:1].upper() and abs(len(other) - len(name)) <= _LONGER
    ]
    return tuple(difflib.get_close_matches(name.upper(), near, n=2, cutoff=_ALIKE))
