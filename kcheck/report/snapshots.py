"""What a file of snapshots has, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from kcheck.report.json import SCHEMA, document_text
from kcheck.report.layout import WIDTH, as_text, wrapped
from kcheck.trees.snapshot import Listed


def snapshots_text(versions: Sequence[Listed]) -> str:
    """A line a version and the words for ARCH that it has; the last line counts."""
    wide = max((len(each.version) for each in versions), default=0)
    lines: list[str] = []
    for each in versions:
        head = f"  {each.version:<{wide}}  {each.symbols:>5} symbols  {each.length >> 10:>4} KiB  "
        rows = wrapped(each.arches, ", ", WIDTH - len(head))
        lines += [head + rows[0], *(" " * len(head) + row for row in rows[1:])]
    total = sum(each.length for each in versions)
    counted = "1 version" if len(versions) == 1 else f"{len(versions)} versions"
    return as_text([f"{counted}   {total >> 10} KiB", *lines])


def snapshots_json(versions: Sequence[Listed]) -> str:
    """The document, indented, with a newline at the end; see docs/snapshot.schema.json."""
    return document_text(
        {
            "schema": SCHEMA,
            "versions": [
                {
                    "version": each.version,
                    "arches": list(each.arches),
                    "symbols": each.symbols,
                    "bytes": each.length,
                }
                for each in versions
            ],
        }
    )
