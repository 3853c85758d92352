"""Signals that ask to end, held back while what was begun has to be ended first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_ASK_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold them back; what came meanwhile is heard at the end.

    Their handlers raise wherever the process is: between a folder made and its name known to
    whoever removes it, or while it is being removed, which nobody would then go on with.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, _ASK_TO_END)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
