"""One question put to many architectures: what came out, as values."""

from __future__ import annotations

import msgspec

from kcheck.findings import Explanation
from kcheck.model import TargetFacts


class Row(msgspec.Struct, frozen=True):
    """What one sub-architecture says, symbol by symbol.

    `is_foreign` where this machine's own compiler answered for another machine's code;
    `notes` are what the user should know about how this was found.
    """

    arch: str
    target: TargetFacts
    config: str
    is_foreign: bool
    explanations: tuple[Explanation, ...]
    notes: tuple[str, ...] = ()


class Unanswered(msgspec.Struct, frozen=True):
    """A sub-architecture that could not be asked, and why not."""

    arch: str
    message: str


class Survey(msgspec.Struct, frozen=True):
    """All answers about one tree, sub-architectures by name."""

    version: str
    source: str
    is_snapshot: bool
    rows: tuple[Row, ...]
    unanswered: tuple[Unanswered, ...]
