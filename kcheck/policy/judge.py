"""One config held against rules: what holds, and of what does not, why."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kcheck.auditing import Lost
from kcheck.checking import Clash, Failing, Repair, Result, Severity, Status
from kcheck.dotconfig import DotConfig
from kcheck.evaluate.nodes import TRISTATES
from kcheck.explain.answer import explained, not_defined
from kcheck.explain.why_on import kept_on
from kcheck.findings import Explanation, Unreachable, Verdict, WhyOn
from kcheck.model import Location, SymbolType, Tri
from kcheck.policy.conditions import Compared, On, Term, symbols_of, text_of
from kcheck.policy.rules import Rule
from kcheck.policy.scope import Surroundings, why_not
from kcheck.policy.values import Value, Values, failing_terms, holds
from kcheck.solve.session import Session


class Judged(msgspec.Struct, frozen=True):
    """A rule, what came of it, and the terms for whose sake it does not hold."""

    rule: Rule
    status: Status
    not_because: str = ""
    terms: tuple[Term, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the config is to have it: the rule applies and is not waived."""
        return self.status in (Status.PASS, Status.FAIL, Status.WARN)


def judged(rules: Sequence[Rule], around: Surroundings, values: Values) -> tuple[Judged, ...]:
    """Each rule that asks something held against `values`."""
    return tuple(_judged(rule, around, values) for rule in rules if rule.ask is not None)


def _judged(rule: Rule, around: Surroundings, values: Values) -> Judged:
    assert rule.ask is not None
    reason = why_not(rule.scope, around)
    where = rule.scope.where
    if not reason and where is not None and not holds(where, values):
        reason = f"only where {text_of(where)}"
    if reason:
        return Judged(rule, Status.NOT_APPLICABLE, reason)
    terms = failing_terms(rule.ask, values)
    if not terms:
        names = dict.fromkeys(symbols_of(rule.ask))
        if not any(values.of(name).is_defined for name in names):
            return Judged(rule, Status.NOT_APPLICABLE, f"{', '.join(names)} not defined here")
        return Judged(rule, Status.PASS)
    return Judged(rule, status_of(rule), "", terms)


def status_of(rule: Rule) -> Status:
    """What it amounts to that the rule does not hold."""
    if rule.waiver is not None and not rule.waiver.expired:
        return Status.WAIVED
    return Status.FAIL if rule.facts.severity is Severity.ERROR else Status.WARN


def passed(each: Judged) -> Result:
    """The result of a rule that holds or does not apply."""
    return Result(each.rule.facts, each.status, (), each.rule.waiver, each.not_because)


def not_kept(rule: Rule, lost: Sequence[Lost]) -> list[Result]:
    """The results of a rule about lines that do not survive: one for each, or that there are
    none.
    """
    status = status_of(rule)
    return [Result(rule.facts, status, (), rule.waiver, "", each) for each in lost] or [
        Result(rule.facts, Status.PASS)
    ]


class Reasons:
    """Says why terms do not hold, with the session that looked for a repair.

    Without a session only the config's own lines are known.
    """

    def __init__(
        self,
        values: Values,
        config: DotConfig,
        session: Session | None = None,
        repair: Repair | None = None,
    ) -> None:
        self._values = values
        self._config = config
        self._session = session
        self._repair = repair
        self._told: dict[str, Explanation | WhyOn | None] = {}

    def result(self, each: Judged) -> Result:
        """The result of a rule."""
        if not each.terms:
            return passed(each)
        failing = tuple(self._failing(term, each.rule) for term in each.terms)
        return Result(each.rule.facts, each.status, failing, each.rule.waiver, each.not_because)

    def _failing(self, term: Term, rule: Rule) -> Failing:
        value = self._values.of(term.symbol)
        line = self._config.last(term.symbol)
        place = None if line is None else Location(self._config.name, line.number)
        # What conf has for a number that it does not write is nobody's business.
        is_unwritten = isinstance(term, On) and value.type not in (*TRISTATES, SymbolType.UNKNOWN)
        text = "" if is_unwritten else value.text
        return Failing(term.symbol, text_of(term), text, place, self._why(term, value, rule))

    def _why(self, term: Term, value: Value, rule: Rule) -> Explanation | WhyOn | None:
        session = self._session
        if session is None or not session.model.knows(term.symbol):
            return None
        symbol = session.model.symbols.get(term.symbol)
        if symbol is None:
            return not_defined(session.model, term.symbol)
        if term.symbol not in self._told:
            is_logical = symbol.type in TRISTATES
            if isinstance(term, On) or (is_logical and _wants_more(term, value)):
                verdict, proof = self._verdict(rule)
                self._told[term.symbol] = explained(session, self._config, symbol, verdict, proof)
            else:
                self._told[term.symbol] = kept_on(session, self._config, symbol, None)
        return self._told[term.symbol]

    def _verdict(self, rule: Rule) -> tuple[Verdict, Unreachable | None]:
        """What the repair has found out about the rule."""
        alone = self._alone(rule)
        if alone is not None:
            if alone.answers or alone.proof is None:
                return Verdict.BLOCKED, None
            return Verdict.IMPOSSIBLE, Unreachable(alone.proof)
        gives_up = self._repair is not None and self._repair.lost
        return (Verdict.CONFLICT if gives_up else Verdict.REACHABLE), None

    def _alone(self, rule: Rule) -> Clash | None:
        """The clash that says that the rule cannot hold at all."""
        for clash in self._repair.clashes if self._repair is not None else ():
            if clash.rules == (rule.facts.id,):
                return clash
        return None


def _wants_more(term: Term, value: Value) -> bool:
    """Whether a tristate is lower than the term asks."""
    if not isinstance(term, Compared) or term.value not in ("n", "m", "y"):
        return False
    wanted, has = (Tri("nmy".index(each)) for each in (term.value, value.text))
    return has < wanted or (has == wanted and has == Tri.N)
