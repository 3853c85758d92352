"""Reports in several formats at once: which goes where, and the writing of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kcheck.errors import UsageError

if TYPE_CHECKING:
    from kcheck.checking import CheckReport
    from kcheck.report.check import Context


class Destination(NamedTuple):
    """A format, and the file that it is written to; None for stdout."""

    format: str
    path: Path | None


def destinations(formats: Sequence[str], output: Path | None) -> tuple[Destination, ...]:
    """What `--format FORMAT[=FILE]…` and `--output FILE` say.

    Raises UsageError for a format that there is not, and for two of them on stdout.
    """
    from kcheck.report.check import format_names

    found: list[Destination] = []
    for each in formats:
        name, _, file = each.partition("=")
        if name not in format_names():
            raise UsageError(f"--format '{name}': not {', '.join(format_names())}")
        found.append(Destination(name, Path(file) if file else None))
    without = [number for number, each in enumerate(found) if each.path is None]
    if len(without) > 1:
        raise UsageError("several formats on stdout: write --format FORMAT=FILE")
    if output is not None:
        if not without:
            raise UsageError("--output: each format names its file already")
        if str(output) != "-":
            found[without[0]] = Destination(found[without[0]].format, output)
    files = [each.path for each in found if each.path is not None]
    if len(set(files)) < len(files):
        raise UsageError("--format: two formats for the same file; each takes one of its own")
    return tuple(found)


def write_reports(
    report: CheckReport, wanted: Sequence[Destination], show_all: bool, color: str
) -> None:
    """Write all of them.  Raises UsageError for a file that cannot be written."""
    from kcheck.cli.color import colored_findings, wants_color
    from kcheck.report.check import Context, render

    context = Context(_root(), show_all)
    for each in wanted:
        pieces = render(each.format, report, context)
        if each.path is None:
            is_text = each.format == "text" and wants_color(color, sys.stdout)
            for piece in pieces:
                sys.stdout.write(colored_findings(piece) if is_text else piece)
        else:
            _write(each.path, pieces, "w")
        if each.format == "github":
            _write_summary(report, context)


def _write_summary(report: CheckReport, context: Context) -> None:
    """GitHub shows what is put behind the file that it names for each step."""
    from kcheck.report.check.formats.github import summary

    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        _write(Path(path), [summary(report, context)], "a")


def _root() -> Path:
    """What paths in reports are relative to: the checkout that CI says it works in."""
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        if os.environ.get(name):
            return Path(os.environ[name]).resolve()
    return Path.cwd()


def _write(path: Path, pieces: Iterable[str], mode: str) -> None:
    try:
        with path.open(mode, encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(pieces)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
