"""kcheck audit: which lines survive, why the others do not, and what would help."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from kcheck.auditing import Audit, Drop, Remedy
from kcheck.dotconfig import MergeRule, merge_dotconfigs, merge_rule, parse_dotconfig
from kcheck.errors import ConfigError
from kcheck.explain.audit import audit
from kcheck.model import Location
from kcheck.report.audit import audit_json, audit_text
from kcheck.report.causes import loss_lines
from kcheck.report.text import Subject
from tests.conftest import SMALL_TREE, Kcheck
from tests.small import read_text

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "audit.schema.json").read_text())
PATCH = """
config TRIM
	bool "trim"
config SYMS
	bool "syms"
config LATENCY
	bool "latency"
	select SYMS
config TRACER
	bool "tracer"
config TRACE_REGS
	def_bool TRACER
config PATCH
	bool "patch"
	depends on TRACE_REGS
	depends on !TRIM
"""
SAMPLE = """\
CONFIG_TRACER=y
CONFIG_TRIM=y
CONFIG_PATCH=y
CONFIG_LATENCY=y
# CONFIG_SYMS is not set
"""
REPORT = """\
lp.config: 2 of 5 lines do not survive
  linux 7.3  test  onto base
  3  CONFIG_PATCH=y            -> n
       needs !TRIM; line 2 sets it   Kconfig:16
  5  # CONFIG_SYMS is not set  -> y
       selected by LATENCY (line 4)   Kconfig:8
  fix   lines 2 and 3 cannot both hold: drop one
        lines 4 and 5 cannot both hold: drop one
