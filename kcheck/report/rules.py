"""Rule sets and rules, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from kcheck.checking import RuleFacts
from kcheck.report.json import SCHEMA, document_text, location_object
from kcheck.report.layout import WIDTH, as_text, labelled, wrapped

_LABEL = 7


class SetFacts(msgspec.Struct, frozen=True):
    """A rule set: its name, its title, and how many rules it has, extended ones included."""

    name: str
    title: str
    rules: int


class ShownRule(msgspec.Struct, frozen=True):
    """A rule and where it applies, as (label, text) pairs."""

    facts: RuleFacts
    applies: tuple[tuple[str, str], ...]


def sets_text(sets: Sequence[SetFacts]) -> str:
    """A line or more for each set."""
    wide = max((len(each.name) for each in sets), default=0)
    lines: list[str] = []
    for each in sets:
        head = f"{each.name:<{wide}}  {each.rules:>2} rules  "
        rows = wrapped(each.title.split(), " ", WIDTH - len(head))
        lines += [head + rows[0], *(" " * len(head) + row for row in rows[1:])]
    return as_text(lines)


def sets_json(sets: Sequence[SetFacts]) -> str:
    """The document, indented; see docs/rules.schema.json."""
    return document_text({"schema": SCHEMA, "sets": [msgspec.to_builtins(each) for each in sets]})


def rules_text(rules: Sequence[ShownRule]) -> str:
    """A paragraph for each rule."""
    lines: list[str] = []
    for each in rules:
        facts = each.facts
        place = f"   {facts.location}" if facts.location else ""
        lines.append(f"{facts.severity.value}[{facts.id}]{place}")
        pairs = (
            ("asks", facts.asks),
            *each.applies,
            ("why", facts.reason),
            ("do", facts.advice),
            ("source", facts.source),
        )
        for label, text in pairs:
            lines += labelled(label, wrapped(text.split(), " ", WIDTH - _LABEL - 4), _LABEL)
        lines.append("")
    return as_text(lines)


def rules_json(rules: Sequence[ShownRule]) -> str:
    """The document, indented; see docs/rules.schema.json."""
    return document_text({"schema": SCHEMA, "rules": [_rule(each) for each in rules]})


def _rule(shown: ShownRule) -> dict[str, Any]:
    facts = shown.facts
    return {
        "rule": facts.id,
        "severity": facts.severity.value,
        "asks": facts.asks,
        "applies": dict(shown.applies),
        "reason": facts.reason,
        "source": facts.source,
        "advice": facts.advice,
        "location": location_object(facts.location),
    }
