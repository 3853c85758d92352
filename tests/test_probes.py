"""How questions to the toolchain are answered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kcheck.errors import KcheckError, KconfigSyntaxError, ProbeError
from kcheck.model import ProbeSource
from kcheck.store import keep
from kcheck.toolchain.ahead import Ahead
from kcheck.toolchain.assume import AssumingProber
from kcheck.toolchain.identity import identities
from kcheck.toolchain.probes import RunProber, output_text
from kcheck.toolchain.record import RecordedProber, RecordingProber
from tests.conftest import SMALL_TREE, Kcheck
from tests.test_ends import wait_for

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}

# Runs kcheck with every way to start a process made an error by an audit hook, which no
# Python code in the process can go around.
WITHOUT_PROCESSES = """
import sys
STARTS = ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn",
          "os.spawn", "os.system", "os.startfile", "pty.spawn")
def hook(event, arguments):
    if event in STARTS:
        sys.stderr.write(f"a process was started: {event} {arguments}\\n")
        import os; os._exit(99)
sys.addaudithook(hook)
from kcheck.cli.app import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("arch", ["x86_64", "arm64", "powerpc"])
def test_none_starts_no_process(arch: str) -> None:
    arguments = ["explain", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", arch]
    with_none = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROCESSES, *arguments, "--probes", "none"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert with_none.returncode in (0, 1), with_none.stderr
    assert "assumed" in with_none.stdout
    with_run = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROCESSES, *arguments, "--probes", "run"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert with_run.returncode == 99, "the hook must see the processes of --probes run"


def test_a_tree_cannot_run_anything_under_none(kcheck: Kcheck, tree: Path) -> None:
    marker = tree / "was-here"
    with (tree / "lib" / "Kconfig.debug").open("a") as file:
        file.write(f"\nconfig EVIL\n\tdef_bool $(shell,touch {marker} && echo y)\n")
    done = kcheck("explain", "EVIL", "--tree", str(tree), "--arch", "x86_64", "--probes", "none")
    assert done.returncode in (1, 2)
    assert not marker.exists()


def test_recorded_answers_are_those_of_the_run_before(kcheck: Kcheck, tree: Path) -> None:
    arguments = ("explain", "LIVEPATCH", "--tree", str(tree), "--arch", "powerpc")
    run = kcheck(*arguments)
    recorded = kcheck(*arguments, "--probes", "recorded")
    assert "asked earlier:" in recorded.stdout
    words = recorded.stdout.replace("asked earlier:", "asked:").split()
    # A longer line may wrap its place and its answer in another order.
    assert sorted(words) == sorted(run.stdout.split())


def test_a_probe_that_hangs_is_stopped() -> None:
    started = time.monotonic()
    with RunProber(ENVIRONMENT, time_limit=0.3) as prober, pytest.raises(ProbeError) as hung:
        prober.ask("sleep 60 & sleep 60", "$(shell,sleep 60)")
    assert time.monotonic() - started < 20
    assert "--probes none" in str(hung.value)


def test_a_probe_ends_with_who_asked(tmp_path: Path) -> None:
    began = tmp_path / "began"
    command = f"echo $$ >{began}.new; mv {began}.new {began}; exec sleep 600"
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    asked = threading.Thread(target=lambda: _ask_to_end_once(began))
    asked.start()
    try:
        with RunProber(ENVIRONMENT) as prober, pytest.raises(KeyboardInterrupt):
            prober.ask(command, "$(shell,...)")
    finally:
        asked.join()
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(began.read_text()), 0)


def _ask_to_end_once(began: Path) -> None:
    wait_for(began.exists)
    os.kill(os.getpid(), signal.SIGALRM)