"""


def _audited(
    folder: Path,
    kconfig: str,
    *texts: str,
    base: str = "",
    version: str = "7.3",
) -> tuple[Audit, str]:
    """The audit of `texts`, called lp.config, b.config …, and its report."""
    model = read_text(folder, kconfig, version)
    names = ("lp.config", "b.config", "c.config")
    fragments = tuple(
        parse_dotconfig(text.encode(), name) for name, text in zip(names, texts, strict=False)
    )
    rule = MergeRule.NAMES if version >= "7" else MergeRule.WORDS
    found = audit(model, parse_dotconfig(base.encode(), "base"), fragments, rule)
    document = json.loads(
        audit_json(found, model.target, "base", [each.name for each in fragments], ())
    )
    jsonschema.validate(document, SCHEMA)
    assert [each["symbol"] for each in document["lines"]] == [each.symbol for each in found.lost]
    return found, audit_text(found, Subject(version, "test", "", "onto base"), ())


def test_the_report(tmp_path: Path) -> None:
    _, text = _audited(tmp_path, PATCH, SAMPLE)
    assert text == REPORT


def test_all_lines_survive(tmp_path: Path) -> None:
    found, text = _audited(tmp_path, PATCH, "CONFIG_TRACER=y\nCONFIG_PATCH=y\n")
    assert found.lost == ()
    assert text.startswith("lp.config: all 2 lines survive\n")


def test_without_fragments_the_base_is_audited(tmp_path: Path) -> None:
    found, text = _audited(tmp_path, PATCH, base="CONFIG_PATCH=y\n")
    assert found.files == ("base",)
    assert text.startswith("base: the line does not survive\n")
    assert "waits on TRACER = n; nothing sets it   Kconfig:9" in text


def test_the_line_at_the_end_of_a_chain_is_named(tmp_path: Path) -> None:
    _, text = _audited(tmp_path, PATCH, "# CONFIG_TRACER is not set\nCONFIG_PATCH=y\n")
    assert "needs TRACE_REGS   Kconfig:15\n         waits on TRACER = n; line 1 turns it" in text


def test_a_line_of_another_file_is_named_with_it(tmp_path: Path) -> None:
    base = "CONFIG_TRACER=y\nCONFIG_TRIM=y\n"
    _, text = _audited(tmp_path, PATCH, "CONFIG_PATCH=y\n", base=base)
    assert "needs !TRIM; base:2 sets it" in text
    _, text = _audited(tmp_path, PATCH, base, "CONFIG_PATCH=y\n")
    assert "needs !TRIM; lp.config:2 sets it" in text
    assert "  b.config\n    1  CONFIG_PATCH=y  -> n\n" in text
    assert "b.config:1 and lp.config:2 cannot both hold: drop one" in text


def test_a_selector_that_a_line_brings_in(tmp_path: Path) -> None:
    kconfig = 'config A\n\tbool "a"\nconfig B\n\tdef_bool A\n\tselect C\nconfig C\n\tbool "c"\n'
    found, text = _audited(tmp_path, kconfig, "CONFIG_A=y\n# CONFIG_C is not set\n")
    assert "selected by B (line 1, through A)   Kconfig:5" in text
    assert found.remedy.drops == (Drop(Location("lp.config", 1), (Location("lp.config", 2),)),)


def test_dropping_a_line_that_helps_nobody_is_not_suggested(tmp_path: Path) -> None:
    found, _ = _audited(tmp_path, PATCH, "CONFIG_TRIM=y\nCONFIG_PATCH=y\n")
    assert [each.symbol for each in found.lost] == ["PATCH"]
    assert found.remedy.drops == ()


def test_an_overridden_line_is_told_only_by_what_overrides_it(tmp_path: Path) -> None:
    found, text = _audited(tmp_path, PATCH, "CONFIG_TRIM=y\n", "# CONFIG_TRIM is not set\n")
    assert "b.config:1 overrides it: # CONFIG_TRIM is not set" in text
    assert found.remedy.drops == ()


def test_a_line_that_another_repeats_is_told_with_the_true_cause(tmp_path: Path) -> None:
    _, text = _audited(tmp_path, PATCH, "CONFIG_PATCH=y\n", "CONFIG_PATCH=y\n")
    assert "overrides" not in text
    assert text.count("waits on TRACER = n; nothing sets it") == 2


CHOICE = (
    'choice\n\tprompt "one"\nconfig FIRST\n\tbool "first"\nconfig SECOND\n\tbool "second"\n'
    "endchoice\n"
)
HIDDEN = 'config EXPERT\n\tbool "e"\nconfig A\n\tbool "a" if EXPERT\n\tdefault y\n'
NUMBER = 'config N\n\tint "n"\n\trange 1 5\n\tdefault 3\nconfig H\n\thex "h"\n\tdefault 0x1\n'
MODULAR = (
    'config MODULES\n\tbool "modules"\n\tmodules\nconfig BUS\n\ttristate "bus"\n'
    'config CARD\n\ttristate "card"\n\tdepends on BUS\n'
)
MODULES_OFF = "# CONFIG_MODULES is not set\nCONFIG_CARD=m\nCONFIG_BUS=y\n"
TRANSITION = 'config OLD\n\tbool\n\ttransitional\nconfig NEW\n\tbool "new"\n\tdefault OLD\n'
IMPLIED = 'config I\n\tdef_bool y\n\timply A\nconfig E\n\tbool "e"\nconfig A\n\tbool "a" if E\n'
DEFINED = 'config TRACER\n\tbool "t"\n'


@pytest.mark.parametrize(
    ("kconfig", "fragment", "became", "reason"),
    [
        (DEFINED, "CONFIG_TRACR=y\n", "not defined", "did you mean TRACER?"),
        (DEFINED, "CONFIG_TRACER=m\n", "n", "does not take that value: a bool is y or n"),
        (DEFINED, "CONFIG_TRACER = y\n", "not read", "no line that conf reads"),
        (DEFINED, "TRACER=y\n", "not read", "no line that conf reads"),
        (DEFINED, "#CONFIG_TRACER is not set\n", "not read", "no line that conf reads"),
        (DEFINED, "CONFIG_TRACER=y\nCONFIG_TRACER=n\n", "n", "line 2 overrides it: CONFIG_TRACE"),
        (CHOICE, "CONFIG_FIRST=y\nCONFIG_SECOND=y\n", "n", "its choice takes SECOND; line 2 sets"),
        (CHOICE, "# CONFIG_FIRST is not set\n# CONFIG_SECOND is not set\n", "y", "its choice take"),
        (HIDDEN, "# CONFIG_A is not set\n", "y", "its prompt needs EXPERT; nothing sets it"),
        (HIDDEN, "# CONFIG_A is not set\n", "y", "so its default counts: y (Kconfig:5)"),
        (NUMBER, "CONFIG_N=9\n", "5", "range 1 to 5 (Kconfig:3)"),
        (NUMBER, "CONFIG_N=03\n", "3", "an int is digits alone"),
        (NUMBER, "CONFIG_H=0xfg\n", "0x1", "a hex is hexadecimal digits"),
        (NUMBER, "# CONFIG_N is not set\n", "3", "an int is digits alone"),
        ('config S\n\tstring "s"\n', "CONFIG_S=bare\n", '""', "between double quotes"),
        ("config P\n\tbool\n", "CONFIG_P=y\n", "n", "no prompt: only selects and defaults set it"),
        (MODULAR, MODULES_OFF, "y", "nothing is m without modules: MODULES = n"),
        (MODULAR, "CONFIG_MODULES=y\nCONFIG_BUS=m\nCONFIG_CARD=y\n", "m", "m only: needs BUS"),
        (TRANSITION, "CONFIG_OLD=y\n", "n", "the symbol's old name; its value goes to NEW"),
        (IMPLIED, "# CONFIG_A is not set\n", "y", "implied by I (Kconfig:3)"),
    ],
)
def test_every_cause(tmp_path: Path, kconfig: str, fragment: str, became: str, reason: str) -> None:
    found, text = _audited(tmp_path, kconfig, fragment)
    lost = found.lost[0]
    assert f"-> {became}\n" in text
    said = "; ".join(f"{line.text} ({line.place})" for line in loss_lines(lost))
    assert reason in said


def test_what_is_asked_off_and_not_defined_is_a_note(tmp_path: Path) -> None:
    found, text = _audited(tmp_path, DEFINED, "CONFIG_TRACER=y\n# CONFIG_TRACR is not set\n")
    assert found.lost == ()
    assert "asked off, and not defined here at all: TRACR (line 2)" in text


def test_a_symbol_of_another_architecture(tmp_path: Path) -> None:
    (tmp_path / "arch" / "other").mkdir(parents=True)
    (tmp_path / "arch" / "other" / "Kconfig").write_text('\nconfig GUEST\n\tbool "g"\n')
    _, text = _audited(tmp_path, DEFINED, "CONFIG_GUEST=y\n")
    assert "not defined here, only in arch/other/Kconfig:2" in text


def test_a_number_without_a_value_that_is_not_set_survives(tmp_path: Path) -> None:
    kconfig = 'config A\n\tbool "a"\nconfig N\n\tint "n"\n\tdepends on A\n'
    found, _ = _audited(tmp_path, kconfig, "# CONFIG_N is not set\n")
    assert found.lost == ()
    _, text = _audited(tmp_path, kconfig, "CONFIG_N=1\n")
    assert "CONFIG_N=1  -> no value\n       its prompt needs A; nothing sets it" in text


def test_a_refused_line_leaves_its_symbol_without_the_base_s_value(tmp_path: Path) -> None:
    """The script deletes the base's line before conf sees that the new one is no good."""
    found, _ = _audited(tmp_path, DEFINED, "CONFIG_TRACER=m\n", base="CONFIG_TRACER=y\n")
    assert [each.got for each in found.lost] == ["n"]


