"""A check as GitHub's workflow commands: the worst findings beside the lines of the change.

A line of a step's output that begins with :: is a command to the runner, so nothing of a
config or a rule stands in one but escaped.
"""

from __future__ import annotations

from collections.abc import Sequence

from kcheck.checking import CheckReport, Status, Unread
from kcheck.report.check.context import Context
from kcheck.report.check.formats.markdown import document
from kcheck.report.check.helps import total, unread_said
from kcheck.report.check.places import published, shown
from kcheck.report.check.worded import Finding, findings

NAME = "github"
_ANNOTATIONS = 10
"""So many of a step are shown."""
_SUMMARY = 1024 * 1024
"""So many bytes of a step's summary are taken."""
_COMMANDS = {Status.FAIL: "error", Status.WARN: "warning"}


def render(report: CheckReport, context: Context) -> str:
    """A command for each of the worst findings, then the counts; summary() has all findings."""
    far = [shown(each.config, context).is_outside for each in report.configs]
    report = published(report, context)
    found = [
        (each, is_far)
        for checked, is_far in zip(report.configs, far, strict=True)
        for each in findings(checked)
        if each.status in _COMMANDS
    ]
    found.sort(key=lambda pair: pair[0].rank)
    commands = [_of_unread(each) for each in report.unread]
    commands += [_of_finding(*pair) for pair in found]
    lines = commands[:_ANNOTATIONS]
    if more := len(commands) - len(lines):
        lines.append(f"{more} more in the summary of the step")
    return "\n".join([*lines, total(report)]) + "\n"


def summary(report: CheckReport, context: Context) -> str:
    """Markdown for the step's summary, with all that the annotations have no room for."""
    return document(report, context, _SUMMARY)


def _of_unread(unread: Unread) -> str:
    return _command("error", {"title": "kcheck"}, (unread_said(unread),))


def _of_finding(finding: Finding, is_far: bool) -> str:
    properties = {"title": f"kcheck {finding.rule.id}"}
    said = [finding.sentence]
    if is_far:
        # A file that is not in the repository has no lines to show this beside.
        said[0] = f"{finding.location or finding.config}: {said[0]}"
    else:
        properties["file"] = finding.config
        properties["line"] = str(finding.line or 1)
    said += [each for each in (finding.rule.reason, finding.rule.advice) if each]
    return _command(_COMMANDS[finding.status], properties, said)


def _command(name: str, properties: dict[str, str], lines: Sequence[str]) -> str:
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {told}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
