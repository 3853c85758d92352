"""A Dask cluster in place of this machine's processes (the extra `cluster`).

Its workers have the same kcheck, and find that, configs and trees at the same paths.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from kcheck import __version__
from kcheck.errors import ProcessError, UsageError
from kcheck.processes import Crew

_TIMEOUT = 10
"""Seconds to wait for the scheduler."""


class _Seen(msgspec.Struct, frozen=True):
    """What a process is: kcheck's and Python's version, and the folder that kcheck lies in."""

    version: str
    python: str
    folder: str


@contextmanager
def cluster(address: str) -> Iterator[Crew]:
    """The workers of the cluster whose scheduler is at `address`, as tcp://HOST:PORT.

    Raises UsageError where distributed is not installed, where there is no scheduler, and where
    a worker cannot stand in for this process; ProcessError, in the body, where workers die again
    and again or the scheduler is gone.
    """
    try:
        from distributed import Client, KilledWorker
        from distributed.comm.core import CommClosedError
    except ImportError:
        raise UsageError(
            "--cluster: distributed is not installed; pip install 'kcheck[cluster]'"
        ) from None
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=_TIMEOUT, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"--cluster {address}: no scheduler answers: {_brief(error)}") from None
    with client:
        size = _threads(client, address)
        try:
            yield Crew(size, lambda: _Workers(client), False)
        except KilledWorker:
            raise ProcessError(
                f"--cluster {address}: workers died again and again; one a processor, with more"
                " memory, may do"
            ) from None
        except (CommClosedError, CancelledError):
            raise ProcessError(f"--cluster {address}: the scheduler is gone; start anew") from None


def _threads(client: Any, address: str) -> int:
    """How many questions the workers answer at a time."""
    threads: dict[str, int] = client.nthreads()
    if not threads:
        raise UsageError(f"--cluster {address}: the cluster has no workers")
    try:
        seen: dict[str, _Seen] = client.run(_seen)
    except Exception as error:
        # Whatever a worker without kcheck, or with another one, comes up with.
        raise UsageError(
            f"--cluster {address}: a worker cannot run this kcheck: {_brief(error)}"
        ) from None
    here = _seen()
    for worker, there in seen.items():
        if there != here:
            raise UsageError(
                f"--cluster {address}: {worker} has kcheck {there.version} in {there.folder},"
                f" Python {there.python}; here it is {here.version} in {here.folder},"
                f" Python {here.python}"
            )
    return sum(threads.values())


def _seen() -> _Seen:
    python = ".".join(map(str, sys.version_info[:2]))
    return _Seen(__version__, python, str(Path(__file__).parent))


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


class _Workers(Executor):
    """The cluster as an executor.  What was given to a worker that is gone, another one gets."""

    def __init__(self, client: Any) -> None:
        # Not pure: that a question was asked before is no answer to it.
        self._executor = client.get_executor(pure=False)

    def submit(  # type: ignore[override]
        self, answer: Callable[[Any], Any], question: Any, /
    ) -> Future[Any]:
        found: Future[Any] = self._executor.submit(_alone, answer, question)
        return found

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait and not cancel_futures)


_one_at_a_time = threading.Lock()


def _alone(answer: Callable[[Any], Any], question: Any) -> Any:
    """Answer in a worker's process, whose threads share what kcheck holds."""
    with _one_at_a_time:
        return answer(question)
