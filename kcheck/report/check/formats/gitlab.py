"""A check as GitLab's code quality report."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from kcheck.checking import CheckReport, Status
from kcheck.report.check.context import Context
from kcheck.report.check.helps import unread_said
from kcheck.report.check.places import published, published_unread, shown
from kcheck.report.check.worded import Finding, findings
from kcheck.report.json import list_text

NAME = "gitlab"
_SEVERITIES = {Status.FAIL: "major", Status.WARN: "minor"}


def render(report: CheckReport, context: Context) -> Iterator[str]:
    """A list of all that fails and is not waived; configs that could not be judged come first."""
    yield from list_text(_issues(report, context))
    yield "\n"


def _issues(report: CheckReport, context: Context) -> Iterator[dict[str, Any]]:
    seen: Counter[bytes] = Counter()
    for each in published_unread(report, context):
        yield _issue(
            f"not judged: {unread_said(each)}",
            "unread",
            _fingerprint(("unread", each.config), seen),
            "blocker",
            each.config,
            1,
        )
    for checked in report.configs:
        is_outside = shown(checked.config, context).is_outside
        for finding in findings(published(checked, context)):
            if finding.status in _SEVERITIES:
                yield _of(finding, is_outside, seen)


def _of(finding: Finding, is_outside: bool, seen: Counter[bytes]) -> dict[str, Any]:
    note = " (in a file outside the repository)" if is_outside else ""
    return _issue(
        finding.sentence + note,
        finding.rule.id,
        _fingerprint((finding.config, finding.rule.id, finding.symbol, finding.asked), seen),
        _SEVERITIES[finding.status],
        finding.config,
        finding.line or 1,
    )


def _issue(
    description: str, check: str, fingerprint: str, severity: str, path: str, line: int
) -> dict[str, Any]:
    return {
        "description": description,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }


def _fingerprint(parts: tuple[str, ...], seen: Counter[bytes]) -> str:
    """The same as long as config, rule and symbol are, wherever the line stands."""
    which = hashlib.blake2b(msgspec.json.encode(parts), digest_size=16).digest()
    number = seen[which]
    seen[which] += 1
    return hashlib.sha256(msgspec.json.encode([*parts, number])).hexdigest()