def test_a_misspelt_line_deletes_the_base_s_as_well(tmp_path: Path) -> None:
    """The script of 7.2 goes by how a line begins; that of 6.12 wants the equals sign."""
    texts = ("CONFIG_TRACER=y\n", "CONFIG_TRACER = y\n")
    _, text = _audited(tmp_path, DEFINED, *texts)
    assert "b.config:1 overrides it: CONFIG_TRACER = y" in text
    _, text = _audited(tmp_path, DEFINED, *texts, version="6.12")
    assert "overrides" not in text


def test_a_line_with_config_is_not_broken(tmp_path: Path) -> None:
    value = "a" * 90
    _, text = _audited(tmp_path, 'config S\n\tstring "s"\n', f'CONFIG_S="{value}\n')
    assert f'  1  CONFIG_S="{value}\n       -> ""\n' in text


@pytest.mark.parametrize("text", ["", "\n# a comment\n# CONFIG_A=y\n"])
def test_a_fragment_that_sets_nothing_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"lp\.config: no line of it sets a symbol"):
        _audited(tmp_path, DEFINED, text, base="CONFIG_TRACER=y\n")


# What would help.


def _places(*numbers: int) -> tuple[Location, ...]:
    return tuple(Location("lp.config", number) for number in numbers)


def test_lines_to_add_are_told(tmp_path: Path) -> None:
    found, text = _audited(tmp_path, PATCH, "CONFIG_LATENCY=y\nCONFIG_PATCH=y\n")
    assert found.remedy.clashes == ()
    assert "  add   CONFIG_TRACER=y\n        with which all lines survive\n" in text


