"""A check as GitLab's code quality report."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import msgspec

from kcheck.checking import CheckReport, Status
from kcheck.report.check.context import Context
from kcheck.report.check.helps import unread_said
from kcheck.report.check.places import published, shown
from kcheck.report.check.worded import Finding, findings

NAME = "gitlab"
_SEVERITIES = {Status.FAIL: "major", Status.WARN: "minor"}


def render(report: CheckReport, context: Context) -> str:
    """A list of all that fails and is not waived; configs that could not be judged come first."""
    outside = [shown(each.config, context).is_outside for each in report.configs]
    report = published(report, context)
    seen: Counter[tuple[str, ...]] = Counter()
    issues = [
        _issue(
            f"not judged: {unread_said(each)}",
            "unread",
            _fingerprint(("unread", each.config), seen),
            "blocker",
            each.config,
            1,
        )
        for each in report.unread
    ]
    for checked, is_outside in zip(report.configs, outside, strict=True):
        for finding in findings(checked):
            if finding.status in _SEVERITIES:
                issues.append(_of(finding, is_outside, seen))
    return msgspec.json.format(msgspec.json.encode(issues), indent=2).decode() + "\n"


def _of(finding: Finding, is_outside: bool, seen: Counter[tuple[str, ...]]) -> dict[str, Any]:
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


def _fingerprint(parts: tuple[str, ...], seen: Counter[tuple[str, ...]]) -> str:
    """The same as long as config, rule and symbol are, wherever the line stands."""
    number = seen[parts]
    seen[parts] += 1
    return hashlib.sha256(msgspec.json.encode([*parts, number])).hexdigest()
