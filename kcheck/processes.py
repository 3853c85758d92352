"""Several processes at a time for questions that do not hang on each other."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def answers(
    answer: Callable[[_Asked], _Answer],
    questions: Iterable[_Asked],
    workers: int,
    answered: Callable[[], None],
) -> Iterator[_Answer]:
    """What `answer` makes of each question, as they come in, `workers` at a time.

    `answered` is called as each comes in.  What one raises is raised here, and those that have
    not begun are left.
    """
    # Started afresh: a copy of this process would inherit the locks of its threads.
    context = multiprocessing.get_context("spawn")
    # Nearly all that a process makes lives to its end, so looking for garbage finds none.
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=gc.disable)
    try:
        for future in as_completed([pool.submit(answer, each) for each in questions]):
            answered()
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
