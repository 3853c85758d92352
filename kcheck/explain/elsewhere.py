"""Where a tree defines a symbol that is not read for the architecture asked about."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from kcheck.model import Elsewhere, Location, Model

_SOURCE = re.compile(r'^\s*source\s+"([^"]+)"', re.M)


def definitions_elsewhere(model: Model, name: str) -> Elsewhere:
    """Search the tree's text for definitions of `name`.

    Files are compared as text, without their conditions: it is a hint where to look.  A
    snapshot has the answer with it.
    """
    if model.kept is not None:
        return model.kept.elsewhere.get(name, Elsewhere((), ()))
    return _searched(Path(model.target.source), name)


@lru_cache(maxsize=64)
def _searched(top: Path, name: str) -> Elsewhere:
    """One process is asked about many architectures of the same tree."""
    pattern = re.compile(rf"^[ \t]*(?:menu)?config[ \t]+{re.escape(name)}[ \t\r]*$", re.M)
    definitions: list[Location] = []
    for path in sorted(top.rglob("Kconfig*")):
        if "scripts/kconfig" in path.as_posix():
            continue
        text = _read(path)
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            definitions.append(Location(path.relative_to(top).as_posix(), line))
    files = {location.file for location in definitions}
    return Elsewhere(tuple(definitions), _readers(top, files))


def _readers(top: Path, files: set[str]) -> tuple[str, ...]:
    """The architectures below arch/ whose Kconfig files source one of `files`."""
    found: set[str] = set()
    for path in sorted((top / "arch").glob("*/**/Kconfig*")) if files else ():
        arch = path.relative_to(top / "arch").parts[0]
        relative = path.relative_to(top).as_posix()
        if relative in files or files.intersection(_SOURCE.findall(_read(path))):
            found.add(arch)
    return tuple(sorted(found))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
