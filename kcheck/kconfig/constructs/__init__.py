"""Constructs that only some versions' conf knows; one module each, found by its place.

A module here has:

NAME        what the construct is called in a Dialect
KEYWORDS    the words that its line may begin with
ALLOWED_IN  the kinds of block ("config", "choice", "menu", "comment") it may stand in
SINCE       the first version that knows it
UNTIL       the first version that no longer does, or None
FILE, SIGN  a file of scripts/kconfig and a text that stands in it where conf knows it
parse       (Statement, Draft) -> None
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.statement import Statement


class Construct(Protocol):
    """What a module of this package offers."""

    NAME: str
    KEYWORDS: tuple[str, ...]
    ALLOWED_IN: tuple[str, ...]
    SINCE: tuple[int, int]
    UNTIL: tuple[int, int] | None
    FILE: str
    SIGN: str

    def parse(self, statement: Statement, draft: Draft) -> None: ...


def all_constructs() -> tuple[Construct, ...]:
    """Every construct, in the order of the modules' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast(Construct, importlib.import_module(f"{__name__}.{name}")) for name in names)
