"""A check as one JSON document; docs/check.schema.json describes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from kcheck.checking import (
    Checked,
    CheckReport,
    Clash,
    Failing,
    Repair,
    Result,
    RuleFacts,
    Status,
    Waiver,
)
from kcheck.findings import Explanation
from kcheck.report.audit import lost_object
from kcheck.report.check.context import Context
from kcheck.report.check.helps import clash_said
from kcheck.report.check.worded import SEVERITY, cause, finding_of, headline
from kcheck.report.json import (
    SCHEMA,
    explanation_object,
    list_text,
    location_object,
    proof_object,
    target_object,
    why_on_object,
)

NAME = "json"


def render(report: CheckReport, context: Context) -> Iterator[str]:
    """The document, indented; all results are in it, whatever is shown elsewhere."""
    yield f'{{\n  "schema": {SCHEMA},\n  "rules": '
    yield from list_text(map(_rule, report.rules), 1)
    yield ',\n  "configs": '
    yield from list_text(map(_config, report.configs), 1)
    yield ',\n  "unread": '
    yield from list_text(map(msgspec.to_builtins, report.unread), 1)
    yield "\n}\n"


def _rule(rule: RuleFacts) -> dict[str, Any]:
    return {**msgspec.to_builtins(rule), "location": location_object(rule.location)}


def _config(checked: Checked) -> dict[str, Any]:
    target = checked.target
    return {
        "config": checked.config,
        "basis": checked.basis.value,
        "version": checked.version,
        "arch": checked.arch,
        "target": None if target is None else target_object(target, checked.config),
        "counts": {
            status.value: sum(each.status is status for each in checked.results)
            for status in Status
        },
        "results": [_result(each, checked.config) for each in checked.results],
        "fragment": None if checked.repair is None else _fragment(checked.repair),
        "clashes": [_clash(each) for each in checked.repair.clashes] if checked.repair else [],
        "notes": list(checked.notes),
    }


def _result(result: Result, config: str) -> dict[str, Any]:
    finding = finding_of(config, result)
    fails = result.status in SEVERITY
    return {
        "rule": result.rule.id,
        "status": result.status.value,
        "severity": result.rule.severity.value,
        "location": location_object(finding.location) if fails else None,
        "message": headline(result) if fails else "",
        "reason": cause(result) if fails else result.not_because,
        "failing": [_failing(each) for each in result.failing],
        "lost": None if result.lost is None else lost_object(result.lost),
        "waiver": None if result.waiver is None else _waiver(result.waiver),
        "related": [location_object(each) for each in finding.related],
    }


def _failing(failing: Failing) -> dict[str, Any]:
    why: dict[str, Any] | None = None
    if isinstance(failing.why, Explanation):
        why = explanation_object(failing.why)
    elif failing.why is not None:
        why = why_on_object(failing.why)
    return {
        "symbol": failing.symbol,
        "asked": failing.asked,
        "value": failing.value,
        "line": location_object(failing.line),
        "why": why,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "reason": waiver.reason,
        "until": waiver.until.isoformat(),
        "expired": waiver.expired,
        "location": location_object(waiver.location),
    }


def _fragment(repair: Repair) -> dict[str, Any]:
    return {
        "lines": list(repair.lines),
        "proved_minimal": repair.proved_minimal,
        "effects": [msgspec.to_builtins(each) for each in repair.effects],
        "lost": [msgspec.to_builtins(each) for each in repair.lost],
    }


def _clash(clash: Clash) -> dict[str, Any]:
    proof = clash.proof
    return {
        "rules": list(clash.rules),
        "text": clash_said(clash).text,
        "answers": [
            {**msgspec.to_builtins(each), "location": location_object(each.location)}
            for each in clash.answers
        ],
        "proof": None if proof is None else proof_object(proof),
    }
