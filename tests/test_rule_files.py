"""Rule files: the schema, errors with their places, extending, overriding and waiving."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import jsonschema
import pytest

from kcheck.checking import Severity
from kcheck.errors import RuleError
from kcheck.policy.rules import LINE_NOT_KEPT, load_rules, shipped
from kcheck.policy.template import TEMPLATE
from tests.conftest import Kcheck

TODAY = datetime.date(2026, 11, 25)
DOCS = Path(__file__).parent.parent / "docs"
HEAD = 'schema = 1\ntitle = "A set."\n'


def rule(name: str, **keys: str) -> str:
    """A `[[rule]]`; `keys` are values as TOML has them."""
    written = {
        "severity": '"error"',
        "ask": '"FLAG"',
        "reason": '"Why."',
        "source": '"here"',
        "advice": '"Do."',
    } | keys
    lines = "".join(f"{key} = {value}\n" for key, value in written.items())
    return f'\n[[rule]]\nid = "{name}"\n{lines}'


def written(folder: Path, text: str, name: str = "own.toml") -> str:
    """The name of a rule file with that text behind the head."""
    path = folder / name
    path.write_text(HEAD + text)
    return str(path)


def test_a_rule_has_all_that_is_written(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        rule(
            "flag-off",
            ask='{ any = ["FLAG=y", "PART"] }',
            versions='">=4.12, <5.11"',
            arches='["x86_64", "s390"]',
            compilers='["gcc >= 8"]',
            where='"MODULES"',
        ),
    )
    found, built_in = load_rules([file], TODAY).rules
    assert built_in.facts is LINE_NOT_KEPT
    assert (found.facts.id, found.facts.asks) == ("flag-off", "FLAG=y or PART")
    assert str(found.facts.location) == f"{file}:4"
    assert found.symbols == {"FLAG", "PART", "MODULES"}
    assert found.scope.arches == ("x86_64", "s390")
    assert found.scope.versions_text == ">=4.12, <5.11"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (rule("a", severity='"fatal"'), 6, "'severity': invalid enum value 'fatal'"),
        (rule("a", ask='"A && B"'), 7, "rule 'a', 'ask': 'A && B' is no condition"),
        (rule("a", where='{ all = ["A"], any = ["B"] }'), 11, "rule 'a', 'where': a table has"),
        (rule("a", versions='"4.x"'), 11, "rule 'a', 'versions': '4.x' is no bound"),
        (rule("a", compilers='["icc"]'), 11, "rule 'a', 'compilers': 'icc' is no compiler"),
        (rule("a", arches='"x86_64"'), 11, "'arches': expected `array | null`, got `str`"),
        (rule("a", reason='" "'), 8, "rule 'a', 'reason': is empty"),
        (rule("a", sources='"x"'), 11, "'sources' is no key that is known here"),
        (rule("A b"), 5, "rule 'A b', 'id': small letters"),
        (rule("a") + rule("a"), 13, "rule 'a' stands at {file}:4 already"),
        (rule("line-not-kept"), 5, "rule 'line-not-kept' comes with kcheck already"),
        (rule("a").replace('advice = "Do."\n', ""), 4, "'advice' is missing"),
        (
            rule("a") + "\n[[waive]]\nrule = 'b'\nreason = 'x'\nuntil = 2027-01-01\n",
            13,
            "no rule 'b'",
        ),
        (
            rule("a") + "\n[[waive]]\nrule = 'a'\nreason = ' '\nuntil = 2027-01-01\n",
            14,
            "has a reason",
        ),
        (rule("a") + "\n[[waive]]\nrule = 'a'\nreason = 'x'\nuntil = 'soon'\n", 15, "'until': "),
        (rule("a") + "\n[[override]]\nrule = 'b'\nseverity = 'error'\n", 13, "no rule 'b'"),
        ('extends = ["none"]\n' + rule("a"), 3, "none: no rule set of that name"),
        ('extends = ["./none.toml"]\n' + rule("a"), 3, "none.toml: no such file"),
        ('note = """\n[[rule]]\n"""\n' + rule("a"), 3, "'note' is no key"),
        (rule("a") + "\n[[rule]\n", 12, "no TOML"),
        (rule("a", reason='"""\n[[rule]]\n"""', severity='"fatal"'), 6, "invalid enum value"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(RuleError) as caught:
        load_rules([file], TODAY)
    message = str(caught.value)
    assert message.startswith(f"{file}:{line}: "), message
    assert said.format(file=file) in message
    assert "\n" not in message


def test_a_file_extends_others_each_once(tmp_path: Path) -> None:
    written(tmp_path, rule("base"), "base.toml")
    written(tmp_path, 'extends = ["base.toml"]\n' + rule("left"), "left.toml")
    written(tmp_path, 'extends = ["base.toml"]\n' + rule("right"), "right.toml")
    top = written(tmp_path, 'extends = ["left.toml", "right.toml"]\n' + rule("top"), "top.toml")
    rules = load_rules([top], TODAY).rules
    assert [each.facts.id for each in rules] == ["base", "left", "right", "top", "line-not-kept"]


def test_a_circle_is_told_whole(tmp_path: Path) -> None:
    written(tmp_path, 'extends = ["b.toml"]\n' + rule("a"), "a.toml")
    written(tmp_path, 'extends = ["a.toml"]\n' + rule("b"), "b.toml")
    with pytest.raises(RuleError, match=r"b\.toml:3: extends itself: .*a\.toml -> .*b\.toml -> "):
        load_rules([str(tmp_path / "a.toml")], TODAY)


def test_a_chain_without_end_is_refused(tmp_path: Path) -> None:
    for number in range(60):
        written(
            tmp_path, f'extends = ["{number + 1}.toml"]\n' + rule(f"r{number}"), f"{number}.toml"
        )
    with pytest.raises(RuleError, match="files extend one another"):
        load_rules([str(tmp_path / "0.toml")], TODAY)


def test_overrides_and_waivers_of_the_extending_file_count(tmp_path: Path) -> None:
    written(tmp_path, rule("one") + rule("two") + rule("three"), "base.toml")
    top = written(
        tmp_path,
        'extends = ["base.toml"]\n'
        '[[override]]\nrule = "one"\nseverity = "warning"\n'
        '[[waive]]\nrule = "two"\nreason = "Later."\nuntil = 2026-11-25\n'
        '[[waive]]\nrule = "three"\nreason = "Once."\nuntil = 2026-11-24\n',
    )
    found = {each.facts.id: each for each in load_rules([top], TODAY).rules}
    assert found["one"].facts.severity is Severity.WARNING
    two, three = found["two"].waiver, found["three"].waiver
    assert two is not None
    assert three is not None
    assert (two.expired, two.reason, two.until) == (False, "Later.", TODAY)
    assert three.expired


def test_rules_that_ask_nothing_are_no_rules(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no rule in it"):
        load_rules([written(tmp_path, "")], TODAY)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("own.toml", b"\xff\xfe", "not UTF-8"),
        ("own.toml", b"\x00\x01\x02", "no TOML"),
        ("own.toml", b"x = " + b"[" * 5000, "no TOML"),
        ("own.toml", b"#" * (1 << 20) + b"#", "larger than 1 MiB"),
        ("own.toml", b"schema = 2\ntitle = 'x'\n", "own.toml:1: 'schema': invalid enum value 2"),
        ("folder.toml", None, "no such file"),
    ],
)
def test_what_is_no_rule_file_is_refused(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / name
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(RuleError, match=said) as caught:
        load_rules([str(path)], TODAY)
    assert "\n" not in str(caught.value)


def test_the_template_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    path.write_text(TEMPLATE)
    rules = load_rules([str(path)], TODAY)
    assert "ikconfig-off" in {each.facts.id for each in rules.rules}
    uncommented = TEMPLATE.replace("# [[", "[[").replace("# rule =", "rule =")
    for key in ("severity", "reason", "until"):
        uncommented = uncommented.replace(f"# {key} =", f"{key} =")
    path.write_text(uncommented)
    found = {each.facts.id: each for each in load_rules([str(path)], TODAY).rules}
    assert found["livepatch-off"].facts.severity is Severity.WARNING
    assert found["livepatch-off"].waiver is not None


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_set_can_be_used(name: str) -> None:
    assert len(load_rules([name], TODAY).rules) > 1


def test_all_shipped_sets_go_together() -> None:
    rules = load_rules(shipped(), TODAY).rules
    assert len({each.facts.id for each in rules}) == len(rules)
    for each in rules:
        assert each.facts.reason.endswith("."), each.facts.id
        assert each.facts.advice.endswith("."), each.facts.id


# The commands.


def test_sets_are_listed(kcheck: Kcheck) -> None:
    done = kcheck("rules", "list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines() if line[0] != " "] == list(
        shipped()
    )
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    document = json.loads(kcheck("rules", "list", "--format", "json").stdout)
    jsonschema.validate(document, json.loads((DOCS / "rules.schema.json").read_text()))
    assert [each["name"] for each in document["sets"]] == list(shipped())


def test_rules_are_shown(kcheck: Kcheck) -> None:
    done = kcheck("rules", "show", "livepatch", "--rule", "livepatch-off")
    assert done.returncode == 0
    assert done.stdout.startswith("error[livepatch-off]   rules/livepatch.toml:")
    document = json.loads(kcheck("rules", "show", "livepatch", "--format", "json").stdout)
    jsonschema.validate(document, json.loads((DOCS / "rules.schema.json").read_text()))
    assert kcheck("rules", "show", "livepatch", "--rule", "none").returncode == 2
    assert kcheck("rules", "show", "none").returncode == 2


def test_lint_says_what_is_wrong(kcheck: Kcheck, tmp_path: Path) -> None:
    good = written(tmp_path, rule("a", ask='"LIVEPATCH"'), "good.toml")
    bad = written(tmp_path, rule("a", severity='"fatal"'), "bad.toml")
    doubtful = written(tmp_path, rule("a", ask='"LIVEPATH"'), "doubtful.toml")
    done = kcheck("rules", "lint", good)
    assert (done.returncode, done.stdout) == (0, f"{good}: 1 rule, which can be used\n")
    done = kcheck("rules", "lint", bad, doubtful)
    assert done.returncode == 1
    assert f"{bad}:6: 'severity': invalid enum value 'fatal'" in done.stdout
    assert f"{doubtful}:4: rule 'a': no snapshot has LIVEPATH" in done.stdout
    assert "did you mean LIVEPATCH?" in done.stdout
    assert kcheck("rules", "lint", str(tmp_path / "none.toml")).returncode == 2


def test_a_new_file_can_be_used_at_once(kcheck: Kcheck, tmp_path: Path) -> None:
    assert kcheck("rules", "new", "own.toml").returncode == 0
    assert kcheck("rules", "lint", "own.toml").returncode == 0
    before = (tmp_path / "own.toml").read_text()
    done = kcheck("rules", "new", "own.toml")
    assert (done.returncode, done.stderr) == (
        2,
        "kcheck: own.toml: is there already; name another\n",
    )
    assert (tmp_path / "own.toml").read_text() == before
