"""Signals that ask to end, held back while what was begun has to be ended first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_ASK_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold them back; what came meanwhile is heard at the end.

    Their handlers raise wherever the process is: between a folder made and its name known to
    whoever removes it, or while it is being removed, which nobody would then go on with.
    """
    import threading

    # Python runs handlers in the main thread alone, whichever the signal came to: there others
    # are not disturbed, and blocking signals in one thread would not help it.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    try:
        with ExitStack() as stack:
            for number in _ASK_TO_END:
                handler = signal.getsignal(number)
                if handler not in (signal.SIG_IGN, None):
                    stack.callback(signal.signal, number, handler)
                    signal.signal(number, lambda number, _: came.append(number))
            yield
    finally:
        for each in came:
            signal.raise_signal(each)
