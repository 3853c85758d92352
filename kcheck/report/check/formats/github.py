"""A check as GitHub's workflow commands: the worst findings beside the lines of the change.

A line of a step's output that begins with :: is a command to the runner, so nothing of a
config or a rule stands in one but escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kcheck.checking import CheckReport, Status, Unread
from kcheck.report.check.context import Context
from kcheck.report.check.formats.markdown import document
from kcheck.report.check.helps import Tally, unread_said
from kcheck.report.check.places import published, published_unread, shown
from kcheck.report.check.worded import Finding, findings

NAME = "github"
_ANNOTATIONS = 10
"""So many of a step are shown."""
_SUMMARY = 1024 * 1024
"""So many bytes of a step's summary are taken."""
_COMMANDS = {Status.FAIL: "error", Status.WARN: "warning"}


def render(report: CheckReport, context: Context) -> Iterator[str]:
    """A command for each of the worst findings, then the counts; summary() has all findings."""
    unread = published_unread(report, context)
    tally = Tally()
    count = len(unread)
    worst: list[tuple[Finding, bool]] = []
    for checked in tally.through(report.configs):
        is_far = shown(checked.config, context).is_outside
        found = [each for each in findings(published(checked, context)) if each.status in _COMMANDS]
        count += len(found)
        worst = sorted([*worst, *((each, is_far) for each in found)], key=_rank)[:_ANNOTATIONS]
    commands = [_of_unread(each) for each in unread]
    commands += [_of_finding(*pair) for pair in worst]
    lines = commands[:_ANNOTATIONS]
    if more := count - len(lines):
        lines.append(f"{more} more in the summary of the step")
    yield "\n".join([*lines, tally.total(len(unread))]) + "\n"


def _rank(pair: tuple[Finding, bool]) -> int:
    return pair[0].rank


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
