"""Many configs at once: folders and lists, copies, the way from process to report."""

from __future__ import annotations

import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kcheck.checking import Checked, Status, Unread
from kcheck.dotconfig import DotConfig, parse_dotconfig
from kcheck.errors import ConfigError, SpoolError
from kcheck.kconfig.load import ProbeMode
from kcheck.policy import batch as batches
from kcheck.policy.batch import Answer, Asked, Batch, Judge, judge, packed, unpacked
from kcheck.policy.by import By, check_one, judged_by
from kcheck.policy.check import check
from kcheck.policy.gate import check_all
from kcheck.policy.ground import Ground
from kcheck.policy.named import named_configs
from kcheck.policy.placed import NOBODY, placed
from kcheck.policy.quick import Quick
from kcheck.policy.rules import RuleSet, load_rules
from kcheck.policy.spool import Spool
from kcheck.processes import processes
from kcheck.toolchain.programs import Toolchain
from tests.conftest import SMALL_TREE, Kcheck
from tests.real.mutate import changed, mutated

SAMPLES = Path(__file__).parent.parent / "sample_configs"
TODAY = datetime.date(2026, 11, 25)
ENABLED = SAMPLES / "x86_64-7.3-enabled.config"
ALONE = processes(1)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules(["livepatch"], TODAY)


