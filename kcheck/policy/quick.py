"""Configs on which all rules hold, told as quickly as they come.

Where one does not hold there is more to say: a cause, and what helps.
"""

from __future__ import annotations

from kcheck.checking import Checked
from kcheck.dotconfig import DotConfig
from kcheck.evaluate.near import Near
from kcheck.evaluate.nodes import TRISTATES
from kcheck.explain.audit import is_misread, misread_lines
from kcheck.model import Tri
from kcheck.policy.check import Prepared
from kcheck.policy.ground import Ground, PartlyKnown, surroundings
from kcheck.policy.judge import judged, not_kept, passed
from kcheck.policy.rules import RuleSet
from kcheck.policy.sieve import Sieve
from kcheck.policy.values import ABSENT, Value
from kcheck.question import header_notes
from kcheck.solve.known import Known


class NearValues:
    """The values of the .config that was read last."""

    def __init__(self, near: Near, known: frozenset[str]) -> None:
        self._near = near
        self._known = known

    def of(self, symbol: str) -> Value:
        """The symbol's value."""
        if symbol not in self._known:
            return ABSENT
        found = self._near.symbol(symbol)
        is_on = found.tri != Tri.N if found.type in TRISTATES else found.written
        return Value(found.type, found.value, is_on, True)


class Quick:
    """Holds `rules` against configs that are judged by `ground`, one after the other."""

    def __init__(self, ground: Ground, rules: RuleSet) -> None:
        self.ground = ground
        self._known = Known()
        self._rules = rules
        self._dialect = ground.narrow.dialect
        self._near = Near(ground.narrow)
        self._settable = ground.settable & rules.symbols
        names = ground.narrow.symbols.keys() | rules.symbols | ground.tells
        self._sieve = Sieve(names, self._dialect)
        self._names = frozenset(ground.narrow.symbols)

    def lines(self, content: bytes, name: str) -> DotConfig:
        """The lines of a .config that passed() looks at, and that tell its architecture."""
        return self._sieve.lines(content, name)

    def passed(self, config: DotConfig, notes: tuple[str, ...]) -> Checked | None:
        """What kcheck.policy.check.check says of a config of which all rules hold, but for lines
        that cannot be read; None where that is not so, or not told so quickly.

        `config` is what lines() has given.  Raises ConfigError for one that is another
        architecture's.
        """
        ground = self.ground
        of_header = header_notes(config, ground.loaded)
        if not self._near.can_follow or not self._near.read(ground.narrowed(config)):
            return None
        computed = NearValues(self._near, self._names)
        values = PartlyKnown(ground.loaded.model, computed, config) if ground.unknown else computed
        found = judged(self._rules.rules, surroundings(ground, values), values)
        if any(each.terms for each in found) or not self._keeps(config):
            return None
        results = [passed(each) for each in found]
        unread = tuple(misread_lines(config, self._dialect)) if self._sieve.has_misread else ()
        for rule in self._rules.rules:
            if rule.ask is None:
                results += not_kept(rule, unread)
        return ground.checked(config, results, None, (*notes, *ground.notes(of_header)))

    def prepared(self) -> Prepared:
        """What is known of the last config."""
        return Prepared(self._near.base(), self._known, self._sieve.has_misread)

    def close(self) -> None:
        """Let go of all that it holds; nothing can be asked any more."""
        self._near.close()
        self._known.close()

    def _keeps(self, config: DotConfig) -> bool:
        """Whether every line survives that somebody wants: of a whole .config those that rules are
        about and that somebody can set.
        """
        wanted = self._names if config.header is None else self._settable
        told: set[str] = set()
        for line in config.lines:
            name = line.symbol
            if name not in wanted or is_misread(line, self._dialect):
                continue
            symbol = self._near.symbol(name)
            if name in told or not symbol.has_user:
                return False
            told.add(name)
            is_logical = symbol.type in TRISTATES
            asked = "nmy"[symbol.user_tri] if is_logical else symbol.user_text
            if asked != (symbol.value if symbol.written else "n" if is_logical else None):
                return False
        return True
