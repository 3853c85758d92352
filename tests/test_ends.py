"""How kcheck ends where something else does: a reader, a disk, a terminal, the process itself."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kcheck.folders import replace_file
from tests.conftest import SMALL_TREE

KCHECK = (sys.executable, "-m", "kcheck")
HERE = ("--tree", str(SMALL_TREE), "--arch", "x86_64", "--probes", "none")
EXPLAIN = (*KCHECK, "explain", "LIVEPATCH", *HERE)
FULL = Path("/dev/full")


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def shell(command: str, *words: str) -> subprocess.CompletedProcess[str]:
    """What sh makes of a command in which "$@" stands for `words`."""
    asked = ["sh", "-c", command, "sh", *words]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


class TestStreams:
    """The exit code is the answer's, be anybody listening or not."""

    def test_a_reader_that_has_enough_changes_nothing(self) -> None:
        # A pipe that nobody reads: all that is written to it comes back as an error.
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(EXPLAIN, stdout=writing, stderr=subprocess.PIPE, check=False)
        os.close(writing)
        assert (done.returncode, done.stderr) == (1, b"")

    @pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
    def test_a_full_disk_behind_stdout_is_one_line(self) -> None:
        done = shell('"$@" > /dev/full', *EXPLAIN)
        assert done.returncode == 2
        assert done.stderr == "kcheck: stdout: No space left on device\n"

    def test_closed_streams(self) -> None:
        assert shell('"$@" >&-', *EXPLAIN).returncode == 1
        wrong = (*KCHECK, "explain", "LIVEPATCH", "--tree", "nowhere")
        assert shell('"$@" 2>&-', *wrong).returncode == 2
        if FULL.exists():
            assert shell('"$@" 2>/dev/full', *wrong).returncode == 2

    def test_a_folder_that_is_gone_is_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "gone").mkdir()
        command = f'cd {tmp_path}/gone && rmdir ../gone && "$@"'
        done = shell(command, *KCHECK, "check", "x", "--rules", "livepatch")
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith(
            "kcheck: the current folder is there no more"
        )

    def test_a_name_that_is_too_long_is_one_line(self) -> None:
        done = shell('"$@"', *KCHECK, "explain", "X", "--tree", "x" * 300)
        assert done.returncode == 2
        assert done.stderr.endswith("File name too long\n")
        assert done.stderr.count("\n") == 1


class TestSignals:
    """Nothing is left behind: neither processes nor files."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_one_that_asks_to_end(self, tmp_path: Path, number: signal.Signals) -> None:
        made = subprocess.Popen(
            [*KCHECK, "explain", "LIVEPATCH", "--tree", slow_tree(tmp_path), "--arch", "x86_64"],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            start_new_session=True,
        )
        wait_for(lambda: any(tmp_path.glob("kcheck-probes-*")))
        made.send_signal(number)
        assert made.wait(20) == 128 + number
        wait_for(lambda: not any(tmp_path.glob("kcheck-probes-*")))

    def test_processes_end_with_the_one_that_began_them(self, tmp_path: Path) -> None:
        (tmp_path / "slow.py").write_text(SLOW)
        made = subprocess.Popen(
            [sys.executable, str(tmp_path / "slow.py")],
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            start_new_session=True,
        )
        wait_for(lambda: len(in_session(made.pid)) >= 3)
        made.kill()
        made.wait()
        wait_for(lambda: not in_session(made.pid))


SLOW = """
import time

from kcheck.processes import answers, processes

if __name__ == "__main__":
    list(answers(time.sleep, iter([600, 600]), processes(2), lambda: None))
"""


def slow_tree(folder: Path) -> str:
    """A tree in which a question is never answered."""
    made = folder / "tree"
    subprocess.run(["cp", "-r", str(SMALL_TREE), str(made)], check=True)
    top = made / "Kconfig"
    top.write_text(top.read_text() + "config SLOW\n\tdef_bool $(shell,sleep 15 && echo y)\n")
    return str(made)


def in_session(number: int) -> list[int]:
    """The processes of a session that run."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = each.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == number and fields[0] != "Z":
            found.append(int(each.parent.name))
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds, half a minute at most."""
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


class TestPlaces:
    """What is no file stays what it is."""

    def test_a_pipe_is_written_to(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        read: list[bytes] = []
        reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
        reader.start()
        done = shell('"$@"', *KCHECK, "olddefconfig", *HERE, "--output", str(pipe))
        reader.join(20)
        assert done.returncode == 0
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert b"CONFIG_MODULES=y\n" in read[0]

    @pytest.mark.parametrize("is_link", [True, False])
    def test_stdout_by_its_name_is_no_file_to_replace(self, tmp_path: Path, is_link: bool) -> None:
        # As /dev/stdout and /dev/fd/1 are.
        link = tmp_path / "stdout"
        link.symlink_to("/proc/self/fd/1")
        made = tmp_path / "made"
        name = str(link) if is_link else "/dev/fd/1"
        words = (*KCHECK, "savedefconfig", *HERE, "--output", name)
        assert shell(f'"$@" > {made}', *words).returncode == 0
        assert made.read_text().startswith("CONFIG_")
        piped = shell('"$@" | cat', *words)
        assert piped.stdout == made.read_text()
        assert link.is_symlink()

    def test_a_new_file_is_as_others_are(self, tmp_path: Path) -> None:
        before = os.umask(0o027)
        try:
            replace_file(tmp_path / "new", b"")
        finally:
            os.umask(before)
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640