@pytest.fixture
def by(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> By:
    """The snapshots, whatever folder this is run in."""
    monkeypatch.chdir(tmp_path)
    return judged_by(None, None, Toolchain(), ProbeMode.NONE)


def fleet(folder: Path, count: int, source: Path = ENABLED) -> list[Path]:
    """So many configs, each other than `source` in some lines."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number:03}.config" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(changed(source.read_bytes(), f"{source.name} {number}", number % 7))
    return paths


class TestNames:
    """What stands for a config on the command line."""

    def names(self, *words: str) -> tuple[list[str], list[str]]:
        said: list[str] = []
        return [str(path) for path in named_configs(words, said.append)], said

    def test_a_folder_stands_for_the_configs_below_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        for name in ("b/x.config", "b/a/defconfig", "b/.config", "b/.git/config", "b/.old"):
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("# a comment\nCONFIG_X=y\n")
        Path("b/README").write_text("Set CONFIG_X=y.\n")
        Path("b/vmlinuz").write_bytes(b"\0" * 100 + b"\nCONFIG_X=y\n")
        Path("b/unset").write_text("# CONFIG_X is not set\n")
        found, said = self.names("b")
        assert found == ["b/.config", "b/unset", "b/x.config", "b/a/defconfig"]
        assert said == ["b: left out, no files that set a symbol: README, vmlinuz"]

    def test_what_a_fix_leaves_beside_a_config_is_none(self, tmp_path: Path) -> None:
        for name in ("a.config", "a.config.old", "a.config.fragment", "b.fragment", "c.old"):
            (tmp_path / name).write_text("CONFIG_X=y\n")
        found, said = self.names(str(tmp_path))
        assert [Path(each).name for each in found] == ["a.config", "b.fragment", "c.old"]
        assert said[0].endswith(
            ": left out, of configs beside them: a.config.fragment, a.config.old"
        )

    def test_links_that_lead_nowhere_are_not_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "a.config").write_text("CONFIG_X=y\n")
        (tmp_path / "prod.config").symlink_to("gone")
        (tmp_path / "round.config").symlink_to("round.config")
        (tmp_path / "notes").symlink_to("gone")
        (tmp_path / "folder.config").symlink_to(tmp_path.parent)
        os.mkfifo(tmp_path / "pipe.config")
        found, said = self.names(str(tmp_path))
        assert [Path(each).name for each in found] == ["a.config", "prod.config", "round.config"]
        assert said[0].endswith(": folder.config, notes, pipe.config")

    def test_a_compressed_config_is_one(self, tmp_path: Path) -> None:
        import gzip

        (tmp_path / "config.gz").write_bytes(gzip.compress(b"CONFIG_X=y\n" * 100_000))
        (tmp_path / "initrd").write_bytes(gzip.compress(b"\0" * 1000))
        (tmp_path / "config-cut.gz").write_bytes(gzip.compress(b"CONFIG_X=y\n" * 100)[:20])
        found, said = self.names(str(tmp_path))
        assert [Path(each).name for each in found] == ["config-cut.gz", "config.gz"]
        assert said[0].endswith(": initrd")

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\0"])
    def test_a_list_names_files_and_folders(self, tmp_path: Path, end: str) -> None:
        names = [tmp_path / "one.config", tmp_path / "f"]
        names[0].touch()
        names[1].mkdir()
        (names[1] / "two").write_text("CONFIG_X=y\n")
        (tmp_path / "list").write_bytes("".join(f"{name}{end}" for name in names).encode())
        found, _ = self.names(f"@{tmp_path / 'list'}", "last")
        assert found == [str(names[0]), str(names[1] / "two"), "last"]

    def test_what_names_nothing_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "empty").touch()
        (tmp_path / "folder").mkdir()
        for word, message in (
            (str(tmp_path / "folder"), "no file below it has a line that sets a symbol; name"),
            (f"@{tmp_path / 'empty'}", "names no config"),
            (f"@{tmp_path / 'missing'}", "cannot be read: No such file"),
            (f"@{tmp_path / 'folder'}", "cannot be read: Is a directory"),
        ):
            with pytest.raises(ConfigError, match=message):
                self.names(word)

    def test_the_command_takes_a_list_from_stdin(self, tmp_path: Path) -> None:
        paths = fleet(tmp_path / "fleet", 3)
        done = subprocess.run(
            [sys.executable, "-m", "kcheck", "check", "@-", "--rules", "livepatch",
             "--probes", "none"],
            input="\n".join(map(str, paths)), cwd=tmp_path, text=True, capture_output=True,
            check=False,
        )  # fmt: skip
        assert "3 configs: " in done.stdout, done.stderr


class TestQuick:
    """What is told quickly is what is told at length."""

    @pytest.mark.parametrize(
        "name",
        [
            "x86_64-7.3-enabled.config",
            "x86_64-6.12-conflict.config",
            "x86_64-6.1-can-be-enabled.config",
            "arm64-7.2-can-be-enabled.config",
        ],
    )
    def test_one_config_after_the_other(
        self, rules: RuleSet, by: By, tmp_path: Path, name: str
    ) -> None:
        source = SAMPLES / name
        texts = [path.read_bytes() for path in fleet(tmp_path / "f", 40, source)]
        texts += [mutated(texts[0], f"{name}{number}", 3) for number in range(10)]
        at_once = Judge(rules, by)
        path = tmp_path / "x.config"
        for number, text in enumerate(texts):
            path.write_bytes(text)
            found = at_once.judged(path, "x.config", number % 3 == 0)
            config = parse_dotconfig(text, "x.config")
            assert found == check_one(config, rules, by)

    @pytest.mark.parametrize("name", ["x86_64-7.3-enabled.config", "defconfig"])
    def test_one_without_a_header_after_the_other(
        self, rules: RuleSet, by: By, tmp_path: Path, name: str
    ) -> None:
        """Each line of a defconfig or a fragment is somebody's wish."""
        by = msgspec.structs.replace(by, release="7.3")
        text = b"CONFIG_LIVEPATCH=y\nCONFIG_FUNCTION_TRACER=y\n# CONFIG_KPROBES is not set\n"
        if name != "defconfig":
            text = SAMPLES.joinpath(name).read_bytes().replace(b"Kernel Configuration", b"")
        at_once = Judge(rules, by)
        path = tmp_path / "x.config"
        seen = set()
        for number in range(30):
            made = mutated(text, f"{name}{number}", 2) if number % 2 else text + b"junk\n" * number
            path.write_bytes(made)
            found = at_once.judged(path, "x.config", number % 3 == 0)
            assert found == check_one(parse_dotconfig(made, "x.config"), rules, by)
            assert isinstance(found, Checked)
            seen |= {each.status for each in found.results}
        assert seen >= {Status.PASS, Status.WARN}

    def test_most_that_pass_are_told_quickly(
        self, rules: RuleSet, by: By, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slowly: list[str] = []

        def seen(config: DotConfig, *more: Any) -> Checked:
            slowly.append(config.name)
            return check(config, *more)

        monkeypatch.setattr(batches, "check", seen)
        path = tmp_path / "x.config"
        for more in (False, True):
            at_once = Judge(rules, by)
            for number in range(20):
                path.write_bytes(ENABLED.read_bytes() + f"CONFIG_NOBODY_{number}=y\n".encode())
                found = at_once.judged(path, f"{number}, {more}", more or number > 1)
                assert isinstance(found, Checked)
        assert slowly == ["0, False", "1, False"]

    def test_a_config_for_another_machine_of_the_same_header(
        self, rules: RuleSet, by: By, tmp_path: Path
    ) -> None:
        text = ENABLED.read_bytes()
        other = text.replace(b"CONFIG_64BIT=y", b"# CONFIG_64BIT is not set").replace(
            b"CONFIG_X86_64=y", b"CONFIG_X86_32=y"
        )
        at_once = Judge(rules, by)
        path = tmp_path / "x.config"
        arches = []
        for each in (text, text, other, text, *[other] * 5, text):
            path.write_bytes(each)
            found = at_once.judged(path, "x.config", True)
            assert isinstance(found, Checked)
            assert found == check_one(parse_dotconfig(each, "x.config"), rules, by)
            arches.append(found.arch)
        assert arches == ["x86_64", "x86_64", "i386", "x86_64", *["i386"] * 5, "x86_64"]

    def test_those_for_another_machine_wait_for_each_other(
        self, rules: RuleSet, by: By, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each is judged, and told at its place, however many work."""
        text = ENABLED.read_bytes()
        other = text.replace(b"CONFIG_64BIT=y", b"# CONFIG_64BIT is not set").replace(
            b"CONFIG_X86_64=y", b"CONFIG_X86_32=y"
        )
        paths = [tmp_path / f"{number:02}.config" for number in range(12)]
        for number, path in enumerate(paths):
            path.write_bytes((other if number % 5 == 1 else text) + b"# %d\n" % number)
        made: list[Quick] = []

        def quick(ground: Ground, rules: RuleSet) -> Quick:
            made.append(Quick(ground, rules))
            return made[-1]

        monkeypatch.setattr(batches, "Quick", quick)
        counted: list[int] = []
        for crew in (ALONE, processes(2)):
            report = check_all(paths, rules, by, crew, counted.append)
            assert [each.config for each in report.configs] == [str(path) for path in paths]
            for path, found in zip(paths, report.configs, strict=True):
                assert found == check_one(parse_dotconfig(path.read_bytes(), str(path)), rules, by)
        assert sum(counted) == 2 * len(paths)
        assert len(made) == 2

    def test_by_a_tree(self, kcheck: Kcheck, tmp_path: Path, rules: RuleSet) -> None:
        here = judged_by(SMALL_TREE, "x86_64", Toolchain(), ProbeMode.RUN)
        kcheck(
            "olddefconfig", "--tree", str(SMALL_TREE), "--arch", "x86_64",
            "--output", str(tmp_path / "base"),
        )  # fmt: skip
        base = (tmp_path / "base").read_bytes() + b"CONFIG_FUNCTION_TRACER=y\nCONFIG_LIVEPATCH=y\n"
        at_once = Judge(rules, here)
        path = tmp_path / "x.config"
        for number in range(30):
            text = mutated(base, f"{number}", number % 5)
            path.write_bytes(text)
            found = at_once.judged(path, "x.config", number % 3 == 0)
            assert found == check_one(parse_dotconfig(text, "x.config"), rules, here)


class TestCopies:
    """The same content is judged once, and told under each name."""

    def test_each_name_has_all_that_is_said(
        self, rules: RuleSet, by: By, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = (SAMPLES / "x86_64-6.1-can-be-enabled.config").read_bytes()
        paths = [tmp_path / name for name in ("a.config", "other.config", "b.config")]
        for path in paths:
            path.write_bytes(text)
        paths[1].write_bytes(text + b"# other\n")
        judged: list[str] = []
        whole = Judge.judged

        def seen(self: Judge, path: Path, *more: Any) -> Any:
            judged.append(path.name)
            return whole(self, path, *more)

        monkeypatch.setattr(Judge, "judged", seen)
        report = check_all(paths, rules, by, ALONE, lambda _: None)
        assert sorted(judged) == ["a.config", "other.config"]
        assert [each.config for each in report.configs] == [str(path) for path in paths]
        for path, found in zip(paths, report.configs, strict=True):
            config = parse_dotconfig(path.read_bytes(), str(path))
            assert found == check_one(config, rules, by)
            assert "\0" not in repr(found)

    def test_files_alike_in_size_and_in_the_middle_are_two(
        self, rules: RuleSet, by: By, tmp_path: Path
    ) -> None:
        padding = b"# nothing\n" * 4000
        paths = [tmp_path / "a.config", tmp_path / "b.config"]
        for path, line in zip(paths, (b"CONFIG_MODULES=y\n", b"CONFIG_MODULES=n\n"), strict=True):
            path.write_bytes(line + padding)
        report = check_all(paths, rules, by, ALONE, lambda _: None)
        for path, found in zip(paths, report.configs, strict=True):
            config = parse_dotconfig(path.read_bytes(), str(path))
            assert found == check_one(config, rules, by)
        assert report.configs[0].results != report.configs[1].results

    def test_copies_that_cannot_be_judged(self, rules: RuleSet, by: By, tmp_path: Path) -> None:
        paths = [tmp_path / "a", tmp_path / "b", tmp_path / "missing"]
        for path in paths[:2]:
            path.write_text("no line\n")
        report = check_all(paths, rules, by, ALONE, lambda _: None)
        assert [each.config for each in report.unread] == [str(path) for path in paths]
        assert all(str(path) in each.message for path, each in zip(paths, report.unread))  # noqa: B905
        assert len(report.configs) == 0
        assert report.statuses == frozenset()

    def test_progress_counts_every_name(self, rules: RuleSet, by: By, tmp_path: Path) -> None:
        paths = [tmp_path / f"{number}.config" for number in range(5)]
        for path in paths:
            path.write_bytes(ENABLED.read_bytes())
        steps: list[int] = []
        check_all([*paths, *paths], rules, by, ALONE, steps.append)
        assert steps == [5]

    def test_a_name_is_put_only_where_nobody_stands(self) -> None:
        unread = Unread("a\0b", "a\0b: binary")
        assert placed(unread, "c") is unread
        assert placed(Unread(NOBODY, f"{NOBODY}: x"), "c") == Unread("c", "c: x")


class TestSpool:
    """Answers come in any order, and are there as often as one asks."""

    def answers(self, count: int) -> list[Checked]:
        from tests.test_check_formats import FAILED, PASSED, checked

        return [checked(FAILED, PASSED, config=f"{number}") for number in range(count)]

    def test_the_order_is_that_of_the_configs(self) -> None:
        found = self.answers(5)
        spool = Spool([each.config for each in found])
        for number in (3, 0, 4, 2):
            spool.add(packed(number, found[number]), [number])
        spool.add(packed(1, Unread("1", "1: nothing")), [1])
        kept = spool.configs()
        assert list(kept) == [found[0], *found[2:]]
        assert list(kept) == list(kept)
        assert (len(kept), kept[1], kept[-1]) == (4, found[2], found[4])
        assert list(kept[1:3]) == found[2:4]
        assert spool.unread() == (Unread("1", "1: nothing"),)
        assert spool.statuses == {each.status for each in found[0].results}

    def test_what_is_too_much_for_memory_is_on_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kcheck.policy.spool._IN_MEMORY", 1000)
        found = self.answers(20)
        spool = Spool([each.config for each in found])
        for number, each in enumerate(found):
            spool.add(packed(number, each), [number])
        assert spool._file._rolled  # type: ignore[attr-defined]
        assert list(spool.configs()) == found

    def test_a_full_disk_is_told(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr("kcheck.policy.spool._IN_MEMORY", 1000)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        found = self.answers(200)
        spool = Spool([each.config for each in found])
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        # A file may grow to twenty thousand bytes: what is written then fails as on a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))

        def add_all() -> None:
            for number, each in enumerate(found):
                spool.add(packed(number, each), [number])

        try:
            with pytest.raises(SpoolError, match=f"{tmp_path}: .*TMPDIR"):
                add_all()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    def test_an_answer_is_what_was_found(self) -> None:
        (found,) = self.answers(1)
        assert unpacked(packed(0, found).packed) == found


def test_a_batch_is_judged_as_each_config_is(rules: RuleSet, by: By, tmp_path: Path) -> None:
    paths = fleet(tmp_path / "f", 6)
    batch = Batch(
        tuple(Asked(number, path, path.name) for number, path in enumerate(paths)), rules, by
    )
    found = [unpacked(each.packed) for each in judge(batch) if isinstance(each, Answer)]
    assert found == [
        check_one(parse_dotconfig(path.read_bytes(), path.name), rules, by) for path in paths
    ]


def test_the_report_does_not_hang_on_how_many_work(kcheck: Kcheck, tmp_path: Path) -> None:
    fleet(tmp_path / "f", 12)
    fleet(tmp_path / "g", 6, SAMPLES / "arm64-7.2-can-be-enabled.config")
    (tmp_path / "g" / "copy.config").write_bytes((tmp_path / "f" / "003.config").read_bytes())

    def report(*words: str) -> str:
        done = kcheck(
            "check", "f", "g", "--rules", "livepatch", "--probes", "none", "--format", "json",
            *words, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        return done.stdout

    alone = report("--jobs", "1")
    assert alone == report("--jobs", "3")
    names = [each["config"] for each in json.loads(alone)["configs"]]
    assert names == sorted(names)
    assert len(names) == 19


def _limits(names: Sequence[str], folder: Path) -> dict[str, int]:
    """The most memory, in KiB, that kcheck's processes take on so many configs."""
    made = {}
    for name in names:
        code = (
            "import resource, subprocess, sys\n"
            "subprocess.run([sys.executable, '-m', 'kcheck', *sys.argv[1:]], stdout=-3)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "check", name, "--rules", "livepatch", "--jobs", "1",
             "--probes", "none"],
            cwd=folder, text=True, capture_output=True, check=True, env=dict(os.environ),
        )  # fmt: skip
        made[name] = int(done.stdout)
    return made


def test_ten_times_as_many_configs_take_no_more_memory(tmp_path: Path) -> None:
    fleet(tmp_path / "some", 60)
    fleet(tmp_path / "many", 600)
    taken = _limits(["some", "many"], tmp_path)
    assert taken["many"] < 1.25 * taken["some"], taken
