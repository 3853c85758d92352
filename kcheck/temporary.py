"""Folders for a while."""

from __future__ import annotations

import tempfile

from kcheck.signals import undisturbed


class TemporaryFolder(tempfile.TemporaryDirectory[str]):
    """A new folder below $TMPDIR, for as long as its context or object lasts.

    No signal that asks to end leaves it behind.  Raises OSError where none can be made.
    """

    def __init__(self, prefix: str) -> None:
        with undisturbed():
            super().__init__(prefix=prefix)

    def cleanup(self) -> None:
        """Remove it, with all that is in it."""
        with undisturbed():
            super().cleanup()
