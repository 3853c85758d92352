"""The shipped rules' cases: for each rule a config that passes and one that fails."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import msgspec

from kcheck.policy.rules import LINE_NOT_KEPT, RuleSet, load_rules

FILE = Path(__file__).parent / "cases.toml"


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines behind an architecture's defconfig with which a rule holds, and others with which it
    does not; see the head of cases.toml.
    """

    rule: str
    set: str
    version: str
    arch: str
    passes: list[str]
    fails: list[str]
    tree_only: bool = False
    snapshot_only: bool = False
    lines_only: bool = False
    cross_compile: str | None = None
    llvm: str | None = None
    plugins: bool = False

    @property
    def id(self) -> str:
        """What to call the test."""
        with_what = "-llvm" if self.llvm else "-plugins" if self.plugins else ""
        return f"{self.rule}-{self.version}-{self.arch}{with_what}"

    @property
    def rules(self) -> RuleSet:
        """The rule alone, with that about lost lines."""
        found = load_rules([self.set], date(2026, 11, 25))
        return RuleSet(
            found.titles,
            tuple(each for each in found.rules if each.facts.id in (self.rule, LINE_NOT_KEPT.id)),
        )


class _Cases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    case: list[Case]


CASES = msgspec.convert(tomllib.loads(FILE.read_text()), _Cases).case
