"""Models kept on disk: read again as long as nothing that they were made from is another."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kcheck import stamps
from kcheck.errors import KcheckError
from kcheck.kconfig import load as loading
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.kconfig.parser import Parser
from kcheck.model import Model
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from tests.conftest import Kcheck

COMPILER = """#!/bin/sh
case "$*" in
*--version*) echo "gcc (Other) {version}" ;;
*) exec gcc "$@" ;;
esac
"""


class Kernel:
    """A tree read again and again with a compiler of its own; `read` counts how often it had to be
    read from its files."""

    def __init__(self, tree: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tree = tree
        self.programs = programs
        self.arch = "powerpc"
        self.mode = ProbeMode.RUN
        self.read = 0
        programs.mkdir()
        self.compiler("12.1.0")
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        parse = Parser.parse

        def counted(parser: Parser, filename: str) -> None:
            self.read += 1
            parse(parser, filename)

        monkeypatch.setattr(Parser, "parse", counted)

    def compiler(self, version: str) -> None:
        """Put another compiler in the place of the one that is there."""
        made = self.programs / "made"
        made.write_text(COMPILER.format(version=version))
        made.chmod(0o755)
        made.rename(self.programs / "own-gcc")

    def load(self) -> Loaded:
        toolchain = Toolchain(cc="own-gcc")
        return load(open_tree(self.tree), self.arch, toolchain, self.mode)

    def __call__(self) -> Model:
        return self.load().model


@pytest.fixture
def kernel(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """With all files old enough to be trusted."""
    monkeypatch.setattr(stamps, "_TICK", -(10**12))
    return Kernel(tree, tmp_path / "programs", monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where models are kept."""
    return tmp_path / "cache" / "kcheck" / "models"


def _without_what_is_kept(kernel: Kernel, folder: Path) -> Model:
    shutil.rmtree(folder, ignore_errors=True)
    return kernel()


def test_a_model_is_read_once(kernel: Kernel) -> None:
    first = kernel()
    assert kernel() == first
    assert kernel.read == 1
    assert first.probes, "a tree that asks something"


def test_the_target_is_the_one_that_was_asked(kernel: Kernel) -> None:
    first = kernel.load()
    again = kernel.load()
    assert again.target == first.target
    assert again.target.environment["CC_VERSION_TEXT"] == "gcc (Other) 12.1.0"
    assert again.origin == first.origin != ""


@pytest.mark.parametrize("mode", [ProbeMode.NONE, ProbeMode.RUN])
def test_parts_are_those_of_the_whole(kernel: Kernel, mode: ProbeMode) -> None:
    kernel.mode = mode
    fresh = kernel.load().parts
    kept = kernel.load().parts
    assert kernel.read == 1
    for name in fresh.defined:
        assert kept.cone([name]) == fresh.cone([name])
        assert kept.readers(name) == fresh.readers(name)
        assert kept.part(kept.cone([name])) == fresh.part(fresh.cone([name]))
    for probe in range(len(fresh.frame.probes)):
        assert kept.asking(probe) == fresh.asking(probe)


def _edit(kernel: Kernel) -> None:
    file = kernel.tree / "kernel/livepatch/Kconfig"
    file.write_text(file.read_text().replace("depends on SYSFS\n", "depends on !SYSFS\n"))


def _edit_and_hide_it(kernel: Kernel) -> None:
    """As long as before, and with the time that it had."""
    file = kernel.tree / "kernel/livepatch/Kconfig"
    before = file.stat()
    text = file.read_text()
    file.write_text(text.replace("depends on SYSFS\n", "depends on PROC_\n"))
    assert len(file.read_text()) == len(text)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replace(kernel: Kernel) -> None:
    file = kernel.tree / "kernel/livepatch/Kconfig"
    other = file.with_name("other")
    other.write_text(file.read_text().replace("LIVEPATCH", "LIVEBATCH"))
    shutil.copystat(file, other)
    other.rename(file)


def _another_version(kernel: Kernel) -> None:
    file = kernel.tree / "Makefile"
    file.write_text(file.read_text().replace("PATCHLEVEL = ", "PATCHLEVEL = 1"))


def _another_conf(kernel: Kernel) -> None:
    folder = kernel.tree / "scripts/kconfig"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "expr.c").write_text("val_is_valid\n")
    (folder / "lexer.l").write_text('"transitional"\n')


def _another_compiler(kernel: Kernel) -> None:
    kernel.compiler("13.2.0")


