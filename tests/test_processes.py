"""Several processes: every question is answered once, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from kcheck.cluster import cluster
from kcheck.errors import ConfigError, ProcessError, UsageError
from kcheck.processes import Crew, answers, processes
from tests.test_fleet import fleet


def ask(answer: Callable[[int], int], count: int, crew: Crew) -> list[int]:
    seen: list[None] = []
    found = list(answers(answer, range(count), crew, lambda: seen.append(None)))
    assert len(seen) == len(found)
    return sorted(found)


def double(number: int) -> int:
    return 2 * number


def slowly(number: int) -> int:
    time.sleep(0.05)
    return number


def who(_: int) -> int:
    return os.getpid()


def die_once(folder: Path, number: int) -> int:
    """The process that gets 5 first is killed."""
    mark = folder / "died"
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def always_die(number: int) -> int:
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(number: int) -> int:
    if number == 5:
        raise ConfigError("five: no config")
    return number


def test_every_question_is_answered_once() -> None:
    assert ask(double, 50, processes(2)) == [2 * number for number in range(50)]
    assert ask(double, 0, processes(2)) == []


def test_one_process_or_one_question_is_this_process() -> None:
    assert set(ask(who, 3, processes(1))) == {os.getpid()}
    assert ask(who, 1, processes(4)) == [os.getpid()]
    assert os.getpid() not in ask(who, 2, processes(2))


def test_questions_are_taken_as_they_are_needed() -> None:
    taken: list[int] = []

    def questions() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    found = answers(double, questions(), processes(2), lambda: None)
    next(found)
    assert len(taken) < 10
    found.close()  # type: ignore[attr-defined]


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    assert ask(partial(die_once, tmp_path), 40, processes(2)) == list(range(40))
    assert (tmp_path / "died").exists()


def test_what_kills_every_process_is_an_error() -> None:
    with pytest.raises(ProcessError, match="killed 3 times"):
        ask(always_die, 40, processes(2))


def test_what_one_raises_is_raised() -> None:
    with pytest.raises(ConfigError, match="five: no config"):
        ask(refuse, 40, processes(2))


@contextmanager
def local_cluster(size: int, threads: int = 1) -> Iterator[Any]:
    """Workers that are processes of their own, as on other machines."""
    made: Any = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=size, threads_per_worker=threads, processes=True, dashboard_address=":0"
    )
    with made:
        yield made


@pytest.fixture(scope="module")
def workers() -> Iterator[Any]:
    with local_cluster(2, threads=2) as made:
        yield made


def pids(workers: Any) -> list[int]:
    return [worker.process.pid for worker in workers.workers.values()]


class TestCluster:
    def test_workers_answer(self, workers: Any) -> None:
        with cluster(workers.scheduler_address) as crew:
            assert crew.size == 4
            assert ask(double, 50, crew) == [2 * number for number in range(50)]
            assert set(ask(who, 50, crew)) <= set(pids(workers))
            # One question, too, is theirs: files may be seen from there alone.
            assert os.getpid() not in ask(who, 1, crew)

    def test_a_worker_killed_in_the_middle_loses_nothing(self, workers: Any) -> None:
        victim = pids(workers)[0]
        threading.Timer(0.5, os.kill, (victim, signal.SIGKILL)).start()
        with cluster(workers.scheduler_address) as crew:
            assert ask(slowly, 60, crew) == list(range(60))
        assert victim not in pids(workers)

    def test_what_kills_every_worker_is_an_error(self) -> None:
        with (
            local_cluster(2) as made,
            pytest.raises(ProcessError, match="workers died again and again"),
            cluster(made.scheduler_address) as crew,
        ):
            ask(always_die, 10, crew)

    def test_what_one_raises_is_raised(self, workers: Any) -> None:
        with (
            pytest.raises(ConfigError, match="five: no config"),
            cluster(workers.scheduler_address) as crew,
        ):
            ask(refuse, 40, crew)

    def test_without_workers(self) -> None:
        with (
            local_cluster(0) as made,
            pytest.raises(UsageError, match="has no workers"),
            cluster(made.scheduler_address),
        ):
            pass

    @pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
    def test_where_nobody_is(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kcheck.cluster._TIMEOUT", 1)
        with (
            pytest.raises(UsageError, match=f"--cluster {address}: no scheduler answers"),
            cluster(address),
        ):
            pass

    def test_another_kcheck_is_refused(self, workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kcheck.cluster.__version__", "9.9")
        with (
            pytest.raises(UsageError, match=r"has kcheck 0\.\S+ in .*; here it is 9\.9"),
            cluster(workers.scheduler_address),
        ):
            pass

    def test_the_command_says_the_same_while_a_worker_is_killed(
        self, workers: Any, tmp_path: Path
    ) -> None:
        fleet(tmp_path / "f", 120)
        words = [sys.executable, "-m", "kcheck", "check", "f", "--rules", "livepatch",
                 "--probes", "none", "--format", "json"]  # fmt: skip
        here = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)
        there = subprocess.Popen(
            [*words, "--cluster", workers.scheduler_address],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        busy = threading.Timer(1.5, os.kill, (pids(workers)[0], signal.SIGKILL))
        busy.start()
        told, errors = there.communicate(timeout=120)
        assert told == here.stdout, errors.decode()
        assert there.returncode == here.returncode

    def test_a_number_of_jobs_is_none_of_its(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "kcheck", "check", "x", "--rules", "livepatch",
             "--cluster", "tcp://x:1", "--jobs", "2"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert "--jobs is for this machine" in done.stderr
