"""How questions to the toolchain are answered."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from kcheck.errors import ProbeError
from kcheck.model import ProbeSource
from kcheck.toolchain.assume import AssumingProber
from kcheck.toolchain.probes import RunProber, output_text
from kcheck.toolchain.record import RecordedProber, RecordingProber
from tests.conftest import SMALL_TREE, Kcheck

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