def test_lines_that_cannot_hold_are_told(tmp_path: Path) -> None:
    found, text = _audited(tmp_path, PATCH, f"{SAMPLE}CONFIG_TRACE_REGS=n\n")
    assert found.remedy.clashes == (_places(2, 3), _places(4, 5), _places(1, 6))
    assert "lines 1 and 6 cannot both hold: drop one" in text
    found, text = _audited(tmp_path, f"{PATCH}config DEAD\n\tbool\n", "CONFIG_DEAD=y\n")
    assert found.remedy.clashes == (_places(1),)
    assert "  fix   line 1 cannot hold here\n" in text


def test_all_that_one_line_saves_is_told_at_once(tmp_path: Path) -> None:
    more = f'{PATCH}config OTHER\n\tbool "other"\n\tdepends on !TRIM\n'
    _, text = _audited(tmp_path, more, SAMPLE, "CONFIG_OTHER=y\n")
    assert "  fix   drop lp.config:2, and lp.config:3 and b.config:1 survive\n" in text
    assert "lp.config:4 and :5 cannot both hold: drop one" in text


@pytest.mark.parametrize("clash", [(1, 9), (3, 4, 9), (8, 9), (1, 2, 3, 4, 5, 6, 7, 8, 9), (9,)])
def test_a_clash_has_no_line_to_spare(tmp_path: Path, clash: tuple[int, ...]) -> None:
    names = "".join(f'config S{number}\n\tbool "s"\n' for number in range(1, 9))
    lines = "".join(f"CONFIG_S{number}=y\n" for number in range(1, 9))
    needed = " || ".join(f"!S{number}" for number in clash if number != 9) or "n"
    found, _ = _audited(
        tmp_path,
        f'{names}config S9\n\tbool "s"\n\tdepends on {needed}\n',
        f"{lines}CONFIG_S9=y\n",
    )
    assert found.remedy.clashes == (_places(*clash),)


def test_nothing_is_sought_where_nothing_is_lost(tmp_path: Path) -> None:
    found, _ = _audited(tmp_path, PATCH, "CONFIG_TRACER=y\nCONFIG_PATCH=y\n")
    assert found.remedy == Remedy()


def test_files_go_by_their_names_where_no_two_are_alike(tmp_path: Path) -> None:
    model = read_text(tmp_path, PATCH)
    texts = {"x/a.config": "CONFIG_TRIM=y\nCONFIG_TRACER=y\n", "y/b.config": "CONFIG_PATCH=y\n"}

    def report(names: dict[str, str]) -> str:
        fragments = tuple(
            parse_dotconfig(text.encode(), names.get(name, name)) for name, text in texts.items()
        )
        found = audit(model, None, fragments, MergeRule.NAMES)
        return audit_text(found, Subject("7.3", "test", "", ""), ())

    assert "  y/b.config\n" in report({})
    assert "needs !TRIM; a.config:1 sets it" in report({})
    assert "needs !TRIM; x/a.config:1 sets it" in report({"y/b.config": "y/a.config"})


# Merging.


