"""Snapshots: what is built from a tree answers as the tree does; what is damaged is told."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kcheck.condense import read_part, version_of
from kcheck.errors import KcheckError, NotKeptError, ToolchainError, TreeError
from kcheck.evaluate.conf import allmodconfig, allnoconfig, allyesconfig, olddefconfig
from kcheck.explain.answer import explain, known_name
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.matrix import kinds_of
from kcheck.model import Menu, ProbeSource, Prompt
from kcheck.question import default_question, outcome_of, session_of
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from kcheck.trees.snapshot import (
    BUILT_IN,
    Listed,
    Snapshot,
    listed,
    nearest,
    open_snapshot,
    write_snapshot,
)
from tests.conftest import SMALL_TREE, Kcheck

SYMBOLS = frozenset({"LIVEPATCH", "KALLSYMS_ALL", "MPROFILE_KERNEL", "TRIM_UNUSED_KSYMS"})
ARCHES = ("arm64", "i386", "powerpc", "riscv", "x86", "x86_64")
MODES = (lambda model: olddefconfig(model, None), allnoconfig, allyesconfig, allmodconfig)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a compiler has answered earlier stands in nobody else's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a snapshot of the small tree, all architectures."""
    tree = open_tree(SMALL_TREE)
    made = tmp_path / "small.snapshot"
    write_snapshot(
        made, version_of(tree, [read_part(tree, arch, SYMBOLS) for arch in ARCHES], SYMBOLS)
    )
    return made


def _both(file: Path, arch: str, mode: ProbeMode) -> tuple[Loaded, Loaded]:
    (which,) = listed(file)
    snapshot = open_snapshot(which, file)
    return tuple(load(each, arch, Toolchain(), mode) for each in (open_tree(SMALL_TREE), snapshot))  # type: ignore[return-value]


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("mode", [ProbeMode.RUN, ProbeMode.NONE])
def test_values_are_those_of_the_tree(file: Path, arch: str, mode: ProbeMode) -> None:
    tree, snapshot = _both(file, arch, mode)
    assert snapshot.model.symbols
    for made in MODES:
        whole, kept = made(tree.model).valuation, made(snapshot.model).valuation
        for name in snapshot.model.symbols:
            assert kept.state(name) == whole.state(name), name


@pytest.mark.parametrize("arch", ARCHES)
def test_answers_are_those_of_the_tree(file: Path, arch: str) -> None:
    answers = []
    for loaded in _both(file, arch, ProbeMode.RUN):
        question = default_question(loaded)
        session = session_of(question, outcome_of(question))
        found = explain(session, question.config, "LIVEPATCH")
        # The one has a folder's name in its commands, the other does not; and what the
        # compiler answered once it need not be asked again.
        folder = loaded.target.environment["srctree"].encode()
        told = msgspec.json.encode(msgspec.structs.replace(found, assumptions=()))
        answers.append(told.replace(folder, b"TREE").replace(b'"recorded"', b'"run"'))
    assert answers[0] == answers[1]


def test_sub_architectures_are_those_of_the_tree(file: Path) -> None:
    (which,) = listed(file)
    assert kinds_of(open_snapshot(which, file)) == kinds_of(open_tree(SMALL_TREE))


def test_no_answer_of_a_probe_is_kept(file: Path) -> None:
    """What a compiler says is asked of the one at hand."""
    (which,) = listed(file)
    snapshot = open_snapshot(which, file)
    refused = load(snapshot, "arm64", Toolchain(cc="false"), ProbeMode.RUN)
    granted = load(snapshot, "arm64", Toolchain(cc="true"), ProbeMode.RUN)
    (probe,) = [each for each in refused.model.probes if "patchable" in each.macro]
    assert (probe.answer, probe.source) == ("n", ProbeSource.RUN)
    (probe,) = [each for each in granted.model.probes if "patchable" in each.macro]
    assert probe.answer == "y"


def test_a_compiler_behind_a_script_is_asked_again_when_it_changes(
    file: Path, kcheck: Kcheck, tmp_path: Path
) -> None:
    """Each time in a process of its own, as a user would."""
    script, called = tmp_path / "gcc", tmp_path / "bin" / "gcc"
    called.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {called} "$@"\n')
    script.chmod(0o755)
    words = ("explain", "LIVEPATCH", "--tree", str(file), "--arch", "arm64", "--format", "json")
    told = []
    for answer in ("true", "false"):
        called.write_text(f"#!/bin/sh\nexec {answer}\n")
        called.chmod(0o755)
        for _ in range(2):
            said = kcheck(*words, "--cc", str(script)).stdout
            told.append(json.loads(said)["verdict"])
    assert told == ["enabled", "enabled", "blocked-by-toolchain", "blocked-by-toolchain"]
    assert '"recorded"' in said