def _another_script(kernel: Kernel) -> None:
    (kernel.tree / "scripts/more.sh").write_text("exit 1\n")


def _a_program_comes(kernel: Kernel) -> None:
    made = kernel.programs / "pahole"
    made.write_text("#!/bin/sh\necho v1.99\n")
    made.chmod(0o755)


CHANGES: tuple[Callable[[Kernel], None], ...] = (
    _edit,
    _edit_and_hide_it,
    _replace,
    _another_version,
    _another_conf,
    _another_compiler,
    _another_script,
    _a_program_comes,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_what_changed_is_read_anew(
    kernel: Kernel, folder: Path, change: Callable[[Kernel], None]
) -> None:
    kernel()
    change(kernel)
    after = kernel()
    assert kernel.read == 2
    assert after == _without_what_is_kept(kernel, folder)


def test_another_environment_is_another_model(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel()
    monkeypatch.setenv("CPATH", "/nowhere")
    kernel()
    assert kernel.read == 2
    monkeypatch.setenv("SSH_TTY", "/dev/pts/7")
    kernel()
    assert kernel.read == 2, "where a session runs means nothing to a compiler"


def test_another_architecture_is_another_model(kernel: Kernel) -> None:
    assert kernel().target.srcarch == "powerpc"
    kernel.arch = "x86_64"
    assert kernel().target.srcarch == "x86"


def test_what_was_answered_is_not_taken_for_assumed(kernel: Kernel) -> None:
    answered = kernel()
    kernel.mode = ProbeMode.NONE
    assumed = kernel()
    assert kernel.read == 2
    assert answered.probes != assumed.probes


def test_a_file_that_went_is_an_error_as_before(kernel: Kernel) -> None:
    kernel()
    (kernel.tree / "kernel/livepatch/Kconfig").unlink()
    with pytest.raises(KcheckError, match="cannot open kernel/livepatch/Kconfig"):
        kernel()


def test_a_file_that_changes_while_it_is_read_is_not_kept(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Here with the trust in times as it is: everything in this tree is new.
    kernel = Kernel(tree, tmp_path / "programs", monkeypatch)
    kernel()
    kernel()
    assert kernel.read == 2
    monkeypatch.setattr(stamps, "_TICK", 0)
    monkeypatch.setattr(loading, "now", lambda: stamps.now() + 1)
    parse = Parser.parse

    def and_then_edit(parser: Parser, filename: str) -> None:
        parse(parser, filename)
        _edit(kernel)

    with monkeypatch.context() as within:
        within.setattr(loading, "now", lambda: (tree / "Makefile").stat().st_ctime_ns + 1)
        within.setattr(Parser, "parse", and_then_edit)
        kernel()
    assert "SYSFS" in str(kernel().symbols["LIVEPATCH"])
    assert kernel.read == 4


def _only(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_a_file_cut_short_is_no_model(kernel: Kernel, folder: Path) -> None:
    model = kernel()
    content = _only(folder).read_bytes()
    for length in (0, 1, 14, 20, 60, len(content) // 3, len(content) // 2, len(content) - 1):
        _only(folder).write_bytes(content[:length])
        assert kernel() == model
        assert _only(folder).read_bytes() == content, "written anew"
    _only(folder).write_bytes(content + b"\0")
    assert kernel() == model


def test_damage_anywhere_changes_no_answer(kernel: Kernel, folder: Path) -> None:
    kernel.mode = ProbeMode.NONE
    model = kernel()
    file = _only(folder)
    content = file.read_bytes()
    for place in range(0, len(content), max(1, len(content) // 150)):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        file.write_bytes(damaged)
        assert kernel() == model, f"byte {place} of {len(content)}"
    file.write_bytes(b"\0" * len(content))
    assert kernel() == model


def test_a_folder_that_cannot_be_written_is_no_hindrance(
    kernel: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert kernel() == kernel()
    assert kernel.read == 2


def test_a_full_disk_is_no_hindrance(kcheck: Kcheck, tree: Path, tmp_path: Path) -> None:
    # A file may grow to four thousand bytes: what is written then fails as on a full disk.
    arguments = [sys.executable, "-m", "kcheck", "explain", "LIVEPATCH", "--tree", str(tree)]
    _aged(tree)
    done = subprocess.run(
        [*arguments, "--arch", "x86_64"],
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "full"), "PYTHONPATH": os.getcwd()},
        preexec_fn=_no_room,
        capture_output=True,
        text=True,
        check=False,
    )
    plain = kcheck("explain", "LIVEPATCH", "--tree", str(tree), "--arch", "x86_64")
    assert (done.returncode, done.stdout, done.stderr) == (1, plain.stdout, plain.stderr)
    left = [file for file in (tmp_path / "full").rglob("*") if file.is_file()]
    assert not [file for file in left if file.parent.name == "models" or file.name[0] == "."]


def _no_room() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))


def _aged(tree: Path) -> None:
    """Wait till no file of a tree that was just made is new."""
    import time

    newest = max(file.stat().st_ctime for file in tree.rglob("*"))
    time.sleep(max(0.0, newest + 2.2 - time.time()))


def test_many_processes_at_once_give_one_answer(tree: Path, tmp_path: Path) -> None:
    _aged(tree)
    command = [sys.executable, "-m", "kcheck", "explain", "LIVEPATCH", "--tree", str(tree)]
    command += ["--arch", "x86_64"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "shared")}
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(8)
    ]
    said = {process.communicate() for process in running}
    assert len(said) == 1
    assert said.pop()[1] == b""
    models = list((tmp_path / "shared/kcheck/models").iterdir())
    assert len(models) == 1, "no half-written file is left"


def test_the_next_run_says_the_same_and_reads_no_kconfig(
    kcheck: Kcheck, tree: Path, tmp_path: Path
) -> None:
    _aged(tree)
    arguments = ("explain", "LIVEPATCH", "--tree", str(tree), "--arch", "x86_64", "--all")
    first = kcheck(*arguments, PYTHONVERBOSE="1")
    assert "import 'kcheck.kconfig.parser'" in first.stderr
    for answers in ((tmp_path / "cache/kcheck/answers"), None):
        again = kcheck(*arguments, PYTHONVERBOSE="1")
        assert again.stdout == first.stdout
        assert "import 'kcheck.kconfig.parser'" not in again.stderr
        assert ("import 'kcheck.solve.session'" in again.stderr) == (answers is None)
        if answers is not None:
            shutil.rmtree(answers)


def test_another_config_is_another_answer(kcheck: Kcheck, tree: Path) -> None:
    _aged(tree)
    arguments = ("explain", "LIVEPATCH", "--tree", str(tree), "--arch", "x86_64")
    first = kcheck(*arguments)
    (tree / ".config").write_text("CONFIG_SYSFS=y\nCONFIG_MODULES=y\n")
    second = kcheck(*arguments)
    (tree / ".config").write_text("CONFIG_SYSFS=y\n# CONFIG_MODULES is not set\n")
    third = kcheck(*arguments)
    assert len({first.stdout, second.stdout, third.stdout}) == 3


def test_where_a_symbol_is_defined_elsewhere_is_sought_each_time(
    kcheck: Kcheck, tree: Path
) -> None:
    (tree / "arch/arm64/Kconfig.more").write_text("config NOT_HERE\n\tbool\n")
    _aged(tree)
    arguments = ("explain", "NOT_HERE", "--tree", str(tree), "--arch", "x86_64")
    assert "arch/arm64/Kconfig.more:1" in kcheck(*arguments).stdout
    (tree / "arch/arm64/Kconfig.more").write_text("\n\nconfig NOT_HERE\n\tbool\n")
    assert "arch/arm64/Kconfig.more:3" in kcheck(*arguments).stdout


def test_a_snapshots_answer_is_told_again(kcheck: Kcheck, tmp_path: Path) -> None:
    def asked(*more: str) -> tuple[str, bool]:
        done = kcheck("explain", "LIVEPATCH", "--tree", "6.12", *more, PYTHONVERBOSE="1")
        return done.stdout, "import 'kcheck.solve.session'" in done.stderr

    # Which answers are on record is told, too: here they all are.
    asked("--arch", "x86_64")
    config = tmp_path / "fragment"
    config.write_text("CONFIG_FUNCTION_TRACER=y\n")
    for more in (
        ("--arch", "s390", "--probes", "none"),
        ("--arch", "x86_64", "--probes", "none"),
        ("--arch", "x86_64"),
        ("--arch", "x86_64", "--config", str(config)),
    ):
        first, was_worked_out = asked(*more)
        assert was_worked_out
        assert asked(*more) == (first, False)
    config.write_text("CONFIG_LIVEPATCH=y\n")
    _, was_worked_out = asked(*more)
    assert was_worked_out
