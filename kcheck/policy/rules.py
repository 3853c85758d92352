"""Rules as they hold: of one or several files, with what those extend, override and waive."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from kcheck.checking import RuleFacts, Severity, Waiver
from kcheck.errors import RuleError
from kcheck.policy.conditions import (
    Condition,
    ConditionError,
    parse_condition,
    symbols_of,
    text_of,
)
from kcheck.policy.schema import RuleFile, WrittenRule, read_rule_file
from kcheck.policy.scope import Scope, ScopeError, parse_bounds, parse_compiler

FOLDER = Path(__file__).parent.parent / "rules"
"""The rule sets that come with the program."""
_ID = re.compile(r"[a-z][a-z0-9-]*\Z")
_SET = re.compile(r"[A-Za-z0-9_-]+\Z")
_DEEPEST = 30

LINE_NOT_KEPT = RuleFacts(
    "line-not-kept",
    Severity.WARNING,
    "every line that sets a symbol survives",
    "conf drops or changes in silence what it cannot keep, so the kernel is another one than"
    " was asked for.",
    "scripts/kconfig/confdata.c, conf_read and conf_write",
    "Set what the line waits on, or drop it; kcheck audit says which.",
    None,
)
"""The rule that stands in no file and in every set."""


class Rule(msgspec.Struct, frozen=True):
    """A rule: what it asks, where it applies, and whether it is waived."""

    facts: RuleFacts
    ask: Condition | None
    """None for LINE_NOT_KEPT alone."""
    scope: Scope
    waiver: Waiver | None = None

    @property
    def symbols(self) -> frozenset[str]:
        """All symbols that it names."""
        conditions = [each for each in (self.ask, self.scope.where) if each is not None]
        return frozenset(symbol for each in conditions for symbol in symbols_of(each))


class RuleSet(msgspec.Struct, frozen=True):
    """The rules of one or several files, each once; `titles` are the files' own, by name."""

    titles: dict[str, str]
    rules: tuple[Rule, ...]

    @property
    def symbols(self) -> frozenset[str]:
        """All symbols that they name."""
        return frozenset(symbol for rule in self.rules for symbol in rule.symbols)


EVERYWHERE = Scope((), "", (), (), "", None)


