"""Rules as SARIF describes them, for code scanning's page of an alert."""

from __future__ import annotations

from typing import Any

from kcheck.checking import RuleFacts
from kcheck.report.check.formats.markdown import marked

_LONGEST = 1024
"""So many characters of a description are taken."""


def rule_object(rule: RuleFacts) -> dict[str, Any]:
    """A rule; no description of it is empty."""
    asks = rule.asks.strip() or rule.id
    reason = rule.reason.strip() or asks
    parts = [f"Asks for {asks}.", rule.reason, rule.advice]
    source = [rule.source] if rule.source.strip() else []
    kept = [each for each in parts if each.strip()]
    made: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": cut(asks)},
        "fullDescription": {"text": cut(reason)},
        "help": {
            "text": "\n".join([*kept, *source]),
            "markdown": "\n\n".join(map(marked, [*kept, *source])),
        },
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"problem.severity": rule.severity.value, "tags": ["kconfig"]},
    }
    if rule.source.startswith(("https://", "http://")) and not set(rule.source) & set(
        ' <>"{}|\\^`'
    ):
        made["helpUri"] = rule.source
    return made


def cut(text: str) -> str:
    """A text, or its beginning where it is longer than taken."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