def test_probes_run_in_a_folder_of_their_own(tmp_path: Path) -> None:
    with RunProber(ENVIRONMENT) as prober:
        folder = Path(prober.ask("pwd; touch left-behind", "$(shell,pwd)").text)
        assert (folder / "left-behind").exists()
        assert folder != Path.cwd()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (b"one\n", "one"),
        (b"one\ntwo\n\n\n", "one two"),
        (b"\n\n", ""),
        (b"", ""),
        (b"caf\xe9\n", "caf\udce9"),
        (b"x" * 5000, "x" * 4095),
    ],
)
def test_output_becomes_text_as_conf_has_it(output: bytes, text: str) -> None:
    assert output_text(output) == text


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("set -- GCC 120200 && echo $1", "GCC"),
        ("set -- GCC 120200 && echo $2", "120200"),
        ("set -- GCC && echo $2", ""),
        ("expr 120200 / 10000", "12"),
        ('{ test -z ""; } >/dev/null 2>&1 && echo "y" || echo "n"', "y"),
        ('{ test -z "GNU 24000"; } >/dev/null 2>&1 && echo "y" || echo "n"', "n"),
        ('{ test "GCC" = GCC; } >/dev/null 2>&1 && echo "y" || echo "n"', "y"),
        ('{ test "GCC" = Clang; } >/dev/null 2>&1 && echo "y" || echo "n"', "n"),
        ('{ [ 120200 -ge 90000 ]; } >/dev/null 2>&1 && echo "y" || echo "n"', "y"),
        ('{ echo "gcc 12" | grep -q clang; } >/dev/null 2>&1 && echo "y" || echo "n"', "n"),
    ],
)
def test_text_is_juggled_without_a_shell_as_a_shell_would(command: str, answer: str) -> None:
    assumed = AssumingProber().ask(command, "$(shell)")
    with RunProber(ENVIRONMENT) as prober:
        assert assumed.text == prober.ask(command, "$(shell)").text == answer
    assert assumed.source is ProbeSource.ASSUMED


def test_a_record_serves_another_copy_of_the_tree(tmp_path: Path) -> None:
    record = tmp_path / "probes.json"
    with RunProber(ENVIRONMENT) as prober:
        recording = RecordingProber(prober, record, "/a/tree")
        recording.ask("echo /a/tree/scripts", "$(shell)")
        recording.save()
    recorded = RecordedProber(record, "/b/tree").ask("echo /b/tree/scripts", "$(shell)")
    assert recorded.source is ProbeSource.RECORDED


def test_a_broken_record_is_no_record(tmp_path: Path) -> None:
    record = tmp_path / "probes.json"
    record.write_text('{"half": ')
    with pytest.raises(ProbeError):
        RecordedProber(record, "/tree").ask("true", "$(shell,true)")


@pytest.mark.parametrize("content", [b"[]", b'{"true": 1}', b"{", b"\xff", b'{"true": "\xff"}'])
def test_a_whole_record_that_says_nothing_is_no_record(tmp_path: Path, content: bytes) -> None:
    record = tmp_path / "kcheck" / "probes" / "record"
    keep(record, content)
    with pytest.raises(ProbeError):
        RecordedProber(record, "/tree").ask("true", "$(shell,true)")
    with RunProber(ENVIRONMENT) as prober:
        recording = RecordingProber(prober, record, "/tree")
        recording.ask("echo y", "$(shell,echo y)")
        recording.save()
    assert RecordedProber(record, "/tree").ask("echo y", "$(shell,echo y)").text == "y"


class Disk:
    """What every file system says of its room: plenty, until a test says otherwise."""

    def __init__(self) -> None:
        self.blocks, self.free, self.files, self.free_files = 1 << 20, 1 << 20, 1 << 20, 1 << 20

    def __call__(self, folder: str) -> os.statvfs_result:
        of_blocks = (4096, 4096, self.blocks, self.free, self.free)
        return os.statvfs_result((*of_blocks, self.files, self.free_files, self.free_files, 0, 255))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(os, "statvfs", made)
    return made


