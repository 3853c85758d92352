"""What kcheck check says, in several formats; one module each in formats/, found by its place.

A module there has:

NAME    what --format takes, which is also the module's own name
render  (CheckReport, Context) -> its text in pieces, the last with a newline at the end
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

from kcheck.checking import CheckReport
from kcheck.report.check.context import Context

__all__ = ["Context", "Format", "format_names", "render"]


class Format(Protocol):
    """What a module of formats/ offers."""

    NAME: str

    def render(self, report: CheckReport, context: Context) -> Iterator[str]: ...


def format_names() -> tuple[str, ...]:
    """The names of all formats, in the order of the alphabet; none is imported for that."""
    folder = Path(__file__).parent / "formats"
    return tuple(sorted(module.name for module in pkgutil.iter_modules([str(folder)])))


def render(name: str, report: CheckReport, context: Context) -> Iterator[str]:
    """The report in the format of that name, which has to be one of format_names(), in pieces: a
    report on many configs is longer than memory should hold.
    """
    if name not in format_names():
        raise ValueError(f"no format is called {name!r}")
    module = cast(Format, importlib.import_module(f"{__name__}.formats.{name}"))
    return module.render(report, context)
