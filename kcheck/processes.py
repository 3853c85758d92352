"""Several processes at a time for questions that do not hang on each other."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from kcheck.errors import ProcessError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from multiprocessing.process import BaseProcess

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")

_AHEAD = 2
"""Questions under way for each that is being answered, so that nobody waits for the next."""
_MOST_TIMES = 3
"""A question that was under way so often when processes died is not asked again."""


class Crew(msgspec.Struct, frozen=True):
    """Who answers: `size` questions at a time, by an executor that `start` gives.

    One that `is_here`, on this machine, takes longer to start than many a question does.
    """

    size: int
    start: Callable[[], Executor]
    is_here: bool


def processes(size: int) -> Crew:
    """So many processes of this machine."""
    return Crew(size, lambda: _pool(size), True)


def _pool(size: int) -> Executor:
    # Only here: what is answered by this process alone does without.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Started afresh: a copy of this process would inherit the locks of its threads.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(size, mp_context=context, initializer=_begin)


def _begin() -> None:
    """What a process of the pool does before all else."""
    import multiprocessing
    from threading import Thread

    # Nearly all that a process makes lives to its end, so looking for garbage finds none.
    gc.disable()
    parent = multiprocessing.parent_process()
    if parent is not None:
        # One that is killed cannot tell its pool to end, which would wait for it for ever.
        Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def let_go() -> None:
    """Collect the garbage that a question has left behind, in a process that leaves that to us."""
    if not gc.isenabled():
        gc.collect()


def hold() -> None:
    """What there is now will be there for long: let_go() need not look through it.

    That is worth a tenth of a second each time.  It is let go of all the same where nothing
    refers to it any more, unless in a circle.
    """
    if not gc.isenabled():
        gc.freeze()


def answers(
    answer: Callable[[_Asked], _Answer],
    questions: Iterable[_Asked],
    crew: Crew,
    answered: Callable[[], None],
) -> Iterator[_Answer]:
    """What `answer` makes of each question, as they come in; each is taken once.

    When all has been asked that `questions` have, they are asked for more each time answers have
    come in: these may have led to others.  `answered` is called as each comes in.  What one raises
    is raised here, and those that have not begun are left.  When a process dies, what was under way
    is asked again.  Raises ProcessError where that happens again and again.
    """
    waiting = iter(questions)
    first = list(islice(waiting, 2))
    if crew.is_here and (crew.size == 1 or len(first) < 2):
        for question in chain(first, waiting):
            found = answer(question)
            answered()
            yield found
        return
    asking = _Asking(answer, first, waiting, crew)
    try:
        for found in asking.run():
            answered()
            yield found
    finally:
        asking.stop()


class _Asking:
    """Questions under way in an executor, which is made anew when it breaks."""

    def __init__(
        self,
        answer: Callable[[Any], Any],
        first: Sequence[Any],
        questions: Iterator[Any],
        crew: Crew,
    ) -> None:
        self._answer = answer
        self._questions = questions
        self._crew = crew
        self._executor = crew.start()
        self._under_way: dict[Future[Any], tuple[Any, int]] = {}
        self._again: deque[tuple[Any, int]] = deque((each, 0) for each in first)

    def run(self) -> Iterator[Any]:
        from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait

        while self._ask():
            done, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            is_broken = False
            for future in done:
                question, times = self._under_way.pop(future)
                try:
                    found = future.result()
                except BrokenExecutor:
                    is_broken = True
                    self._again.append((question, times + 1))
                else:
                    yield found
            if is_broken:
                self._start_anew()

    def _ask(self) -> bool:
        """Keep as many questions under way as is useful; whether there are any."""
        from concurrent.futures import BrokenExecutor

        while len(self._under_way) < _AHEAD * self._crew.size:
            if self._again:
                question, times = self._again.popleft()
            else:
                found = list(islice(self._questions, 1))
                if not found:
                    break
                question, times = found[0], 0
            try:
                future = self._executor.submit(self._answer, question)
            except BrokenExecutor:
                self._again.appendleft((question, times + 1))
                self._start_anew()
                continue
            self._under_way[future] = question, times
        return bool(self._under_way)

    def _start_anew(self) -> None:
        self._again += [(question, times + 1) for question, times in self._under_way.values()]
        self._under_way.clear()
        self._executor.shutdown(wait=False, cancel_futures=True)
        if any(times >= _MOST_TIMES for _, times in self._again):
            raise ProcessError(
                f"processes were killed {_MOST_TIMES} times, by a signal or for want of memory;"
                " fewer at a time (--jobs) take less"
            )
        self._executor = self._crew.start()

    def stop(self) -> None:
        self._executor.shutdown(cancel_futures=True)
