"""Configs, rules and trees that mean no good: a clear error or a safe answer, and nothing else."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SMALL_TREE, Kcheck
from tests.test_rule_files import HEAD, rule, written

HERE = ("--tree", str(SMALL_TREE), "--arch", "x86_64")


@pytest.fixture
def rules(tmp_path: Path) -> str:
    """A rule that no config here fulfils."""
    return written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))


def test_a_hundred_megabytes_are_read_in_bounded_memory(tmp_path: Path, rules: str) -> None:
    config = tmp_path / "large.config"
    with config.open("w") as file:
        block = "".join(f"CONFIG_NOBODY_{number}=y\n" for number in range(10_000))
        while file.tell() < 100 << 20:
            file.write(block)
    limit = 6 << 30
    done = subprocess.run(
        [sys.executable, "-m", "kcheck", "check", str(config), "--rules", rules, *HERE,
         "--format", "json"],
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    assert done.returncode in (1, 2), done.stderr[-500:]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 100,
        b"\x7fELF" + bytes(range(256)) * 10,
        b"\x1f\x8b\x08\x00garbage",
        b"\xfd7zXZ\x00garbage",
        b"\x28\xb5\x2f\xfdgarbage",
        b"",
        b"\n" * 100,
        b"CONFIG_=y\n=\nCONFIG_X\n",
    ],
)
def test_rubbish_is_an_error_in_one_line(
    kcheck: Kcheck, tmp_path: Path, rules: str, content: bytes
) -> None:
    config = tmp_path / "rubbish.config"
    config.write_bytes(content)
    done = kcheck("check", str(config), "--rules", rules, *HERE)
    assert done.returncode == 2 or b"CONFIG_=y" in content
    assert len(done.stderr.splitlines()) <= 1
    assert "Traceback" not in done.stderr


def test_what_is_no_file_is_an_error(kcheck: Kcheck, tmp_path: Path, rules: str) -> None:
    pipe = tmp_path / "pipe.config"
    os.mkfifo(pipe)
    for name in (tmp_path, pipe, "/dev/zero", tmp_path / "none"):
        done = kcheck("check", str(name), "--rules", rules, *HERE)
        assert done.returncode == 2, name
        assert len(done.stderr.splitlines()) == 1, name


def test_a_circle_of_rule_files_ends(kcheck: Kcheck, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f'{HEAD}extends = ["b.toml"]\n')
    (tmp_path / "b.toml").write_text(f'{HEAD}extends = ["a.toml"]\n')
    (tmp_path / "x.config").write_text("CONFIG_X=y\n")
    done = kcheck("check", "x.config", "--rules", "a.toml", *HERE)
    assert done.returncode == 2
    assert done.stderr.startswith("kcheck: b.toml:3: extends itself: a.toml -> b.toml -> ")


def test_rules_reach_no_file_that_is_not_named(kcheck: Kcheck, tmp_path: Path) -> None:
    for name in ("../secret", "/etc/passwd", "..", ""):
        done = kcheck("rules", "show", name)
        assert done.returncode == 2
        assert "root:" not in done.stdout + done.stderr


NAMES = ("a\n::add-mask::y.config", "a\r::error::y.config", "::error::x.config", "a%0Ab,c:d.config")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["text", "github", "markdown", "gitlab", "sarif", "junit"])
def test_names_make_no_commands(
    kcheck: Kcheck, tmp_path: Path, rules: str, name: str, form: str
) -> None:
    (tmp_path / name).write_text("CONFIG_EXPERT=y\n")
    done = kcheck("check", "--rules", rules, *HERE, "--format", form, "--", name)
    assert done.returncode == 1
    for line in (done.stdout + done.stderr).replace("\r", "\n").splitlines():
        if line.startswith("::"):
            assert form == "github"
            assert line.startswith(("::error title=kcheck ", "::warning title=kcheck "))


def test_values_and_reasons_make_no_commands(kcheck: Kcheck, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        rule(
            "bad",
            ask='{ all = ["LIVEPATCH", "LOCALVERSION=\\"x\\\\n::error::y\\""] }',
            reason='"One.\\n::error::two"',
            advice='"\\u2028::warning::three."',
            source='"]]><x/>&"',
        ),
    )
    (tmp_path / "x.config").write_text('CONFIG_LOCALVERSION="::error::z"\n')
    for form in ("text", "github", "markdown", "gitlab", "sarif", "junit"):
        done = kcheck("check", "x.config", "--rules", file, *HERE, "--format", form)
        assert done.returncode == 1, (form, done.stderr)
        lines = done.stdout.replace("\r", "\n").splitlines()
        ours = [line for line in lines if line.startswith("::error title=kcheck bad")]
        assert [line for line in lines if line.startswith("::")] == ours, form
        assert len(ours) == (form == "github")


def test_a_path_outside_does_not_climb(kcheck: Kcheck, tmp_path: Path, rules: str) -> None:
    outside = tmp_path / "outside" / "x.config"
    outside.parent.mkdir()
    outside.write_text("CONFIG_EXPERT=y\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.config").symlink_to(outside)
    for name in ("../outside/x.config", str(outside), "link.config"):
        for form in ("sarif", "gitlab"):
            done = kcheck("check", name, "--rules", rules, *HERE, "--format", form, cwd=inside)
            assert done.returncode == 1
            document = done.stdout
            json.loads(document)
            assert ".." not in document
            assert str(tmp_path) not in document


def test_a_tree_runs_nothing_where_nothing_is_to_run(
    kcheck: Kcheck, tree: Path, tmp_path: Path, rules: str
) -> None:
    mark = tmp_path / "ran"
    with (tree / "Kconfig").open("a") as file:
        file.write(
            f"\nRAN := $(shell,touch {mark})\nconfig X\n\tdef_bool $(success,touch {mark})\n"
        )
    (tmp_path / "x.config").write_text("CONFIG_EXPERT=y\n")
    before = {path: path.stat().st_mtime_ns for path in tree.rglob("*")}
    here = ("--tree", str(tree), "--arch", "x86_64", "--probes", "none")
    done = kcheck("check", "x.config", "--rules", rules, *here)
    assert done.returncode == 1, done.stderr
    assert not mark.exists()
    assert {path: path.stat().st_mtime_ns for path in tree.rglob("*")} == before
    assert {path.name for path in tmp_path.iterdir()} == {"tree", "own.toml", "x.config"}


def test_a_fragment_is_written_through_no_link(kcheck: Kcheck, tmp_path: Path, rules: str) -> None:
    target = tmp_path / "precious"
    target.write_text("precious\n")
    (tmp_path / "x.config").write_text("CONFIG_EXPERT=y\n")
    (tmp_path / "x.config.fragment").symlink_to(target)
    done = kcheck("check", "x.config", "--rules", rules, *HERE, "--fix")
    assert done.returncode == 1
    assert target.read_text() == "precious\n"
    assert "CONFIG_LIVEPATCH=y" in (tmp_path / "x.config.fragment").read_text()
