"""One config held against rules by a tree, a snapshot, or its own lines."""

from __future__ import annotations

from collections.abc import Container, Sequence

import msgspec

from kcheck.checking import Basis, Checked, Repair, Result, Status
from kcheck.dotconfig import DotConfig
from kcheck.evaluate.changes import Base
from kcheck.evaluate.conf import olddefconfig
from kcheck.explain.assumptions import left_out
from kcheck.explain.audit import is_misread, lost_lines
from kcheck.policy.ground import (
    Ground,
    PartlyKnown,
    surroundings,
    written_surroundings,
)
from kcheck.policy.judge import Judged, Reasons, judged, not_kept
from kcheck.policy.repair import repair
from kcheck.policy.rules import Rule, RuleSet
from kcheck.policy.values import ComputedValues, Values, WrittenValues
from kcheck.question import about, header_notes
from kcheck.solve.known import Known
from kcheck.solve.session import Session


def check_by_lines(config: DotConfig, rules: RuleSet, notes: tuple[str, ...]) -> Checked:
    """Hold the rules against what the lines of `config` say, with nothing to compute them by."""
    values = WrittenValues(config)
    around = written_surroundings(config, values)
    found = judged(rules.rules, around, values)
    reasons = Reasons(values, config)
    untold = "no tree or snapshot tells what becomes of a line"
    results = [reasons.result(each) for each in found]
    results += [
        Result(rule.facts, Status.NOT_APPLICABLE, (), rule.waiver, untold)
        for rule in rules.rules
        if rule.ask is None
    ]
    arch, version = config.header or ("", "")
    return Checked(config.name, Basis.VALUES, arch, version, None, tuple(results), None, notes)


class Prepared(msgspec.Struct, frozen=True):
    """What is known of a .config already, for a ground that is whole: it as conf reads it, where
    that can be told; what was found for others like it; whether there may be a line that conf
    cannot read.
    """

    base: Base | None = None
    known: Known | None = None
    has_misread: bool = True


_NOTHING = Prepared()


def check(
    config: DotConfig,
    rules: RuleSet,
    ground: Ground,
    notes: tuple[str, ...] = (),
    prepared: Prepared = _NOTHING,
) -> Checked:
    """Hold the rules against what conf makes of `config`.

    Raises ConfigError for a config that is another architecture's.
    """
    case = _Case(config, rules, ground, prepared)
    found = case.judge(())
    helped = repair(case.session, [each for each in found if case.is_known(each)], case.judge_known)
    reasons = Reasons(case.values(()), config, case.session, helped)
    results = [reasons.result(each) for each in found]
    for rule in rules.rules:
        if rule.ask is None:
            results += case.not_kept(rule)
    return ground.checked(config, results, helped, (*notes, *case.notes(helped)))


class _Case:
    """One config, and what conf makes of it."""

    def __init__(
        self,
        config: DotConfig,
        rules: RuleSet,
        ground: Ground,
        prepared: Prepared,
    ) -> None:
        self._config = config
        self._rules = rules
        self._ground = ground
        self._header_notes = header_notes(config, ground.loaded)
        self._model = ground.loaded.model
        self._is_whole = config.header is not None
        self._narrowed = ground.narrowed(config)
        kept = self._narrowed if ground.is_whole else about(config, self._model)
        self.session = Session(self._model, kept, base=prepared.base, known=prepared.known)
        self._has_misread = prepared.has_misread
        self._first = (
            self.session.valuation
            if ground.is_whole
            else olddefconfig(ground.narrow, self._narrowed).valuation
        )

    def values(self, lines: tuple[str, ...]) -> Values:
        """The symbols' values with `lines` behind the config."""
        valuation = self.session.with_lines(lines) if lines else self._first
        computed = ComputedValues(valuation)
        if not self._ground.unknown:
            return computed
        return PartlyKnown(self._model, computed, self._config)

    def judge(self, lines: tuple[str, ...]) -> Sequence[Judged]:
        """The rules held against the config with `lines` behind it."""
        values = self.values(lines)
        return judged(self._rules.rules, surroundings(self._ground, values), values)

    def judge_known(self, lines: tuple[str, ...]) -> Sequence[Judged]:
        """Likewise, of the rules that do not rest on what a snapshot does not have."""
        return [each for each in self.judge(lines) if self.is_known(each)]

    def is_known(self, each: Judged) -> bool:
        """Whether the model knows all that the rule names."""
        return self._ground.unknown.isdisjoint(each.rule.symbols)

    def not_kept(self, rule: Rule) -> list[Result]:
        """The lines that do not survive, each a result; or one that says that all do."""
        if self._is_whole:
            # A whole .config is a record of what came out; of those lines only the ones that
            # rules are about are taken for what somebody wants, and those that conf cannot read.
            asked = self._lines(self._ground.settable & self._rules.symbols)
            lost = lost_lines(self._ground.narrow, self._first, asked)
        else:
            # A snapshot does not know all that a tree does.
            is_tree = self._model.kept is None
            asked = self._config if is_tree else self._lines(self._model.symbols)
            lost = lost_lines(self._model, self.session.valuation, asked)
        return not_kept(rule, lost)

    def _lines(self, symbols: Container[str | None]) -> DotConfig:
        """Those about `symbols`, and those that conf cannot read."""
        dialect = self._model.dialect
        lines = [
            line
            for line in self._config.lines
            if line.symbol in symbols or (self._has_misread and is_misread(line, dialect))
        ]
        return DotConfig(self._config.name, tuple(lines))

    def notes(self, helped: Repair | None) -> tuple[str, ...]:
        """What the answer rests on."""
        of_plan = left_out(self._model) if helped is not None and helped.lines else ()
        return self._ground.notes(self._header_notes, of_plan)