def shipped() -> tuple[str, ...]:
    """The names of the sets that come with the program."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load_rules(names: Sequence[str], today: datetime.date) -> RuleSet:
    """The rules of the sets and files that `names` are, and of what those extend.

    A name with a slash in it or `.toml` at its end is a file.  Raises RuleError for what is not
    there, does not fit, runs in a circle, or holds no rule.
    """
    files: dict[Path, RuleFile] = {}
    for name in names:
        _gather(*_found(name, None), files, ())
    rules: dict[str, Rule] = {}
    for file in files.values():
        for number, written in enumerate(file.written.rule):
            rule = _rule(file, number, written)
            there = rules.get(written.id) or _built_in(written.id)
            if there is not None:
                raise file.error(
                    f"rule '{written.id}' {_whence(there)} already; give it another id, or change"
                    " its severity by [[override]]",
                    "rule",
                    number,
                    "id",
                )
            rules[written.id] = rule
    if not rules:
        raise RuleError(f"{', '.join(names)}: no rule in it; kcheck rules new shows how one looks")
    rules[LINE_NOT_KEPT.id] = Rule(LINE_NOT_KEPT, None, EVERYWHERE)
    for file in files.values():
        _change(file, rules, today)
    return RuleSet(
        {file.name: file.written.title for file in files.values()}, tuple(rules.values())
    )


def _built_in(name: str) -> Rule | None:
    return Rule(LINE_NOT_KEPT, None, EVERYWHERE) if name == LINE_NOT_KEPT.id else None


def _found(name: str, beside: Path | None) -> tuple[Path, str]:
    """The file that `name` means, and what to call it; relative to the folder `beside`."""
    if "/" in name or name.endswith(".toml"):
        path = Path(name).expanduser()
        if beside is not None and not path.is_absolute():
            path = beside / path
        return path, name if beside is None else str(path)
    path = FOLDER / f"{name}.toml"
    if not _SET.match(name) or not path.is_file():
        raise RuleError(
            f"{name}: no rule set of that name ({', '.join(shipped())});"
            " the name of a file ends in .toml"
        )
    return path, f"rules/{name}.toml"


def _whence(rule: Rule) -> str:
    place = rule.facts.location
    return "comes with kcheck" if place is None else f"stands at {place}"


def rule_path(name: str) -> Path:
    """The file that `name` means: one of the sets that come with the program, or itself.

    Raises RuleError where it is the name of no set.
    """
    return _found(name, None)[0]


def _gather(
    path: Path, name: str, files: dict[Path, RuleFile], above: tuple[tuple[Path, str], ...]
) -> None:
    """Read a file, and before it what it extends; what was read already is not read again."""
    if path.resolve() in files:
        return
    file = read_rule_file(path, name)
    above = (*above, (path.resolve(), name))
    beside = None if path.parent == FOLDER else path.parent
    for extended in file.written.extends:
        try:
            there, called = _found(extended, beside)
        except RuleError as error:
            raise file.error(str(error), "extends") from None
        if not there.is_file():
            raise file.error(f"extends {called}: no such file", "extends")
        if any(there.resolve() == each for each, _ in above):
            circle = " -> ".join([*(each for _, each in above), called])
            raise file.error(f"extends itself: {circle}", "extends")
        if len(above) == _DEEPEST:
            raise file.error(f"more than {_DEEPEST} files extend one another", "extends")
        _gather(there, called, files, above)
    files[path.resolve()] = file


def _rule(file: RuleFile, number: int, written: WrittenRule) -> Rule:
    def wrong(message: str, key: str) -> RuleError:
        return file.error(f"rule '{written.id}', '{key}': {message}", "rule", number, key)

    if not _ID.match(written.id):
        raise wrong("small letters, digits and hyphens, a letter first", "id")
    for key in ("reason", "source", "advice"):
        if not getattr(written, key).strip():
            raise wrong("is empty", key)
    key = "ask"
    try:
        ask = parse_condition(written.ask)
        key = "where"
        where = None if written.where is None else parse_condition(written.where)
        key = "versions"
        versions = () if written.versions is None else parse_bounds(written.versions)
        key = "compilers"
        compilers = tuple(parse_compiler(each) for each in written.compilers or ())
    except (ConditionError, ScopeError) as error:
        raise wrong(str(error), key) from None
    scope = Scope(
        versions,
        written.versions or "",
        tuple(written.arches or ()),
        compilers,
        ", ".join(written.compilers or ()),
        where,
    )
    facts = RuleFacts(
        written.id,
        written.severity,
        text_of(ask),
        written.reason,
        written.source,
        written.advice,
        file.place("rule", number),
    )
    return Rule(facts, ask, scope)


def _change(file: RuleFile, rules: dict[str, Rule], today: datetime.date) -> None:
    """Put a file's overrides and waivers into force."""
    for number, override in enumerate(file.written.override):
        rule = _named(file, rules, override.rule, "override", number)
        facts = msgspec.structs.replace(rule.facts, severity=override.severity)
        rules[override.rule] = msgspec.structs.replace(rule, facts=facts)
    for number, waive in enumerate(file.written.waive):
        rule = _named(file, rules, waive.rule, "waive", number)
        if not waive.reason.strip():
            raise file.error("a waiver has a reason", "waive", number, "reason")
        place = file.place("waive", number)
        waiver = Waiver(waive.reason, waive.until, place, waive.until < today)
        rules[waive.rule] = msgspec.structs.replace(rule, waiver=waiver)


def _named(file: RuleFile, rules: dict[str, Rule], name: str, table: str, number: int) -> Rule:
    if name not in rules:
        raise file.error(
            f"no rule '{name}' in this file or in what it extends", table, number, "rule"
        )
    return rules[name]