class TestRoom:
    """A compiler that cannot write its files says no to everything."""

    @pytest.mark.parametrize("scarce", ["free", "free_files"])
    def test_without_it_nothing_is_asked(self, disk: Disk, tmp_path: Path, scarce: str) -> None:
        setattr(disk, scarce, 1)
        marker = tmp_path / "asked"
        environment = {**ENVIRONMENT, "TMPDIR": str(tmp_path)}
        with pytest.raises(ProbeError, match=r"room.*set TMPDIR"), RunProber(environment) as prober:
            prober.ask(f"touch {marker}", "$(shell,touch)")
        with pytest.raises(ProbeError, match="room"):
            Ahead(environment, 1)
        assert not marker.exists()

    def test_the_folder_that_lacks_it_is_named(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """kcheck's own may be another than that of compilers."""
        plenty, none = Disk(), Disk()
        none.free = 1
        monkeypatch.setattr(
            os, "statvfs", lambda folder: (none if folder == str(tmp_path) else plenty)(folder)
        )
        told = pytest.raises(ProbeError, match=f"^{tmp_path}: next to no room")
        with told, RunProber({**ENVIRONMENT, "TMPDIR": str(tmp_path)}) as prober:
            prober.ask("true", "$(shell,true)")

    @pytest.mark.parametrize("failure", [None, KconfigSyntaxError])
    def test_where_it_went_meanwhile_no_answer_is_taken(
        self, disk: Disk, tmp_path: Path, failure: type[KcheckError] | None
    ) -> None:
        """Nor is a tree said to refuse them."""
        count = f"echo x >> {tmp_path}/asked; wc -l < {tmp_path}/asked"
        asked = RunProber(ENVIRONMENT)
        assert asked.ask(count, "$(shell,count)").text == "1"
        disk.free = 1
        with pytest.raises(ProbeError, match="room"):
            asked.__exit__(failure, None, None)
        disk.free = 1 << 20
        for _ in range(2):
            with RunProber(ENVIRONMENT) as prober:
                assert prober.ask(count, "$(shell,count)").text == "2"

    @pytest.mark.parametrize("uncounted", ["blocks", "files"])
    def test_a_file_system_may_not_count(self, disk: Disk, uncounted: str) -> None:
        setattr(disk, uncounted, 0)
        setattr(disk, {"blocks": "free", "files": "free_files"}[uncounted], 0)
        with RunProber(ENVIRONMENT) as prober:
            assert prober.ask("echo there", "$(shell,echo there)").text == "there"


class Programs:
    """Folders with programs, and the environment in which they are found."""

    def __init__(self, top: Path) -> None:
        self.front, self.behind = top / "front", top / "behind"
        for folder in (self.front, self.behind):
            folder.mkdir()
        self.environment = {
            "PATH": f"{self.front}:{self.behind}:/usr/bin:/bin",
            "CC": "gcc",
            "LD": "ld",
        }

    def write(self, path: Path, content: str) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        path.chmod(0o755)

    def known_as(self) -> tuple[str, ...]:
        return identities(self.environment)


def _by_path(programs: Programs) -> Path:
    """A script that calls what has its name further behind in $PATH."""
    programs.write(programs.front / "gcc", '#!/bin/sh\nPATH=${PATH#*:} gcc "$@"\n')
    return programs.behind / "gcc"


def _by_place(programs: Programs) -> Path:
    called = programs.front.parent / "elsewhere" / "compiler"
    programs.write(programs.front / "gcc", f'#!/bin/sh\nexec {called} "$@"\n')
    return called


def _below_its_own_folder(programs: Programs) -> Path:
    programs.write(programs.front / "gcc", '#!/bin/sh\nexec "$(dirname "$0")"/bin/gcc "$@"\n')
    return programs.front / "bin" / "gcc"


def _linked(programs: Programs) -> Path:
    programs.write(programs.front / "ccache", "\x7fELF")
    (programs.front / "gcc").symlink_to("ccache")
    return programs.behind / "gcc"


def _in_front(programs: Programs) -> Path:
    programs.write(programs.front / "ccache", "\x7fELF")
    programs.environment["CC"] = "ccache gcc"
    return programs.behind / "gcc"


@pytest.mark.parametrize(
    "calling", [_by_path, _by_place, _below_its_own_folder, _linked, _in_front]
)
def test_a_program_that_calls_another_is_known_by_that_too(
    tmp_path: Path, calling: Callable[[Programs], Path]
) -> None:
    programs = Programs(tmp_path)
    called = calling(programs)
    programs.write(called, "\x7fELF one")
    first = programs.known_as()
    assert programs.known_as() == first
    programs.environment |= {"SHLVL": "7", "ARCH": "arm64", "srctree": "/another"}
    assert programs.known_as() == first
    programs.environment["CCACHE_COMPILER"] = "clang"
    assert programs.known_as() != first
    del programs.environment["CCACHE_COMPILER"]
    programs.write(called, "\x7fELF another")
    assert programs.known_as() != first
    second = programs.known_as()
    programs.write(programs.front / "clang", "\x7fELF")
    assert programs.known_as() != second


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("gcc", ()),
        ("gcc", ("gcc-12", "x86_64-linux-gnu-gcc-12")),
        ("aarch64-linux-gnu-gcc", ("aarch64-linux-gnu-gcc-12.2.0",)),
        ("clang-19", ("clang",)),
        ("ld.lld-19", ("lld",)),
        ("ld", ("x86_64-linux-gnu-ld.bfd",)),
    ],
)
def test_a_plain_compiler_is_known_by_itself_alone(
    tmp_path: Path, name: str, links: tuple[str, ...]
) -> None:
    """So its record serves whatever else is installed."""
    programs = Programs(tmp_path)
    programs.environment["CC"] = at = name
    for link in links:
        (programs.front / at).symlink_to(link)
        at = link
    programs.write(programs.front / at, "\x7fELF")
    first = programs.known_as()
    programs.environment["CCACHE_COMPILER"] = "clang"
    programs.write(programs.front / "another", "")
    assert programs.known_as() == first
    programs.write(programs.front / at, "\x7fELF of another size")
    assert programs.known_as() != first