@pytest.mark.parametrize("compiler", ["true", "false"])
def test_a_line_that_an_answer_makes_unreadable_is_not_called_wrong(compiler: str) -> None:
    (which,) = [each for each in listed() if each.numbers[:2] == (6, 12)]
    with pytest.raises(ToolchainError) as told:
        load(open_snapshot(which), "x86_64", Toolchain(cc=compiler), ProbeMode.RUN)
    assert str(told.value) == (
        "init/Kconfig:24: cannot be read, since '$(srctree)/scripts/cc-version.sh"
        f" {compiler}' answers '' with compiler '{compiler}'; name another with --cc,"
        " --cross-compile or --llvm, or use --probes none"
    )


def test_a_missing_compiler_is_assumed_and_told(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (which,) = listed(file)
    snapshot = open_snapshot(which, file)
    loaded = load(snapshot, "arm64", Toolchain(), ProbeMode.RUN)
    assert {each.source for each in loaded.model.probes} == {ProbeSource.ASSUMED}
    assert loaded.notes == ("compiler 'gcc' not found: what it would answer is assumed",)
    with pytest.raises(KcheckError, match="no-such-cc"):
        load(snapshot, "arm64", Toolchain(cc="no-such-cc"), ProbeMode.RUN)


def test_symbols_that_are_not_kept_are_unknown(file: Path) -> None:
    _, snapshot = _both(file, "x86_64", ProbeMode.NONE)
    question = default_question(snapshot)
    session = session_of(question, outcome_of(question))
    with pytest.raises(NotKeptError, match=r"snapshot of linux 7\.3\.0-small does not have it"):
        explain(session, question.config, "BRIDGE_NETFILTER")


def test_a_symbol_of_other_architectures_is_told_where(file: Path) -> None:
    _, snapshot = _both(file, "riscv", ProbeMode.NONE)
    question = default_question(snapshot)
    session = session_of(question, outcome_of(question))
    found = msgspec.to_builtins(explain(session, question.config, "LIVEPATCH").reasons)
    assert found[0]["read_by"] == ("arm64", "powerpc", "x86")


def test_built_in_versions_and_size() -> None:
    numbers = {".".join(map(str, each.numbers[:2])) for each in listed()}
    assert numbers >= {"4.0", "4.2", "4.4", "4.9", "4.14", "5.4", "5.10", "5.15"}
    assert numbers >= {"6.1", "6.6", "6.12", "6.18", "7.0", "7.2", "7.3"}
    assert numbers & {"4.19", "4.20"}
    assert BUILT_IN.stat().st_size < 3_000_000


def test_built_in_ones_have_no_texts() -> None:
    """Facts alone: no text of a prompt or menu is kept, settled or as written."""
    for which in listed():
        for kept in open_snapshot(which).stored.entries:
            if isinstance(kept.entry, Menu):
                assert kept.entry.title in ("", "-")
            for item in getattr(kept.entry, "properties", ()):
                assert not isinstance(item, Prompt) or item.text in ("", "-")
            for _, line in kept.lines:
                assert line.text.split()[0] not in ("help", "---help---")
                if line.text.split()[0] in ("bool", "tristate", "prompt"):
                    assert line.text.split(maxsplit=1)[1].startswith(('"-"', '""', "'"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [((6, 1, 0), "6.1.9"), ((6, 2), "6.1.9"), ((6, 12, 99), "6.12.0"), ((9, 0), "6.12.0")],
)
def test_nearest_below(asked: tuple[int, ...], found: str) -> None:
    versions = [Listed(version, (), 0, 0, 0) for version in ("4.4.1", "6.1.9", "6.12.0")]
    which = nearest(versions, asked)
    assert which is not None
    assert which.version == found


def test_nothing_is_below_the_oldest() -> None:
    assert nearest([Listed("4.4.1", (), 0, 0, 0)], (3, 10)) is None


def test_a_version_takes_the_place_of_the_same(file: Path) -> None:
    (which,) = listed(file)
    stored = open_snapshot(which, file).stored
    write_snapshot(file, msgspec.structs.replace(stored, version="4.4.1"))
    write_snapshot(file, stored)
    assert [each.version for each in listed(file)] == ["4.4.1", "7.3.0-small"]
    for each in listed(file):
        assert open_snapshot(each, file).stored.entries == stored.entries


def _cut(content: bytes) -> bytes:
    return content[:-20]


def _garbled(content: bytes) -> bytes:
    return content[:-60] + bytes(40) + content[-20:]


def _other(content: bytes) -> bytes:
    return b"something else" + content


def _index(content: bytes) -> bytes:
    return content[:25] + b"\xc1" * 10 + content[35:]


@pytest.mark.parametrize("damage", [_cut, _garbled, _other, _index])
def test_a_damaged_file_is_told(file: Path, damage: Any) -> None:
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(TreeError, match=r"small\.snapshot") as told:
        open_snapshot(listed(file)[0], file)
    assert "\n" not in str(told.value)


def test_a_bomb_is_refused(file: Path) -> None:
    (which,) = listed(file)
    packed = lzma.compress(bytes(80 << 20))
    content = file.read_bytes()
    start = len(content) - which.length
    file.write_bytes(content[:start] + packed.ljust(which.length, b"\0"))
    with pytest.raises(TreeError, match=r"cut short|cannot be read"):
        open_snapshot(which, file)


def test_build_list_and_ask(kcheck: Kcheck, tmp_path: Path) -> None:
    made = kcheck("snapshot", "build", "--tree", str(SMALL_TREE), "--arch", "all")
    assert made.returncode == 0, made.stderr
    assert made.stdout == ""
    assert "linux-7.3.0-small.snapshot: linux 7.3.0-small" in made.stderr
    shown = kcheck("snapshot", "list", "linux-7.3.0-small.snapshot", "--format", "json")
    (version,) = json.loads(shown.stdout)["versions"]
    assert version["version"] == "7.3.0-small"
    assert version["arches"] == ["arm64", "i386", "powerpc", "riscv", "x86", "x86_64"]
    asked = ("explain", "LIVEPATCH", "--arch", "x86_64", "--format", "json")
    there = kcheck(*asked, "--tree", "linux-7.3.0-small.snapshot")
    tree = kcheck(*asked, "--tree", str(SMALL_TREE))
    assert there.returncode == tree.returncode == 1
    told, expected = json.loads(there.stdout), json.loads(tree.stdout)
    assert told["target"]["source"].startswith("snapshot in")
    for part in ("verdict", "value", "reasons", "plan", "definitions"):
        assert told[part] == expected[part]
    assert any("snapshot" in each for each in told["assumptions"])


def test_build_names_the_architectures_that_there_are(kcheck: Kcheck) -> None:
    made = kcheck("snapshot", "build", "--tree", str(SMALL_TREE), "--arch", "vax")
    assert made.returncode == 2
    assert "--arch 'vax': not all, arm64, powerpc" in made.stderr


def test_a_snapshot_can_be_named_by_its_version(kcheck: Kcheck) -> None:
    asked = ("explain", "LIVEPATCH", "--arch", "i386", "--probes", "none")
    for word in ("4.2", "v4.2", "4.2.8"):
        done = kcheck(*asked, "--tree", word)
        assert done.returncode == 1
        assert done.stdout.startswith(
            "LIVEPATCH = n   impossible on i386\n  linux 4.2.8 (snapshot)"
        )


def test_what_is_opened_is_a_snapshot(file: Path) -> None:
    (which,) = listed(file)
    snapshot = open_snapshot(which, file)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.architectures() == ("arm64", "powerpc", "riscv", "x86")


def test_what_is_not_kept_for_an_architecture_is_not_said_to_be_missing(
    tree: Path, tmp_path: Path
) -> None:
    """HELPER is in the cone on arm64 alone; x86 has it all the same."""
    with (tree / "kernel/trace/Kconfig").open("a") as file:
        file.write("config HELPER\n\tbool\n\nconfig USES_HELPER\n\tdef_bool HELPER\n")
    with (tree / "arch/arm64/Kconfig").open("a") as file:
        file.write("config ARM_PART\n\tbool\n\tselect KALLSYMS_ALL if USES_HELPER\n")
    opened, file_ = open_tree(tree), tmp_path / "helper.snapshot"
    parts = [read_part(opened, arch, SYMBOLS) for arch in ("arm64", "x86_64")]
    write_snapshot(file_, version_of(opened, parts, SYMBOLS))
    snapshot = open_snapshot(listed(file_)[0], file_)
    arm = load(snapshot, "arm64", Toolchain(), ProbeMode.NONE).model
    x86 = load(snapshot, "x86_64", Toolchain(), ProbeMode.NONE).model
    assert "HELPER" in arm.symbols
    assert "HELPER" not in x86.symbols
    assert not x86.knows("HELPER")
    with pytest.raises(NotKeptError, match="for x86_64"):
        known_name(x86, x86.symbols, "HELPER")
    # What arm64 alone defines is another matter.
    assert x86.knows("ARM_PART")
    assert known_name(x86, x86.symbols, "ARM_PART") == "ARM_PART"
