"""Which lines of fragments survive being merged onto a base, and why the others do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import msgspec

from kcheck.auditing import (
    Audit,
    Cause,
    Lost,
    Refused,
    Superseded,
    Unreadable,
)
from kcheck.dotconfig import DotConfig, Line, MergeRule
from kcheck.errors import ConfigError
from kcheck.evaluate.conf import alldefconfig
from kcheck.evaluate.program import deep_recursion
from kcheck.evaluate.valuation import Valuation
from kcheck.explain.lost import TRISTATES, Causes
from kcheck.explain.merge import Merged, merged, without
from kcheck.explain.remedy import drops, remedy
from kcheck.explain.setters import Setters
from kcheck.explain.unknown import unknown_names
from kcheck.model import Dialect, Location, Model, SymbolType
from kcheck.solve.session import Session

_NAME = re.compile(r"[A-Za-z0-9_]+\Z")
_MEANT_UNSET = re.compile(r"#\s*CONFIG_\w+\s+is\s+not\s+set\b")


def audit(
    model: Model,
    base: DotConfig | None,
    fragments: tuple[DotConfig, ...],
    rule: MergeRule,
) -> Audit:
    """Audit `fragments` merged onto `base` in their order, or without any the base itself.

    Values are those of `make KCONFIG_ALLCONFIG=MERGED alldefconfig`, as merge_config.sh
    takes them.  Raises ConfigError where one of the files audited sets nothing.
    """
    parts = (*((base,) if base is not None else ()), *fragments)
    audited = {part.name: part for part in fragments or parts}
    for part in audited.values():
        if not any(_is_setting(line, model.dialect) for line in part.lines):
            raise ConfigError(f"{part.name}: no line of it sets a symbol")
    if not audited:
        raise ConfigError("there is nothing to audit: name a fragment, or a .config by --config")
    files = frozenset(audited)
    merge = merged(model, parts, rule)
    with deep_recursion():
        valuation = alldefconfig(model, merge.config).valuation
        checks = _Checks(model, valuation, merge, files)
        found = [each for part in audited.values() for each in checks.of(part)]
        named = checks.with_unknown(found)

        @cache
        def valued_without(place: Location) -> Valuation:
            rest = merged(model, without(parts, place), rule)
            return alldefconfig(model, rest.config).valuation

        def survives(place: Location, each: Lost) -> bool:
            return each.asked == final_value(valued_without(place), each.symbol)

        lost = tuple(each for each in named if not _is_idle(each))
        dropped = drops(lost, files, survives)
        return Audit(
            files=tuple(audited),
            checked=sum(
                _is_setting(line, model.dialect) for part in audited.values() for line in part.lines
            ),
            lost=lost,
            idle=tuple(each for each in named if _is_idle(each)),
            remedy=remedy(Session(model, merge.config), checks.goals(audited), lost, dropped),
        )


def lost_lines(model: Model, valuation: Valuation, config: DotConfig) -> tuple[Lost, ...]:
    """The lines of `config` that do not survive in what conf makes of it, `valuation`.

    Left out are those that ask off what is not defined.
    """
    merge = merged(model, (config,), MergeRule.NAMES)
    with deep_recursion():
        checks = _Checks(model, valuation, merge, frozenset({config.name}))
        found = checks.with_unknown(list(checks.of(config)))
    return tuple(each for each in found if not _is_idle(each))


def final_value(valuation: Valuation, name: str | None) -> str | None:
    """The symbol's value as the final .config has it, n where it says nothing of a bool or
    tristate; None where it says nothing of another, or the symbol is not defined.
    """
    symbol = valuation.model.symbols.get(name) if name is not None else None
    if symbol is None:
        return None
    state = valuation.state(symbol.name)
    if state.written:
        return state.value
    return "n" if symbol.type in TRISTATES else None


def _is_idle(lost: Lost) -> bool:
    """Whether the line asks off what is not defined, and so has what it asks."""
    return lost.type is SymbolType.UNKNOWN and lost.symbol is not None and lost.asked == "n"


def _is_setting(line: Line, dialect: Dialect) -> bool:
    """Whether the line sets a symbol, or was meant to."""
    return line.symbol is not None or is_misread(line, dialect)


def misread_lines(config: DotConfig, dialect: Dialect) -> Iterator[Lost]:
    """The lines that conf passes over though they are no comments."""
    for line in config.lines:
        if is_misread(line, dialect):
            place = Location(config.name, line.number)
            yield Lost(place, line.text, None, SymbolType.UNKNOWN, None, None, (Unreadable(),))


def is_misread(line: Line, dialect: Dialect) -> bool:
    """Whether conf passes over a line that is no comment."""
    return _passed_over(line.text, line.symbol, dialect.strict_comment, dialect.strict_not_set)


@lru_cache(maxsize=1 << 12)
def _passed_over(text: str, symbol: str | None, strict_comment: bool, strict_not_set: bool) -> bool:
    text = text.removesuffix("\r")
    if not text:
        return False
    if not text.startswith("#"):
        return symbol is None or _NAME.match(symbol) is None
    if not _MEANT_UNSET.match(text):
        return False
    bad_start = strict_comment and not text.startswith("# ")
    bad_end = strict_not_set and not text.endswith(" is not set")
    return symbol is None or bad_start or bad_end


class _Checks:
    """Lines held against their outcome."""

    def __init__(
        self, model: Model, valuation: Valuation, merge: Merged, files: frozenset[str]
    ) -> None:
        self._model = model
        self._valuation = valuation
        self._merge = merge
        setters = Setters(model, valuation, merge.places, files)
        self._causes = Causes(model, valuation, setters)

    def of(self, part: DotConfig) -> Iterator[Lost]:
        """The lines of one file that do not survive."""
        for line in part.lines:
            if is_misread(line, self._model.dialect):
                yield from misread_lines(DotConfig(part.name, (line,)), self._model.dialect)
            elif line.symbol is not None:
                yield from self._setting(Location(part.name, line.number), line, line.symbol)

    def with_unknown(self, found: list[Lost]) -> list[Lost]:
        """`found`, with what is known of symbols that are not defined."""
        names = {
            each.symbol
            for each in found
            if each.symbol is not None and each.symbol not in self._model.symbols
        }
        unknown = unknown_names(self._model, names)
        return [
            msgspec.structs.replace(each, causes=(unknown[each.symbol],))
            if each.symbol in unknown
            else each
            for each in found
        ]

    def goals(self, audited: dict[str, DotConfig]) -> dict[Location, str]:
        """What the lines want that count for their symbols and that conf takes."""
        return {
            counting.place: f"{symbol}={self._merge.asked[counting.place]}"
            for symbol, counting in self._merge.counting.items()
            if counting.place.file in audited and counting.place in self._merge.asked
        }

    def _setting(self, place: Location, line: Line, name: str) -> Iterator[Lost]:
        symbol = self._model.symbols.get(name)
        raw = "n" if line.value is None else line.value.removesuffix("\r")
        got = final_value(self._valuation, name)
        asked = self._merge.asked.get(place)
        text = line.text.removesuffix("\r")
        if symbol is None:
            yield Lost(place, text, name, SymbolType.UNKNOWN, raw, None, ())
            return
        is_unset = line.value is None and symbol.type not in TRISTATES
        if got == (raw if asked is None else asked) or (is_unset and got is None):
            return
        counting = self._merge.counting[name]
        causes: tuple[Cause, ...]
        if asked is None:
            causes = (Refused(symbol.type),)
        elif self._merge.asked.get(counting.place) != asked:
            causes = (Superseded(counting.place, counting.text),)
        else:
            causes = self._causes.of(symbol, asked)
        yield Lost(place, text, name, symbol.type, raw if asked is None else asked, got, causes)