@pytest.mark.parametrize(
    ("base", "fragment", "names", "words"),
    [
        ("CONFIG_A=y", "# CONFIG_A is not set", [], []),
        ("CONFIG_A=n", "# CONFIG_A is not set", ["CONFIG_A=n"], []),
        ("CONFIG_AB=y", "CONFIG_A=y", ["CONFIG_AB=y"], ["CONFIG_AB=y"]),
        ("CONFIG_A=y", "CONFIG_A = y", [], ["CONFIG_A=y"]),
        ("CONFIG_A=y", "# CONFIG_A is not set\r", ["CONFIG_A=y"], ["CONFIG_A=y"]),
        ("CONFIG_A=y", "#CONFIG_A is not set", ["CONFIG_A=y"], ["CONFIG_A=y"]),
        ("# about CONFIG_A here", "CONFIG_A=y", ["# about CONFIG_A here"], []),
        ("CONFIG_X_CONFIG_A=y", "CONFIG_A=y", ["CONFIG_X_CONFIG_A=y"], ["CONFIG_X_CONFIG_A=y"]),
        ("CONFIG_A=y\nCONFIG_A=n", "CONFIG_B=y", *2 * [["CONFIG_A=y", "CONFIG_A=n"]]),
    ],
)
def test_which_lines_of_the_base_a_fragment_puts_out_of_force(
    base: str, fragment: str, names: list[str], words: list[str]
) -> None:
    """Each outcome is that of a script: awk's as in 7.2, sed's as in 6.12."""
    parts = [parse_dotconfig(text.encode(), "x") for text in (f"{base}\n", f"{fragment}\n")]
    for rule, left in ((MergeRule.NAMES, names), (MergeRule.WORDS, words)):
        merged = merge_dotconfigs("merged", parts, rule)
        assert [line.text for line in merged.lines] == [*left, fragment]


def test_the_rule_is_read_off_the_script(tmp_path: Path) -> None:
    assert merge_rule(tmp_path) is MergeRule.NAMES
    script = tmp_path / "scripts" / "kconfig" / "merge_config.sh"
    script.parent.mkdir(parents=True)
    script.write_text('SED_CONFIG_EXP1="s/…/p"\n')
    assert merge_rule(tmp_path) is MergeRule.WORDS


def test_before_6_9_a_choice_keeps_no_trace_of_a_deleted_line(tmp_path: Path) -> None:
    found, _ = _audited(
        tmp_path,
        CHOICE,
        "# CONFIG_SECOND is not set\nCONFIG_FIRST=y\n",
        base="CONFIG_SECOND=y\n",
        version="6.1",
    )
    assert found.lost == ()


# The command.


def test_command_on_the_small_tree(kcheck: Kcheck, tree: Path) -> None:
    arguments = ("audit", "--tree", str(tree), "--arch", "x86_64")
    (tree / "lp").write_text("CONFIG_TRIM_UNUSED_KSYMS=y\nCONFIG_LIVEPATCH=y\n")
    done = kcheck(*arguments, "lp", cwd=tree)
    assert done.returncode == 1
    assert done.stdout.startswith("lp: 1 of 2 lines does not survive\n  linux 7.3.0")
    assert "onto x86_64_defconfig (no .config)" in done.stdout
    assert max(len(row) for row in done.stdout.splitlines()) <= 80
    assert "needs !TRIM_UNUSED_KSYMS; line 1 sets it   kernel/livepatch/Kconfig:" in done.stdout
    done = kcheck(*arguments, "lp", "--format", "json", cwd=tree)
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    (line,) = document["lines"]
    assert (line["file"], line["line"], line["symbol"]) == ("lp", 2, "LIVEPATCH")
    assert (line["asked"], line["got"]) == ("y", "n")
    assert line["reason"].startswith("needs !TRIM_UNUSED_KSYMS; line 1 sets it (kernel/")
    (tree / "good").write_text("CONFIG_MODULES=y\n")
    assert kcheck(*arguments, "good", cwd=tree).returncode == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone", None, "gone: no such file"),
        ("empty", b"", "empty: no line of it sets a symbol"),
        ("binary", b"CONFIG_A=y\n\0", "binary: binary data"),
    ],
)
def test_bad_fragments(
    kcheck: Kcheck, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = kcheck("audit", "--tree", str(SMALL_TREE), "--arch", "x86_64", name)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_assumed_answers_are_told(kcheck: Kcheck, tree: Path) -> None:
    (tree / "good").write_text("CONFIG_MODULES=y\n")
    arguments = ("audit", "--tree", str(tree), "--arch", "powerpc", "good", "--probes", "none")
    assert "no question was put to the toolchain" in kcheck(*arguments, cwd=tree).stdout
