"""What may be wrong with a rule file that fits its schema."""

from __future__ import annotations

import datetime
import difflib

import msgspec

from kcheck.model import Definition, Location, SymbolRef
from kcheck.policy.rules import RuleSet
from kcheck.trees.snapshot import listed, open_snapshot


class Doubt(msgspec.Struct, frozen=True):
    """Something to look at: where, and what."""

    location: Location
    text: str


def doubts(rules: RuleSet, today: datetime.date) -> tuple[Doubt, ...]:
    """Waivers that have run out, and symbols that no snapshot has, with names like theirs."""
    found: list[Doubt] = []
    known = _known_names()
    for rule in rules.rules:
        if rule.waiver is not None and rule.waiver.until < today:
            text = f"the waiver of '{rule.facts.id}' has run out on {rule.waiver.until}"
            found.append(Doubt(rule.waiver.location, text))
        for symbol in sorted(rule.symbols - known):
            near = difflib.get_close_matches(symbol, known, n=1, cutoff=0.85)
            hint = f"; did you mean {near[0]}?" if near else ""
            text = f"rule '{rule.facts.id}': no snapshot has {symbol}, so it takes a tree{hint}"
            place = rule.facts.location
            found += [] if place is None else [Doubt(place, text)]
    return tuple(found)


def _known_names() -> frozenset[str]:
    """Every symbol that some snapshot was sought for, or names in its lines."""
    found: set[str] = set()
    for each in listed():
        stored = open_snapshot(each).stored
        found |= stored.kept.asked
        found |= {
            entry.entry.symbol for entry in stored.entries if isinstance(entry.entry, Definition)
        }
        found |= {each.name for each in stored.operands if isinstance(each, SymbolRef)}
    return frozenset(found)
