"""What conf refuses once all files are read."""

from __future__ import annotations

from kcheck.model import Model


def check(model: Model) -> None:
    """Raise KconfigSyntaxError for a tree that conf would refuse."""
