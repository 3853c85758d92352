"""What is kept in the cache folder, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kcheck.folders import NOWHERE
from kcheck.report.json import SCHEMA, document_text
from kcheck.report.layout import as_text
from kcheck.store import BOUND, Usage


def cache_text(folder: Path, kinds: Sequence[Usage]) -> str:
    """The folder, a line a kind, and how much of what may be there it is."""
    if folder == NOWHERE:
        return "nothing is kept: there is neither a home nor $XDG_CACHE_HOME\n"
    bound = f" of at most {BOUND >> 20} MiB"
    return as_text([str(folder), *_table(kinds, bound)])


def cleared_text(folder: Path, kinds: Sequence[Usage]) -> str:
    """What was removed from where."""
    if not any(each.files for each in kinds):
        return as_text([f"{folder}: nothing to remove"])
    return as_text([f"removed from {folder}", *_table(kinds, "")])


def cache_json(folder: Path, kinds: Sequence[Usage]) -> str:
    """The document, indented, with a newline at the end; see docs/cache.schema.json."""
    return document_text(
        {
            "schema": SCHEMA,
            "folder": None if folder == NOWHERE else str(folder),
            "bound": BOUND,
            "files": sum(each.files for each in kinds),
            "bytes": sum(each.size for each in kinds),
            "kinds": [
                {"kind": each.kind, "files": each.files, "bytes": each.size} for each in kinds
            ],
        }
    )


def _table(kinds: Sequence[Usage], behind: str) -> list[str]:
    rows: list[tuple[str, int, int]] = [*kinds]
    rows.append(("total", sum(each.files for each in kinds), sum(each.size for each in kinds)))
    lines = [
        f"  {name:<7}  {files:>5} {'file ' if files == 1 else 'files'}  {_size(size):>9}"
        for name, files, size in rows
    ]
    return [*lines[:-1], lines[-1] + behind]


def _size(size: int) -> str:
    """Bytes in the unit that leaves few digits; what is not nothing is no 0."""
    if size >= 1 << 20:
        return f"{size / (1 << 20):.1f} MiB"
    return f"{-(-size >> 10)} KiB"
