"""kcheck check as a user runs it: on the small tree, on snapshots, on lines alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.conftest import SMALL_TREE, Kcheck
from tests.test_rule_files import rule, written

DOCS = Path(__file__).parent.parent / "docs"
SAMPLES = Path(__file__).parent.parent / "sample_configs"
HERE = ("--tree", str(SMALL_TREE), "--arch", "x86_64")
HEADER = "# Linux/x86_64 6.12.0 Kernel Configuration\n"


@pytest.fixture
def config(kcheck: Kcheck, tmp_path: Path) -> Path:
    """A whole .config of the small tree, at its defaults: LIVEPATCH off."""
    path = tmp_path / "base.config"
    kcheck("olddefconfig", *HERE, "--output", str(path))
    return path


def answer(kcheck: Kcheck, *arguments: str, code: int) -> Any:
    """The JSON that the command prints, held against its schema."""
    done = kcheck("check", *arguments, "--format", "json")
    assert done.returncode == code, done.stderr + done.stdout
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((DOCS / "check.schema.json").read_text()))
    return document


def statuses(document: Any, number: int = 0) -> dict[str, str]:
    """The status of each rule on a config."""
    return {each["rule"]: each["status"] for each in document["configs"][number]["results"]}


def test_what_does_not_hold_is_told_with_its_cause(
    kcheck: Kcheck, config: Path, tmp_path: Path
) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    done = kcheck("check", str(config), "--rules", rules, *HERE)
    assert done.returncode == 1
    assert done.stdout.startswith("error[livepatch-off]: LIVEPATCH is off\n  -->")
    assert str(config) in done.stdout
    assert "because FUNCTION_TRACER is n" in done.stdout
    assert "CONFIG_FUNCTION_TRACER=y\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 error")
    found = answer(kcheck, str(config), "--rules", rules, *HERE, code=1)
    (result,) = [each for each in found["configs"][0]["results"] if each["status"] == "fail"]
    assert result["severity"] == "error"
    assert "FUNCTION_TRACER" in result["reason"]


def test_the_fragment_makes_all_rules_hold_at_once(
    kcheck: Kcheck, config: Path, tmp_path: Path
) -> None:
    rules = written(
        tmp_path,
        rule("livepatch-off", ask='"LIVEPATCH"')
        + rule("small-log", ask='"LOG_BUF_SHIFT>=20"', severity='"warning"')
        + rule("preempt", ask='{ none = ["PREEMPT_NONE"] }')
        + rule("kallsyms", ask='"KALLSYMS"'),
    )
    found = answer(kcheck, str(config), "--rules", rules, *HERE, code=1)
    assert statuses(found) == {
        "livepatch-off": "fail",
        "small-log": "warn",
        "preempt": "fail",
        "kallsyms": "pass",
        "line-not-kept": "pass",
    }
    lines = found["configs"][0]["fragment"]["lines"]
    assert set(lines) >= {"CONFIG_LIVEPATCH=y", "CONFIG_LOG_BUF_SHIFT=20"}
    with config.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
    whole = tmp_path / "whole.config"
    kcheck("olddefconfig", *HERE, "--config", str(config), "--output", str(whole))
    assert set(statuses(answer(kcheck, str(whole), "--rules", rules, *HERE, code=0)).values()) == {
        "pass"
    }


def test_rules_that_cannot_all_hold_are_named(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    rules = written(
        tmp_path,
        rule("livepatch-off", ask='"LIVEPATCH"')
        + rule("modules-on", ask='"!MODULES"')
        + rule("log", ask='"LOG_BUF_SHIFT=18"'),
    )
    found = answer(kcheck, str(config), "--rules", rules, *HERE, code=1)
    checked = found["configs"][0]
    clashes = [sorted(clash["rules"]) for clash in checked["clashes"]]
    assert clashes == [["livepatch-off", "modules-on"]]
    assert "CONFIG_LOG_BUF_SHIFT=18" in checked["fragment"]["lines"]


def test_what_nothing_turns_on_is_proved(kcheck: Kcheck, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    config = tmp_path / "i386.config"
    config.write_text("CONFIG_EXPERT=y\n")
    here = ("--tree", str(SMALL_TREE), "--arch", "i386")
    found = answer(kcheck, str(config), "--rules", rules, *here, code=1)
    (clash,) = found["configs"][0]["clashes"]
    assert clash["rules"] == ["livepatch-off"]
    assert clash["proof"]["core"]


def test_what_the_toolchain_refuses_is_named(kcheck: Kcheck, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    config = tmp_path / "powerpc.config"
    config.write_text("CONFIG_EXPERT=y\n")
    here = ("--tree", str(SMALL_TREE), "--arch", "powerpc", "--cross-compile", "")
    found = answer(kcheck, str(config), "--rules", rules, *here, code=1)
    (clash,) = found["configs"][0]["clashes"]
    assert clash["rules"] == ["livepatch-off"]
    assert clash["answers"]


def test_a_waiver_holds_until_its_day(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    waive = '\n[[waive]]\nrule = "livepatch-off"\nreason = "Later."\nuntil = {}\n'
    for until, status, code in (("2999-01-01", "waived", 0), ("2020-01-01", "fail", 1)):
        text = rule("livepatch-off", ask='"LIVEPATCH"') + waive.format(until)
        rules = written(tmp_path, text)
        found = answer(kcheck, str(config), "--rules", rules, *HERE, code=code)
        assert statuses(found)["livepatch-off"] == status
        assert found["configs"][0]["fragment"] is None or status == "fail"


def test_a_rule_applies_where_it_says(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    rules = written(
        tmp_path,
        rule("old", versions='"<5.0"')
        + rule("arm", arches='["arm64"]')
        + rule("clang", compilers='["clang"]')
        + rule("where", where='"!MODULES"')
        + rule("undefined", ask='"!FLAG"')
        + rule("here", ask='"MODULES"', versions='">=5.0"', arches='["x86"]', compilers='["gcc"]'),
    )
    found = answer(kcheck, str(config), "--rules", rules, *HERE, code=0)
    expected = dict.fromkeys(("old", "arm", "clang", "where", "undefined"), "not-applicable")
    assert statuses(found) == expected | {"here": "pass", "line-not-kept": "pass"}


def test_a_line_of_a_fragment_that_is_dropped_is_a_finding(kcheck: Kcheck, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("kallsyms", ask='"KALLSYMS"'))
    fragment = tmp_path / "lp.config"
    fragment.write_text("CONFIG_LIVEPATCH=y\nCONFIG_LOG_BUF_SHIFT=18\nCONFIG_MISSPELT=y\n")
    done = kcheck("check", str(fragment), "--rules", rules, *HERE)
    assert done.returncode == 1
    assert "warning[line-not-kept]: LIVEPATCH asked y, is n" in done.stdout
    assert f"{fragment}:1" in done.stdout
    found = answer(kcheck, str(fragment), "--rules", rules, *HERE, code=1)
    lost = [each for each in found["configs"][0]["results"] if each["rule"] == "line-not-kept"]
    assert [each["location"]["line"] for each in lost] == [1, 3]


def test_of_a_whole_config_the_lines_that_rules_hang_on_count(
    kcheck: Kcheck, config: Path, tmp_path: Path
) -> None:
    rules = written(tmp_path, rule("log", ask='"LOG_BUF_SHIFT"') + rule("lp", ask='"!LIVEPATCH"'))
    text = config.read_text().replace("# CONFIG_KALLSYMS_ALL is not set\n", "")
    config.write_text(text + "CONFIG_LIVEPATCH=y\nCONFIG_ELSEWHERE=y\n")
    found = answer(kcheck, str(config), "--rules", rules, *HERE, code=1)
    lost = [each for each in found["configs"][0]["results"] if each["status"] == "warn"]
    assert [each["rule"] for each in lost] == ["line-not-kept"]
    assert "LIVEPATCH" in lost[0]["message"]


def test_lines_that_conf_cannot_read_are_told(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("log", ask='"LOG_BUF_SHIFT"'))
    with config.open("a") as file:
        file.write("CONFIG_EXPERT = y\nCONFIG_I")
    count = len(config.read_text().splitlines())
    found = answer(kcheck, str(config), "--rules", rules, *HERE, code=1)
    lost = [each for each in found["configs"][0]["results"] if each["status"] == "warn"]
    assert [each["location"]["line"] for each in lost] == [count - 1, count]


def test_a_header_alone_makes_no_32_bit_kernel(kcheck: Kcheck, tmp_path: Path) -> None:
    """Linux/x86 stands above both; only X86_32 says that it is the smaller one."""
    rules = written(tmp_path, rule("wide", ask='"64BIT"'))
    config = tmp_path / "some.config"
    for lines, code in (
        ("CONFIG_64BIT=y\n", 0),
        ("CONFIG_X86_32=y\n# CONFIG_64BIT is not set\n", 1),
    ):
        config.write_text(f"# Linux/x86 6.12.0 Kernel Configuration\n{lines}CONFIG_MODULES=y\n")
        done = kcheck("check", str(config), "--rules", rules, "--probes", "none")
        assert done.returncode == code, done.stdout


def test_many_configs_come_in_their_order(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("log", ask='"LOG_BUF_SHIFT>=18"'))
    configs: list[str] = []
    for number in range(40):
        path = tmp_path / f"{number}.config"
        shift = 17 + number % 2
        path.write_text(config.read_text().replace("SHIFT=17", f"SHIFT={shift}"))
        configs.append(str(path))
    found = answer(kcheck, *configs, "--rules", rules, *HERE, "--jobs", "2", code=1)
    assert [each["config"] for each in found["configs"]] == configs
    told = [statuses(found, number)["log"] for number in range(40)]
    assert told == ["fail", "pass"] * 20


def test_what_cannot_be_read_does_not_stop_the_rest(
    kcheck: Kcheck, config: Path, tmp_path: Path
) -> None:
    rules = written(tmp_path, rule("log", ask='"LOG_BUF_SHIFT"'))
    empty, binary = tmp_path / "empty.config", tmp_path / "binary.config"
    empty.write_text("# nothing\n")
    binary.write_bytes(b"\x7fELF\0\0")
    names = [str(empty), str(binary), str(tmp_path / "none.config"), str(config)]
    found = answer(kcheck, *names, "--rules", rules, *HERE, code=2)
    assert [each["config"] for each in found["unread"]] == names[:3]
    assert statuses(found) == {"log": "pass", "line-not-kept": "pass"}
    done = kcheck("check", *names, "--rules", rules, *HERE)
    assert f"kcheck: {empty}: no line of it sets a symbol" in done.stderr


def test_no_rules_are_never_fulfilled(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    assert kcheck("check", str(config), *HERE).returncode == 2
    assert kcheck("check", str(config), "--rules", written(tmp_path, ""), *HERE).returncode == 2
    assert kcheck("check", str(config), "--rules", "none", *HERE).returncode == 2


# Without a tree.


def test_a_snapshot_judges_by_the_configs_header(kcheck: Kcheck) -> None:
    config = SAMPLES / "x86_64-6.12-conflict.config"
    found = answer(kcheck, str(config), "--rules", "livepatch", "--probes", "none", code=1)
    (checked,) = found["configs"]
    assert (checked["basis"], checked["arch"]) == ("snapshot", "x86_64")
    assert checked["version"].startswith("6.12.")
    assert statuses(found)["livepatch-off"] == "fail"
    assert "CONFIG_LIVEPATCH=y" in checked["fragment"]["lines"]


def test_what_a_snapshot_does_not_have_is_read_off_the_lines(
    kcheck: Kcheck, tmp_path: Path
) -> None:
    rules = written(
        tmp_path,
        rule("btrfs", ask='"VENDOR_THING"')
        + rule("usb", ask='"!VENDOR_OTHER"')
        + rule("m", ask='"MODULES"'),
    )
    config = tmp_path / "some.config"
    config.write_text(f"{HEADER}CONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_VENDOR_OTHER=m\n")
    found = answer(kcheck, str(config), "--rules", rules, "--probes", "none", code=1)
    told = statuses(found)
    assert (told["btrfs"], told["usb"], told["m"]) == ("fail", "fail", "pass")
    (checked,) = found["configs"]
    assert any("does not have VENDOR_OTHER, VENDOR_THING" in note for note in checked["notes"])


def test_older_than_all_snapshots_the_lines_alone_count(kcheck: Kcheck, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("lp", ask='"KGR"') + rule("new", versions='">=4.0"'))
    config = tmp_path / "old.config"
    header = HEADER.replace("6.12.0", "3.12.49").replace("x86_64 ", "x86 ")
    config.write_text(f"{header}CONFIG_KGR=y\n")
    found = answer(kcheck, str(config), "--rules", rules, "--probes", "none", code=0)
    assert found["configs"][0]["basis"] == "values"
    assert statuses(found) == {
        "lp": "pass",
        "new": "not-applicable",
        "line-not-kept": "not-applicable",
    }


def test_a_number_that_conf_does_not_write_has_no_value(
    kcheck: Kcheck, tree: Path, tmp_path: Path
) -> None:
    with (tree / "lib" / "Kconfig.debug").open("a") as file:
        file.write('config COUNT\n\tint "count" if EXPERT\n\tdefault 3 if EXPERT\n')
    (tmp_path / "one.config").write_text("CONFIG_MODULES=y\n")
    words = ("check", "one.config", "--tree", str(tree), "--arch", "x86_64", "--probes", "none")
    rules = written(tmp_path, rule("has", ask='"COUNT"') + rule("has-not", ask='"!COUNT"'))
    done = kcheck(*words, "--rules", rules, "--all")
    assert "error[has]: COUNT has no value" in done.stdout
    assert "because EXPERT is n, which is yours to set" in done.stdout
    assert "passed[has-not]" in done.stdout


# What is written.


def test_fix_writes_a_fragment_beside_the_config(
    kcheck: Kcheck, config: Path, tmp_path: Path
) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    before = config.read_bytes()
    done = kcheck("check", str(config), "--rules", rules, *HERE, "--fix")
    assert done.returncode == 1
    fragment = tmp_path / "base.config.fragment"
    assert "CONFIG_LIVEPATCH=y\n" in fragment.read_text()
    assert str(fragment) in done.stderr
    assert config.read_bytes() == before
    assert kcheck("check", str(config), "--rules", rules, *HERE, "--in-place").returncode == 2


def test_in_place_keeps_what_was_there(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    before = config.read_bytes()
    config.chmod(0o600)
    kcheck("check", str(config), "--rules", rules, *HERE, "--fix", "--in-place")
    assert (tmp_path / "base.config.old").read_bytes() == before
    assert config.stat().st_mode & 0o777 == 0o600
    assert config.read_text().count("CONFIG_FUNCTION_TRACER") == 1
    assert kcheck("check", str(config), "--rules", rules, *HERE).returncode == 0
    assert not list(tmp_path.glob(".base*"))


def test_in_place_writes_a_file_once_whatever_its_names(
    kcheck: Kcheck, config: Path, tmp_path: Path
) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    before = config.read_bytes()
    link = tmp_path / "link.config"
    link.symlink_to(config.name)
    names = (str(link), str(config), f"{tmp_path}/../{tmp_path.name}/{config.name}")
    kcheck("check", *names, "--rules", rules, *HERE, "--fix", "--in-place")
    assert (tmp_path / "base.config.old").read_bytes() == before
    assert link.is_symlink()
    assert not link.with_name("link.config.old").exists()
    assert kcheck("check", *names, "--rules", rules, *HERE).returncode == 0


def test_what_cannot_be_fixed_hinders_nothing_else(
    kcheck: Kcheck, config: Path, tmp_path: Path
) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    packed = tmp_path / "a.config.gz"
    packed.write_bytes(gzip.compress(config.read_bytes()))
    words = ("--rules", rules, *HERE, "--fix", "--in-place", "--format", "json=out")
    done = kcheck("check", str(packed), str(config), *words)
    assert done.returncode == 2
    assert f"kcheck: {packed}: is compressed; unpack it, or leave --in-place" in done.stderr
    assert len(json.loads((tmp_path / "out").read_text())["configs"]) == 2
    assert (tmp_path / "base.config.old").exists()


def test_several_formats_at_once(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    arguments = ("check", str(config), "--rules", rules, *HERE)
    done = kcheck(
        *arguments, "--format", "sarif=a.sarif", "--format", "junit=a.xml", "--format", "text"
    )
    assert done.returncode == 1
    assert json.loads((tmp_path / "a.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "a.xml").read_text().startswith("<?xml")
    assert done.stdout.startswith("error[livepatch-off]")
    done = kcheck(*arguments, "--format", "json", "--output", "a.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads((tmp_path / "a.json").read_text())["schema"] == 1
    for wrong in (
        ("--format", "xml"),
        ("--format", "json", "--format", "text"),
        ("--format", "json=a", "--output", "b"),
        ("--format", "json=none/a"),
        ("--format", "json=a", "--format", "junit=a"),
    ):
        assert kcheck(*arguments, *wrong).returncode == 2, wrong


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_exit_codes_are_the_same_in_every_format(
    kcheck: Kcheck, config: Path, tmp_path: Path, form: str
) -> None:
    failing = written(tmp_path, rule("lp", ask='"LIVEPATCH"'), "failing.toml")
    warning = written(tmp_path, rule("lp", ask='"LIVEPATCH"', severity='"warning"'), "warning.toml")
    passing = written(tmp_path, rule("lp", ask='"!LIVEPATCH"'), "passing.toml")
    for rules, names, code in (
        (failing, [str(config)], 1),
        (warning, [str(config)], 1),
        (passing, [str(config)], 0),
        (passing, [str(config), "none.config"], 2),
    ):
        done = kcheck("check", *names, "--rules", rules, *HERE, "--format", form)
        assert done.returncode == code, (form, rules)
        assert done.stdout


def test_github_gets_its_summary(kcheck: Kcheck, config: Path, tmp_path: Path) -> None:
    rules = written(tmp_path, rule("livepatch-off", ask='"LIVEPATCH"'))
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    done = kcheck(
        "check", str(config), "--rules", rules, *HERE, "--format", "github",
        GITHUB_STEP_SUMMARY=str(summary), GITHUB_WORKSPACE=str(tmp_path),
    )  # fmt: skip
    first = done.stdout.splitlines()[0]
    assert first.startswith("::error ")
    assert "file=base.config,line=" in first
    assert summary.read_text().startswith("before\n")
    assert "livepatch-off" in summary.read_text()
