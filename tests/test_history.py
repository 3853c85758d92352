"""kcheck history: what is known of LIVEPATCH's history, told by the snapshots alone.

Each fact is a line of the kernel's own Kconfig files, read off the trees that the snapshots
were made of (kernel/livepatch/Kconfig, arch/*/Kconfig, kernel/trace/Kconfig).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.conftest import SMALL_TREE, Kcheck
from tests.test_diff import edit, git

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "history.schema.json").read_text())
LIVEPATCH = "kernel/livepatch/Kconfig"
REACHED = ("enabled", "can-be-enabled", "conflict", "blocked")
"""The verdicts of an architecture that can livepatch, be it at a price."""
Document = dict[str, Any]


def ask(kcheck: Kcheck, symbols: str, versions: str, arches: str = "") -> Document:
    """The history of `symbols` over `versions`, '' for all that are built in, likewise arches."""
    words = ["history", *symbols.split(), "--probes", "none", "--jobs", "2", "--format", "json"]
    words += [word for each in versions.split() for word in ("--tree", each)]
    words += [word for each in arches.split() for word in ("--arch", each)]
    made = kcheck(*words)
    assert (made.returncode, made.stderr) == (0, "")
    document: Document = json.loads(made.stdout)
    jsonschema.validate(document, SCHEMA)
    return document


def rows(found: Document, number: int = 0) -> dict[str, list[Document]]:
    """What each architecture says of the symbol with that number, version by version."""
    return {each["arch"]: each["rows"] for each in found["symbols"][number]["courses"]}


def versions_with(found: Document, arch: str) -> list[str]:
    """The versions in which there is a way to have the symbol on that architecture."""
    return [row["version"] for row in rows(found)[arch] if row["verdict"] in REACHED]


def changes(found: Document, about: str, number: int = 0) -> set[str]:
    """What the only step adds to (+) and takes from (-) what is said of the symbol `about`."""
    (step,) = found["symbols"][number]["steps"]
    signs = {"added": "+", "removed": "-", "moved": "~"}
    return {
        f"{signs[each['change']]} {each['text']}"
        for each in step["changes"]
        if each["symbol"] == about
    }


def dependencies(kcheck: Kcheck, version: str, arch: str) -> set[str]:
    """The conditions that LIVEPATCH stands under in that version."""
    asked = ("explain", "LIVEPATCH", "--tree", version, "--arch", arch, "--probes", "none")
    told = json.loads(kcheck(*asked, "--format", "json").stdout)
    return {each["text"] for each in told["conditions"] if each["kind"] == "depends on"}


# Which architectures, since when.


def test_in_4_2_it_is_x86_64_and_s390_alone(kcheck: Kcheck) -> None:
    """HAVE_LIVEPATCH: arch/x86/Kconfig:123 `if X86_64`, arch/s390/Kconfig:137."""
    found = ask(kcheck, "LIVEPATCH HAVE_LIVEPATCH", "4.0 4.2")
    assert len(rows(found)) > 30
    reached = {arch for arch in rows(found) if "4.2" in versions_with(found, arch)}
    assert reached == {"x86_64", "s390"}
    defined = {arch for arch, (_, row) in rows(found).items() if row["defined"]}
    assert defined == {"x86_64", "s390", "i386"}
    # HAVE_LIVEPATCH by itself hangs on the machine alone.
    assert changes(found, "HAVE_LIVEPATCH", 1) >= {"+ selected by X86 if X86_64"}
    assert {arch for arch, (_, row) in rows(found, 1).items() if row["value"] == "y"} == reached


@pytest.mark.parametrize(
    ("arch", "before", "since", "selected"),
    [
        ("s390", "4.0", "4.2", "S390"),
        ("ppc64le", "4.4", "4.7", "PPC if HAVE_DYNAMIC_FTRACE_WITH_REGS"),
        ("loongarch", "6.6", "6.12", "LOONGARCH"),
        ("arm64", "6.12", "6.17", "ARM64"),
    ],
)
def test_an_architecture_joins_when_it_selects_have_livepatch(
    kcheck: Kcheck, arch: str, before: str, since: str, selected: str
) -> None:
    """s390 by 4.1, powerpc in 4.7, loongarch in 6.9, arm64 in 6.17: arch/*/Kconfig."""
    found = ask(kcheck, "LIVEPATCH", f"{before} {since} 7.3", arch)
    old, new, last = rows(found)[arch]
    assert not old["defined"]
    assert new["defined"]
    assert last["defined"]
    assert versions_with(found, arch) == [since, "7.3"]
    first = found["symbols"][0]["steps"][0]["changes"]
    told = {f"{each['symbol']}: {each['text']}" for each in first if each["change"] == "added"}
    assert told >= {"LIVEPATCH: defined, bool", f"HAVE_LIVEPATCH: selected by {selected}"}


def test_x86_64_has_had_it_all_along_and_riscv_never(kcheck: Kcheck) -> None:
    """arch/x86/Kconfig:2050 in 4.0; through 7.3 no line of arch/riscv sources it."""
    found = ask(kcheck, "LIVEPATCH", "", "x86_64 riscv")
    every = [each["name"] for each in found["versions"]]
    assert (every[0], every[-1]) == ("4.0", "7.3")
    assert versions_with(found, "x86_64") == every
    assert not any(row["defined"] for row in rows(found)["riscv"])


def test_32_bit_x86_defines_it_but_never_has_it(kcheck: Kcheck) -> None:
    """arch/x86/Kconfig sources it for both; HAVE_LIVEPATCH is X86_64's."""
    for row in rows(ask(kcheck, "LIVEPATCH", "4.0 4.2 7.3", "i386"))["i386"]:
        assert (row["defined"], row["verdict"]) == (True, "impossible")


def test_powerpc_at_first_asks_for_a_setting_to_be_cleared(kcheck: Kcheck) -> None:
    """4.6 to 4.14: DISABLE_MPROFILE_KERNEL defaults to y; it is gone by 4.18."""
    found = ask(kcheck, "LIVEPATCH", "4.7 4.14 4.20", "ppc64le")
    old, middle, new = rows(found)["ppc64le"]
    clearing = "# CONFIG_DISABLE_MPROFILE_KERNEL is not set"
    assert clearing in old["lines"]
    assert clearing in middle["lines"]
    assert clearing not in new["lines"]
    assert [row["verdict"] for row in (old, middle, new)] == [
        "conflict",
        "conflict",
        "can-be-enabled",
    ]


# On what.


@pytest.mark.parametrize("arch", ["x86_64", "s390"])
def test_in_4_2_it_depends_on_these_five(kcheck: Kcheck, arch: str) -> None:
    """kernel/livepatch/Kconfig:8-12, the same from 4.0 to 4.11."""
    assert dependencies(kcheck, "4.2", arch) == {
        "DYNAMIC_FTRACE_WITH_REGS",
        "MODULES",
        "SYSFS",
        "KALLSYMS_ALL",
        "HAVE_LIVEPATCH",
    }


def test_trim_unused_ksyms_excludes_it_since_4_12(kcheck: Kcheck) -> None:
    """kernel/livepatch/Kconfig:13 of 4.12; TRIM_UNUSED_KSYMS itself is older (4.7)."""
    found = ask(kcheck, "LIVEPATCH TRIM_UNUSED_KSYMS", "4.9 4.12", "x86_64 s390 ppc64le")
    assert changes(found, "LIVEPATCH") == {"+ depends on !TRIM_UNUSED_KSYMS"}
    assert [row["defined"] for row in rows(found, 1)["x86_64"]] == [True, True]


def test_trim_unused_ksyms_is_there_since_4_7(kcheck: Kcheck) -> None:
    """init/Kconfig, between 4.6.2 and 4.7.4."""
    found = ask(kcheck, "TRIM_UNUSED_KSYMS", "4.4 4.7", "x86_64")
    assert [row["defined"] for row in rows(found)["x86_64"]] == [False, True]


def test_with_args_will_do_in_place_of_with_regs_since_5_11(kcheck: Kcheck) -> None:
    """kernel/livepatch/Kconfig:9 of 5.11."""
    found = ask(kcheck, "LIVEPATCH", "5.10 5.11", "x86_64 s390 ppc64le")
    assert changes(found, "LIVEPATCH") == {
        "- depends on DYNAMIC_FTRACE_WITH_REGS",
        "+ depends on DYNAMIC_FTRACE_WITH_REGS || DYNAMIC_FTRACE_WITH_ARGS",
    }


def test_with_args_is_named_in_5_11_but_defined_later(kcheck: Kcheck) -> None:
    """5.11 has HAVE_DYNAMIC_FTRACE_WITH_ARGS alone; kernel/trace/Kconfig has both by 5.14."""
    assert "DYNAMIC_FTRACE_WITH_REGS || DYNAMIC_FTRACE_WITH_ARGS" in dependencies(
        kcheck, "5.11", "x86_64"
    )
    found = ask(kcheck, "DYNAMIC_FTRACE_WITH_ARGS", "5.11 5.15", "x86_64")
    assert [row["defined"] for row in rows(found)["x86_64"]] == [False, True]
    assert changes(found, "DYNAMIC_FTRACE_WITH_ARGS") >= {
        "+ defined, bool",
        "+ depends on DYNAMIC_FTRACE",
        "+ depends on HAVE_DYNAMIC_FTRACE_WITH_ARGS",
    }


@pytest.mark.parametrize(("before", "after"), [("4.0", "4.9"), ("4.12", "5.10"), ("5.11", "7.3")])
def test_nothing_else_changed_about_it_on_x86_64(kcheck: Kcheck, before: str, after: str) -> None:
    """Its lines are the same from 4.0 to 4.11, from 4.12 to 5.10 and from 5.11 to 7.3."""
    assert changes(ask(kcheck, "LIVEPATCH", f"{before} {after}", "x86_64"), "LIVEPATCH") == set()


def test_klp_build_comes_after_6_18(kcheck: Kcheck) -> None:
    """kernel/livepatch/Kconfig of 6.19; HAVE_KLP_BUILD: arch/x86/Kconfig, `if X86_64`."""
    found = ask(kcheck, "KLP_BUILD HAVE_KLP_BUILD LIVEPATCH", "6.18 7.0", "x86_64 s390 arm64")
    old, new = rows(found)["x86_64"]
    assert (old["defined"], new["defined"]) == (False, True)
    assert changes(found, "KLP_BUILD") >= {
        "+ depends on LIVEPATCH",
        "+ depends on HAVE_KLP_BUILD",
        "+ default y",
    }
    assert changes(found, "HAVE_KLP_BUILD", 1) == {"+ defined, bool", "+ selected by X86 if X86_64"}
    assert changes(found, "LIVEPATCH", 2) == set()
    for arch in ("s390", "arm64"):
        assert rows(found)[arch][1]["verdict"] == "impossible"


# Reliable stack traces, without which a patch may never take hold.


@pytest.mark.parametrize(
    ("before", "after", "arch", "expected"),
    [
        ("4.9", "4.12", "x86_64", {"+ X86 if X86_64 && FRAME_POINTER && STACK_VALIDATION"}),
        (
            "4.12",
            "4.14",
            "x86_64",
            {
                "- X86 if X86_64 && FRAME_POINTER && STACK_VALIDATION",
                "+ X86 if X86_64 && UNWINDER_FRAME_POINTER && STACK_VALIDATION",
            },
        ),
        (
            "4.14",
            "4.20",
            "x86_64",
            {
                "- X86 if X86_64 && UNWINDER_FRAME_POINTER && STACK_VALIDATION",
                "+ X86 if X86_64 && (UNWINDER_FRAME_POINTER || UNWINDER_ORC) && STACK_VALIDATION",
            },
        ),
        ("4.20", "5.15", "x86_64", set()),
        (
            "5.15",
            "6.1",
            "x86_64",
            {
                "- X86 if X86_64 && (UNWINDER_FRAME_POINTER || UNWINDER_ORC) && STACK_VALIDATION",
                "+ X86 if UNWINDER_ORC || STACK_VALIDATION",
            },
        ),
        ("6.1", "7.3", "x86_64", set()),
        ("4.14", "4.20", "ppc64le", {"+ PPC if PPC64 && CPU_LITTLE_ENDIAN"}),
        (
            "4.20",
            "5.4",
            "ppc64le",
            {
                "- PPC if PPC64 && CPU_LITTLE_ENDIAN",
                "+ PPC if PPC_BOOK3S_64 && CPU_LITTLE_ENDIAN",
            },
        ),
        ("5.11", "5.15", "ppc64le", {"- PPC if PPC_BOOK3S_64 && CPU_LITTLE_ENDIAN", "+ PPC"}),
        ("5.4", "5.10", "s390", {"+ S390"}),
        ("6.6", "6.12", "loongarch", {"+ LOONGARCH if UNWINDER_ORC"}),
        ("6.12", "6.17", "arm64", {"+ ARM64"}),
    ],
)  # fmt: skip
def test_who_promises_reliable_stack_traces(
    kcheck: Kcheck, before: str, after: str, arch: str, expected: set[str]
) -> None:
    """HAVE_RELIABLE_STACKTRACE: arch/x86/Kconfig and its like, `select … if …`."""
    symbol = "HAVE_RELIABLE_STACKTRACE"
    found = changes(ask(kcheck, symbol, f"{before} {after}", arch), symbol)
    selected = {each.replace("selected by ", "") for each in found if "selected by" in each}
    assert selected == expected
    # Before 4.12 nobody had heard of it.
    assert ("+ defined, bool" in found) == (before == "4.9")


# Two of the versions, as a gate.


def test_from_6_12_to_7_3_arm64_alone_got_better(kcheck: Kcheck) -> None:
    words = ("--probes", "none", "--jobs", "2", "--format", "json")
    made = kcheck("diff", "6.12", "7.3", "LIVEPATCH", *words)
    assert made.returncode == 0, made.stderr
    (livepatch,) = json.loads(made.stdout)["symbols"]
    trends = {each["arch"]: each["trend"] for each in livepatch["rows"]}
    assert {arch for arch, trend in trends.items() if trend == "better"} == {"arm64"}
    assert set(trends.values()) <= {"better", "same", "other"}
    assert not livepatch["worse"]


def test_the_other_way_round_it_got_worse(kcheck: Kcheck) -> None:
    made = kcheck("diff", "7.3", "6.12", "LIVEPATCH", "--probes", "none", "--jobs", "2")
    assert made.returncode == 1
    first = " ".join(made.stdout.splitlines()[:2])
    assert "worse on 1 of " in first
    assert "arm64 can -> not defined" in first


# Over trees of one's own.

TEXT = """\
LIVEPATCH   arm64, ppc64, x86_64 since small-tree; arm64 to small-tree
  linux 7.3.0-small to 7.3.0-small, 2 versions   each on its own defconfigs
  ARCH    FROM        TO    VERDICT     LINES  WHY
  arm64   small-tree        enabled         -  defconfig:6
          tree              impossible      -  ARM64 = y is in the way: on by
                                               default
  i386    small-tree  tree  impossible      -  HAVE_LIVEPATCH: X86 selects it
                                               only if X86_64
  ppc64   small-tree        can             1  not set, nothing else needed
          tree              can             2  EXPERT
  x86_64  small-tree        can             2  FUNCTION_TRACER
          tree              can             3  EXPERT, FUNCTION_TRACER
  not defined  riscv
  LIVEPATCH in small-tree (arm64)
    depends on DYNAMIC_FTRACE_WITH_REGS || DYNAMIC_FTRACE_WITH_ARGS
        kernel/livepatch/Kconfig:6
    depends on MODULES   kernel/livepatch/Kconfig:7
    depends on SYSFS   kernel/livepatch/Kconfig:8
    depends on KALLSYMS_ALL   kernel/livepatch/Kconfig:9
    depends on HAVE_LIVEPATCH   kernel/livepatch/Kconfig:10
    depends on !TRIM_UNUSED_KSYMS   kernel/livepatch/Kconfig:11
  changed in LIVEPATCH and its own dependencies
    small-tree -> tree
      LIVEPATCH
        - depends on SYSFS    kernel/livepatch/Kconfig:8
        + depends on EXPERT   kernel/livepatch/Kconfig:8
        + depends on !ARM64   kernel/livepatch/Kconfig:8

  note  no question was put to the toolchain (--probes none): assumed is a
        current gcc and binutils that can do what is asked, and no rustc,
        bindgen, pahole
"""


@pytest.fixture
def later(tree: Path) -> Path:
    """The small tree as it may look in a later version: arm64 lost it, ppc64 needs more."""
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on EXPERT && !ARM64")
    return tree


def folders(kcheck: Kcheck, *trees: Path, **options: str) -> Any:
    words = [word for each in trees for word in ("--tree", str(each))]
    words += [word for name, value in options.items() for word in (f"--{name}", value)]
    return kcheck("history", "LIVEPATCH", "--probes", "none", "--jobs", "2", *words)


def test_folders_in_the_order_given(kcheck: Kcheck, later: Path) -> None:
    made = folders(kcheck, SMALL_TREE, later)
    assert made.stderr == ""
    assert made.returncode == 0
    assert made.stdout == TEXT
    assert max(map(len, made.stdout.splitlines())) <= 80


def test_a_verdict_that_got_worse_is_history_and_no_failure(kcheck: Kcheck, later: Path) -> None:
    made = json.loads(folders(kcheck, SMALL_TREE, later, format="json").stdout)
    assert [row["verdict"] for row in rows(made)["arm64"]] == ["enabled", "impossible"]
    assert changes(made, "LIVEPATCH") == {
        "- depends on SYSFS",
        "+ depends on EXPERT",
        "+ depends on !ARM64",
    }
    back = json.loads(folders(kcheck, later, SMALL_TREE, format="json").stdout)
    assert [row["verdict"] for row in rows(back)["arm64"]] == ["impossible", "enabled"]


def test_json_keys_that_scripts_may_rely_on(kcheck: Kcheck, later: Path) -> None:
    made = json.loads(folders(kcheck, SMALL_TREE, later, format="json").stdout)
    assert made["schema"] == 1
    assert [each["name"] for each in made["versions"]] == ["small-tree", "tree"]
    assert made["versions"][0].keys() >= {"name", "version", "source", "commit"}
    (symbol,) = made["symbols"]
    assert symbol.keys() >= {"symbol", "courses", "steps"}
    (x86,) = [each for each in symbol["courses"] if each["arch"] == "x86_64"]
    assert x86["rows"][1].keys() >= {"version", "defined", "verdict", "value", "lines", "why"}
    assert x86["rows"][1]["lines"] == [
        "CONFIG_EXPERT=y",
        "CONFIG_FUNCTION_TRACER=y",
        "CONFIG_LIVEPATCH=y",
    ]
    (step,) = symbol["steps"]
    assert (step["before"], step["after"]) == ("small-tree", "tree")
    assert step["changes"][0] == {
        "symbol": "LIVEPATCH",
        "change": "removed",
        "kind": "depends",
        "text": "depends on SYSFS",
        "location": {"file": LIVEPATCH, "line": 8},
        "arches": ["arm64", "i386", "ppc64", "x86_64"],
        "general": True,
    }


def test_revisions_of_the_checkout_around(kcheck: Kcheck, tree: Path) -> None:
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "One")
    git(tree, "tag", "v1")
    edit(tree, LIVEPATCH, "depends on SYSFS", "depends on SYSFS && !ARM64")
    git(tree, "commit", "--quiet", "--all", "--message", "Two")
    edit(tree, LIVEPATCH, " && !ARM64", "")
    words = ("--tree", "v1", "--tree", "HEAD", "--tree", ".", "--format", "json")
    made = kcheck("history", "LIVEPATCH", "--probes", "none", *words, cwd=tree)
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    verdicts = [row["verdict"] for row in rows(found)["arm64"]]
    assert verdicts == ["enabled", "impossible", "enabled"]
    assert found["versions"][1]["commit"] == git(tree, "rev-parse", "--short", "HEAD")
    assert [each["after"] for each in found["symbols"][0]["steps"]] == ["HEAD", tree.name]
    assert git(tree, "status", "--porcelain") == "M kernel/livepatch/Kconfig"


def test_a_snapshot_a_revision_and_a_folder_together(kcheck: Kcheck) -> None:
    made = folders(kcheck, Path("7.2"), SMALL_TREE, arch="x86_64", format="json")
    names = [each["name"] for each in json.loads(made.stdout)["versions"]]
    assert names == ["7.2", "small-tree"]
    assert made.returncode == 0


def test_how_many_of_the_versions_are_snapshots_is_told(kcheck: Kcheck) -> None:
    for other, said in (("7.3", "2 snapshots"), (SMALL_TREE, "2 versions (1 by snapshot)")):
        made = folders(kcheck, Path("7.2"), Path(other), arch="x86_64")
        assert f", {said}   each on" in made.stdout


def test_a_version_that_cannot_be_asked_is_exit_code_2(kcheck: Kcheck, tree: Path) -> None:
    (tree / "arch" / "riscv" / "Kconfig").write_text("config BROKEN\n\tbool bool\n")
    made = folders(kcheck, SMALL_TREE, tree)
    assert made.returncode == 2
    assert "arch/riscv/Kconfig:2" in made.stdout
    assert made.stdout.startswith("LIVEPATCH   ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("LIVEPATCH", "--tree", "6.12"), "--tree: a history takes two trees or more"),
        (("LIVEPATCH", "--arch", "vax"), "--arch vax: no tree has that architecture"),
        (("LIVEPATCH", "--format", "csv"), "--format 'csv': not text or json"),
        (("LIVEPATCH", "--probes", "maybe"), "--probes 'maybe': not run, recorded or none"),
        (("LIVEPATCH", "--tree", "3.2", "--tree", "6.12"), "3.2: no such folder"),
        (
            ("LIVEPATHC", "--tree", "6.12", "--tree", "7.3", "--arch", "s390"),
            "only what bears on live patching",
        ),
    ],
)
def test_a_wrong_question_is_exit_code_2_and_one_line(
    kcheck: Kcheck, words: tuple[str, ...], said: str
) -> None:
    made = kcheck("history", *words)
    assert made.returncode == 2
    assert made.stdout == ""
    assert said in made.stderr
    assert made.stderr.count("\n") == 1
