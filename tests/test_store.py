"""What is kept: whole or not at all, no more than the bound, whoever else is at it."""

from __future__ import annotations

import errno
import mmap
import os
import resource
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kcheck import store
from kcheck.cli.app import run
from kcheck.errors import CacheError
from kcheck.folders import NOWHERE, TEMPORARY, cache_folder
from kcheck.store import Store, clear, keep, load_kept, trim, usage
from tests.conftest import SMALL_TREE, Kcheck

A, B, C, D = ("0" * 63 + digit for digit in "abcd")
ARCHES = ("arches", "LIVEPATCH", "--tree", str(SMALL_TREE), "--probes", "none")


def files(top: Path) -> set[str]:
    found = [each for each in top.rglob("*") if each.is_symlink() or not each.is_dir()]
    return {str(each.relative_to(top)) for each in found}


class TestKeeping:
    def test_what_is_put_there_is_there(self, tmp_path: Path) -> None:
        Store("models", tmp_path).put(A, b"whole")
        assert Store("models", tmp_path).get(A) == b"whole"
        assert Store("models", tmp_path).get(B) is None
        assert Store("answers", tmp_path).get(A) is None

    @pytest.mark.parametrize("left", [0, 1, 8, 39, 40, 41, -1])
    def test_a_file_cut_short_is_none(self, tmp_path: Path, left: int) -> None:
        kept = Store("models", tmp_path)
        kept.put(A, b"whole")
        path = tmp_path / "models" / A
        path.write_bytes(path.read_bytes()[:left])
        assert kept.get(A) is None
        assert kept.open(A) is None

    @pytest.mark.parametrize("byte", [0, 7, 8, 39, 40, 44])
    def test_an_altered_file_is_none(self, tmp_path: Path, byte: int) -> None:
        kept = Store("models", tmp_path)
        kept.put(A, b"whole")
        path = tmp_path / "models" / A
        content = bytearray(path.read_bytes())
        content[byte] ^= 1
        path.write_bytes(content)
        assert kept.get(A) is None

    def test_a_file_can_be_read_in_part(self, tmp_path: Path) -> None:
        kept = Store("models", tmp_path)
        kept.put(A, b"in parts")
        file = kept.open(A)
        assert file is not None
        with file:
            start = file.tell()
            assert file.read() == b"in parts"
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                assert mapped[start + 3 : start + 8] == b"parts"

    def test_a_file_that_is_open_outlives_its_name(self, tmp_path: Path) -> None:
        kept = Store("models", tmp_path)
        kept.put(A, b"in parts")
        file = kept.open(A)
        assert file is not None
        with file:
            clear(tmp_path)
            assert file.read() == b"in parts"

    @pytest.mark.parametrize("what", ["pipe", "endless", "folder", "link"])
    def test_what_is_no_file_is_none_and_stays(self, tmp_path: Path, what: str) -> None:
        kept = Store("models", tmp_path)
        kept.put(A, b"whole")
        path = tmp_path / "models" / A
        path.rename(tmp_path / "elsewhere")
        match what:
            case "pipe":
                os.mkfifo(path)
            case "endless":
                path.symlink_to("/dev/zero")
            case "folder":
                path.mkdir()
            case _:
                path.symlink_to(tmp_path / "elsewhere")
        before = path.lstat()
        # In a process of its own, since what is wrong is to wait for ever, or to read so long.
        program = (
            "import pathlib, resource, sys\n"
            "from kcheck.store import Store\n"
            "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
            "kept = Store('models', pathlib.Path(sys.argv[1]))\n"
            "assert kept.get(sys.argv[2]) is None\n"
            "assert kept.open(sys.argv[2]) is None\n"
            "kept.put(sys.argv[2], b'another')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path), A], timeout=60, check=False
        )
        assert done.returncode == 0
        after = path.lstat()
        assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)

    def test_what_is_larger_than_all_may_be_is_none(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = Store("models", tmp_path)
        kept.put(A, bytes(1001))
        kept.put(B, bytes(1000))
        monkeypatch.setattr(store, "BOUND", 1000)
        assert kept.get(A) is None
        assert kept.open(A) is None
        assert kept.get(B) == bytes(1000)

    @pytest.mark.parametrize("key", ["", "name", "../" + A, A + "0" * 2, A.upper()])
    def test_a_key_is_a_digest(self, tmp_path: Path, key: str) -> None:
        with pytest.raises(ValueError, match="hexadecimal"):
            Store("models", tmp_path).put(key, b"")

    def test_nobody_else_may_read_it(self, tmp_path: Path) -> None:
        top = tmp_path / "cache" / "kcheck"
        Store("answers", top).put(A, b"mine")
        assert [oct(each.stat().st_mode)[-3:] for each in (top, top / "answers")] == ["700"] * 2
        assert oct((top / "answers" / A).stat().st_mode)[-3:] == "600"


class TestTrimming:
    def test_what_was_used_least_lately_goes_first_of_whatever_kind(self, tmp_path: Path) -> None:
        for number, (kind, key) in enumerate(
            [("models", A), ("answers", B), ("probes", C), ("models", D)]
        ):
            Store(kind, tmp_path).put(key, bytes(1000))  # type: ignore[arg-type]
            os.utime(tmp_path / kind / key, ns=(number, number))
        assert Store("models", tmp_path).get(A) is not None
        file = Store("answers", tmp_path).open(B)
        assert file is not None
        file.close()
        trim(tmp_path, bound=2 * 1040)
        assert files(tmp_path) == {f"models/{A}", f"answers/{B}"}

    def test_there_are_no_more_files_than_can_be_looked_through(self, tmp_path: Path) -> None:
        for number, key in enumerate((A, B, C)):
            Store("answers", tmp_path).put(key, b"")
            os.utime(tmp_path / "answers" / key, ns=(number, number))
        trim(tmp_path, most=2)
        assert files(tmp_path) == {f"answers/{B}", f"answers/{C}"}

    def test_putting_trims(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first time, since there may be much already, then whenever enough has come."""
        seen: list[Path] = []
        monkeypatch.setattr(store, "trim", seen.append)
        monkeypatch.setattr(store, "_BETWEEN", 1000)
        kept = Store("answers", tmp_path)
        looks = []
        for key in (A, B, C, D):
            kept.put(key, bytes(500))
            looks.append(len(seen))
        assert looks == [1, 1, 2, 2]
        assert set(seen) == {tmp_path}

    def test_what_a_dead_writer_left_goes_and_what_is_being_written_stays(
        self, tmp_path: Path
    ) -> None:
        folder = tmp_path / "models"
        folder.mkdir()
        dead, alive = folder / f"{TEMPORARY}dead", folder / f"{TEMPORARY}alive"
        dead.write_bytes(bytes(1000))
        alive.write_bytes(bytes(1000))
        an_hour_ago = time.time() - 3601
        os.utime(dead, (an_hour_ago, an_hour_ago))
        trim(tmp_path, bound=0)
        assert files(tmp_path) == {f"models/{alive.name}"}

    def test_what_is_not_kcheck_s_is_let_alone(self, tmp_path: Path) -> None:
        Store("answers", tmp_path).put(A, bytes(1000))
        (tmp_path / "answers" / "notes.txt").write_text("mine")
        (tmp_path / "notes.txt").write_text("mine")
        trim(tmp_path, bound=0)
        assert files(tmp_path) == {"answers/notes.txt", "notes.txt"}

    def test_several_processes_write_read_and_trim_at_once(self, tmp_path: Path) -> None:
        """No reader sees a half, nobody fails, and in the end it is within the bound."""
        program = (
            "import sys, pathlib\n"
            "from kcheck.store import Store, trim\n"
            "top, mine = pathlib.Path(sys.argv[1]), int(sys.argv[2])\n"
            "kept = Store('models', top)\n"
            "hits = 0\n"
            "for step in range(400):\n"
            "    number = (step * 7 + mine) % 20\n"
            "    kept.put(f'{number:032x}', bytes([number]) * (1000 + number))\n"
            "    other = (number * 3 + step) % 20\n"
            "    found = kept.get(f'{other:032x}')\n"
            "    assert found in (None, bytes([other]) * (1000 + other)), other\n"
            "    hits += found is not None\n"
            "    if step % 3 == 0:\n"
            "        trim(top, bound=10_000)\n"
            "trim(top, bound=10_000)\n"
            "assert hits\n"
        )
        running = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(tmp_path), str(number)],
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(4)
        ]
        for each in running:
            _, said = each.communicate()
            assert (each.returncode, said) == (0, "")
        assert not [name for name in files(tmp_path) if TEMPORARY in name]
        assert sum(each.size for each in usage(tmp_path)) <= 10_000


class TestClearing:
    def test_it_removes_what_is_kcheck_s_and_says_how_much(self, tmp_path: Path) -> None:
        top = tmp_path / "kcheck"
        Store("answers", top).put(A, bytes(60))
        Store("models", top).put(B, bytes(160))
        (top / "models" / f"{TEMPORARY}left").write_bytes(bytes(10))
        cleared = clear(top)
        assert cleared.removed == (("answers", 1, 100), ("models", 2, 210), ("probes", 0, 0))
        assert not cleared.refused
        assert not top.exists()

    def test_it_removes_nothing_else(self, tmp_path: Path) -> None:
        top = tmp_path / "kcheck"
        outside = tmp_path / "outside"
        for folder in (top / "answers", top / "other", outside):
            folder.mkdir(parents=True)
            (folder / A).write_text("a name like ours")
        (top / "answers" / "notes.txt").write_text("mine")
        (top / "answers" / B).symlink_to(outside / A)
        (top / "answers" / C).mkdir()
        (top / "models").symlink_to(outside, target_is_directory=True)
        assert [each.files for each in clear(top).removed] == [1, 0, 0]
        assert files(top) == {f"other/{A}", "answers/notes.txt", f"answers/{B}", "models"}
        assert (outside / A).read_text() == "a name like ours"

    def test_several_that_clear_at_once_share_the_work(self, tmp_path: Path) -> None:
        for number in range(500):
            keep(tmp_path / "kcheck" / "answers" / f"{number:032x}", b"")
        with ThreadPoolExecutor(4) as threads:
            cleared = list(threads.map(clear, [tmp_path / "kcheck"] * 4))
        assert sum(each.removed[0].files for each in cleared) == 500
        assert not any(each.refused for each in cleared)

    def test_behind_a_link_nothing_is_put(self, tmp_path: Path) -> None:
        """It would never be trimmed."""
        outside = tmp_path / "outside"
        outside.mkdir()
        (tmp_path / "kcheck").mkdir()
        (tmp_path / "kcheck" / "models").symlink_to(outside, target_is_directory=True)
        Store("models", tmp_path / "kcheck").put(A, b"")
        assert files(outside) == set()

    def test_a_folder_that_is_not_there_is_clear(self, tmp_path: Path) -> None:
        assert not any(each.files for each in clear(tmp_path / "none").removed)
        assert not any(each.files for each in usage(tmp_path / "none"))

    def test_what_cannot_be_seen_is_told(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """For root nothing is forbidden, so the system has to be made to say so."""
        top = tmp_path / "kcheck"
        Store("answers", top).put(A, b"")
        Store("models", top).put(B, b"")
        seen, whole = os.scandir, (top / "models").stat().st_ino

        def refused(folder: int) -> object:
            if os.fstat(folder).st_ino == whole:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return seen(folder)

        with monkeypatch.context() as patched:
            patched.setattr(os, "scandir", refused)
            patched.setenv("XDG_CACHE_HOME", str(tmp_path))
            with pytest.raises(CacheError, match="Permission denied"):
                clear(top)
            assert run(["cache", "clear"]) == 2
            assert [each.files for each in usage(top)] == [0, 0, 0]
            trim(top, bound=0)
        assert capsys.readouterr() == (
            "",
            f"kcheck: {top}: what is in it cannot be seen: Permission denied;"
            " try as the folder's owner\n",
        )
        assert files(top) == {f"models/{B}"}

    def test_a_file_in_place_of_a_folder_is_not_kcheck_s(self, tmp_path: Path) -> None:
        (tmp_path / "kcheck").write_text("mine")
        assert not any(each.files for each in clear(tmp_path / "kcheck").removed)
        assert (tmp_path / "kcheck").read_text() == "mine"


class TestWithoutRoom:
    """A command's answer is the same, and no half of a file is left."""

    def test_no_more_bytes_may_be_written(self, kcheck: Kcheck, tmp_path: Path) -> None:
        whole = kcheck(*ARCHES, XDG_CACHE_HOME=str(tmp_path / "roomy"))
        assert files(tmp_path / "roomy")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        try:
            done = kcheck(*ARCHES)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert (done.returncode, done.stdout, done.stderr) == (
            whole.returncode,
            whole.stdout,
            whole.stderr,
        )
        assert (tmp_path / "cache" / "kcheck" / "answers").is_dir()
        assert files(tmp_path / "cache") == set()

    def test_the_disk_is_full(self, kcheck: Kcheck, tmp_path: Path) -> None:
        full = tmp_path / "full"
        full.mkdir()
        mount = f'mount -t tmpfs -o size=16k,nr_inodes=64 none "{full}"'
        shown = f'find "{full}" -type f >&2'
        done = _in_a_namespace(mount, *ARCHES, cache=full, after=shown)
        whole = kcheck(*ARCHES)
        assert (done.returncode, done.stdout) == (whole.returncode, whole.stdout)
        left = done.stderr.split()
        assert len(left) < len(files(tmp_path / "cache"))
        assert not [path for path in left if TEMPORARY in path]

    @pytest.mark.parametrize("source", ["6.12", str(SMALL_TREE)])
    def test_there_is_none_for_compilers(
        self, kcheck: Kcheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
    ) -> None:
        """What they answer then is neither told nor kept."""
        full = tmp_path / "full"
        full.mkdir()
        monkeypatch.setenv("TMPDIR", str(full))
        words = ("explain", "LIVEPATCH", "--tree", source, "--arch", "x86_64")
        mount = f'mount -t tmpfs -o size=4k none "{full}"'
        done = _in_a_namespace(mount, *words, cache=tmp_path / "cache")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"kcheck: {full}: next to no room")
        assert done.stderr.endswith("set TMPDIR to another folder\n")
        assert files(tmp_path / "cache") == set()

    def test_no_home(self, kcheck: Kcheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is kept, least of all in a folder `~` here."""
        monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
        monkeypatch.delenv("HOME")
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.chdir(tmp_path)
        assert cache_folder() == NOWHERE
        kept = Store("answers")
        kept.put(A, b"")
        assert kept.get(A) is None
        assert files(tmp_path) == set()
        assert os.listdir(tmp_path) == []

    def test_a_file_where_the_folder_should_be(self, kcheck: Kcheck, tmp_path: Path) -> None:
        whole = kcheck(*ARCHES)
        (tmp_path / "file").write_text("")
        done = kcheck(*ARCHES, XDG_CACHE_HOME=str(tmp_path / "file"))
        assert (done.returncode, done.stdout) == (whole.returncode, whole.stdout)


class TestCommands:
    def test_info_counts_and_clear_removes(self, kcheck: Kcheck, tmp_path: Path) -> None:
        top = tmp_path / "cache" / "kcheck"
        empty = kcheck("cache", "info").stdout.splitlines()[-1]
        assert " ".join(empty.split()) == "total 0 files 0 KiB of at most 512 MiB"
        Store("answers", top).put(A, b"")
        Store("models", top).put(B, bytes(3 << 20))
        (top / "models" / "notes.txt").write_text("mine")
        rows = [line.split() for line in kcheck("cache", "info").stdout.splitlines()]
        assert rows == [
            [str(top)],
            ["answers", "1", "file", "1", "KiB"],
            ["models", "1", "file", "3.0", "MiB"],
            ["probes", "0", "files", "0", "KiB"],
            ["total", "2", "files", "3.0", "MiB", "of", "at", "most", "512", "MiB"],
        ]
        done = kcheck("cache", "clear")
        assert done.returncode == 0
        assert done.stdout.splitlines()[0] == f"removed from {top}"
        assert done.stdout.splitlines()[-1].split() == ["total", "2", "files", "3.0", "MiB"]
        assert files(top) == {"models/notes.txt"}
        assert kcheck("cache", "clear").stdout == f"{top}: nothing to remove\n"

    def test_without_a_home_they_say_so(self, tmp_path: Path) -> None:
        """A user whom the system does not know, with no environment."""
        program = (
            "import pwd, sys; pwd.getpwuid = {}.__getitem__;"
            "from kcheck.cli.app import run; sys.exit(run(['cache', *sys.argv[1:]]))"
        )
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("HOME", "XDG_CACHE_HOME")
        }
        for words, said in (("info", "neither a home"), ("clear", "nothing to remove")):
            done = subprocess.run(
                [sys.executable, "-c", program, words],
                cwd=tmp_path,
                env=kept,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, "")
            assert said in done.stdout

    def test_what_cannot_be_removed_is_told(self, tmp_path: Path) -> None:
        keep(tmp_path / "kcheck" / "models" / A, b"")
        fixed = f'mount --bind "{tmp_path}" "{tmp_path}" && mount -o remount,bind,ro "{tmp_path}"'
        done = _in_a_namespace(fixed, "cache", "clear", cache=tmp_path)
        assert done.returncode == 2
        assert done.stdout == f"{tmp_path}/kcheck: nothing to remove\n"
        why = "1 file could not be removed: Read-only file system; try as the folder's owner"
        assert done.stderr == f"kcheck: {tmp_path}/kcheck: {why}\n"
        assert files(tmp_path) == {f"kcheck/models/{A}"}


def _in_a_namespace(
    prepare: str, *words: str, cache: Path, after: str = ":"
) -> subprocess.CompletedProcess[str]:
    """Run the program where `prepare` may mount; skips where nobody may."""
    inside = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    tried = [*inside, prepare]
    if shutil.which("unshare") is None or subprocess.run(tried, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    run = f'{prepare} && "{sys.executable}" -m kcheck "$@"; code=$?; {after}; exit $code'
    return subprocess.run(
        [*inside, run, "sh", *words],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_record_of_probes_that_was_altered_is_none(kcheck: Kcheck, tmp_path: Path) -> None:
    """An answer that has become another would make another report."""
    words = ("explain", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", "x86_64")
    assert kcheck(*words).returncode == 1
    assert kcheck(*words, "--probes", "recorded").returncode == 1
    (record,) = (tmp_path / "cache" / "kcheck" / "probes").iterdir()
    assert load_kept(record) is not None
    record.write_bytes(record.read_bytes().replace(b'":"gcc', b'":"icc'))
    assert load_kept(record) is None
    assert "no answer on record" in kcheck(*words, "--probes", "recorded").stderr


def test_the_cache_folder_is_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder() == Path("/caches/kcheck")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", "/me")
    assert cache_folder() == Path("/me/.cache/kcheck")
