"""A check as SARIF 2.1.0 for code scanning, one run an architecture."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from kcheck import __version__
from kcheck.checking import Basis, Checked, CheckReport, Status, Unread
from kcheck.model import Location
from kcheck.report.check.context import Context
from kcheck.report.check.helps import unread_said
from kcheck.report.check.linehash import line_hashes
from kcheck.report.check.places import (
    absolute,
    published,
    published_rules,
    published_unread,
    shown,
)
from kcheck.report.check.sarif_rules import rule_object
from kcheck.report.check.worded import Finding, findings
from kcheck.report.json import document_text, list_text

NAME = "sarif"
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_RUNS = 20
_RESULTS = 25_000
"""So many runs of a file, and results of a run, are taken."""
_RELATED = 100
"""So many places of a result are shown."""
_ROOT = "%SRCROOT%"
_TREE = "KERNEL"
_BASES = {
    _ROOT: {"description": {"text": "The repository that the configs lie in."}},
    _TREE: {"description": {"text": "The kernel tree that the configs were judged by."}},
}
"""Without addresses: they would tell of the machine that kcheck ran on."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_LINKS = re.compile(r"([\\\[\]])")


class _Told(msgspec.Struct, frozen=True):
    """A finding, the config that it is about, and the hash of its line."""

    finding: Finding
    checked: Checked
    line_hash: str
    is_outside: bool


class _Place(NamedTuple):
    """Where a finding stands in the report: the config's number, and its own on that config."""

    rank: int
    status: Status
    config: int
    finding: int


def render(report: CheckReport, context: Context) -> Iterator[str]:
    """The document: what fails and what is waived, the worst first where not all has room."""
    runs: dict[str, list[_Place]] = {}
    for number, given in enumerate(report.configs):
        checked = published(given, context)
        runs.setdefault(_arch(checked), []).extend(
            _Place(each.rank, each.status, number, place)
            for place, each in enumerate(findings(checked))
        )
    order = sorted(runs, key=lambda arch: _badness(runs[arch]))
    kept = order[:_RUNS] or ["unknown"]
    unread = published_unread(report, context)
    notices = [_notice("error", _unread(each)) for each in unread]
    if len(order) > len(kept):
        said = f"without room here: {', '.join(order[_RUNS:])}"
        notices.append(_notice("warning", said))
    by_id = {each.id: each for each in published_rules(report, context)}
    rules = [rule_object(each) for each in by_id.values()]
    numbers = {each: number for number, each in enumerate(by_id)}
    begin = document_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": []})
    yield begin.removesuffix("]\n}\n")
    for place, arch in enumerate(kept):
        # What concerns the whole is said once.
        run = _run(arch, rules, notices if place == 0 else [], runs.get(arch, []))
        run["invocations"][0]["executionSuccessful"] = bool(place) or not unread
        text = "\n" + document_text(run).removesuffix("\n}\n") + ',\n  "results": '
        yield ("," if place else "") + text.replace("\n", "\n    ")
        told = _told(report, context, sorted(runs.get(arch, []))[:_RESULTS])
        yield from list_text((_result(each, numbers) for each in told), 3)
        yield "\n    }"
    yield "\n  ]\n}\n"


def _arch(checked: Checked) -> str:
    arch = checked.arch or ("" if checked.target is None else checked.target.arch)
    return _UNSAFE.sub("-", arch) or "unknown"


def _told(report: CheckReport, context: Context, places: Sequence[_Place]) -> Iterator[_Told]:
    for number, some in groupby(places, key=lambda each: each.config):
        given = report.configs[number]
        checked = published(given, context)
        all_found = findings(checked)
        found = [all_found[each.finding] for each in some]
        text = context.text_of(absolute(given.config, context))
        hashes = {} if text is None else line_hashes(text, {each.line or 1 for each in found})
        is_outside = shown(given.config, context).is_outside
        for each in found:
            line_hash = hashes.get(each.line or 1) or _known_by(each)
            yield _Told(each, checked, line_hash, is_outside)


def _known_by(finding: Finding) -> str:
    """In place of a line that cannot be read: what it is about."""
    (found,) = line_hashes(f"{finding.symbol} {finding.asked}".replace("\n", " "), {1}).values()
    return found


def _badness(places: Sequence[_Place]) -> tuple[int, int]:
    """Runs with the most errors come first, of those the ones with the most warnings."""
    statuses = [each.status for each in places]
    return -statuses.count(Status.FAIL), -statuses.count(Status.WARN)


def _run(
    arch: str,
    rules: Sequence[dict[str, Any]],
    notices: Sequence[dict[str, Any]],
    places: Sequence[_Place],
) -> dict[str, Any]:
    """A run but for its results."""
    notices = list(notices)
    if len(places) > _RESULTS:
        notices.append(_notice("warning", f"{len(places) - _RESULTS} results have no room here"))
    driver = {"name": "kcheck", "version": __version__, "rules": list(rules)}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"kcheck/{arch}/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": _BASES,
        "invocations": [{"toolExecutionNotifications": notices}],
    }


def _notice(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": _message(text)}}


def _unread(unread: Unread) -> str:
    return f"not judged: {unread_said(unread)}"


def _result(told: _Told, numbers: dict[str, int]) -> dict[str, Any]:
    finding = told.finding
    made: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "level": finding.rule.severity.value,
        "message": {"text": _message(finding.sentence)},
        "locations": [_primary(told)],
        "partialFingerprints": {
            "primaryLocationLineHash": told.line_hash,
            "kcheckFinding/v1": _identity(finding),
        },
    }
    if finding.rule.id in numbers:
        made["ruleIndex"] = numbers[finding.rule.id]
    if finding.related:
        made["relatedLocations"] = [
            _related(number, each, told.checked)
            for number, each in enumerate(finding.related[:_RELATED], start=1)
        ]
    if finding.status is Status.WAIVED:
        made["suppressions"] = [_suppression(finding)]
    return made


def _primary(told: _Told) -> dict[str, Any]:
    finding = told.finding
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(finding.config), "uriBaseId": _ROOT},
            # Code scanning asks for a line even where the whole file is meant.
            "region": {"startLine": finding.line or 1},
        }
    }
    if told.is_outside:
        place["message"] = {"text": "The file lies outside the repository; this is its name alone."}
    return place


def _related(number: int, place: Location, checked: Checked) -> dict[str, Any]:
    """A Kconfig line, in the repository where the tree lies in it."""
    source = checked.target.source if checked.target and checked.basis is Basis.TREE else ""
    path = f"{source}/{place.file}".removeprefix("./")
    where = (path, _ROOT) if source else (place.file, _TREE)
    return {
        "id": number,
        "message": {"text": _message(str(place))},
        "physicalLocation": {
            "artifactLocation": {"uri": quote(where[0]), "uriBaseId": where[1]},
            "region": {"startLine": place.line},
        },
    }


def _suppression(finding: Finding) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "external", "status": "accepted"}
    if finding.waiver is not None:
        until = f"{finding.waiver.reason} (until {finding.waiver.until})"
        made["justification"] = until
    return made


def _identity(finding: Finding) -> str:
    parts = [finding.config, finding.rule.id, finding.symbol, finding.asked]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _message(text: str) -> str:
    """A message in which nothing is a link."""
    return _LINKS.sub(r"\\\1", text)
