"""A check as a JUnit report: one case for each rule and config."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from kcheck.checking import Checked, CheckReport, Result, Status, Unread
from kcheck.report.check.context import Context
from kcheck.report.check.helps import fix_label, judged_by, notes_of, unread_said
from kcheck.report.check.places import published, published_unread
from kcheck.report.check.worded import SEVERITY, finding_of

NAME = "junit"
_COUNTS = ("tests", "failures", "errors")
_FAILURES = (Status.FAIL, Status.WARN)
_ORDER = (*SEVERITY, Status.PASS, Status.NOT_APPLICABLE)


def render(report: CheckReport, context: Context) -> Iterator[str]:
    """A suite for each config; one that could not be judged is an error."""
    root = ElementTree.Element("testsuites", {"name": "kcheck"})
    counts = Counter(dict.fromkeys(_COUNTS, 0))
    for suite in _suites(report, context):
        counts.update({key: int(suite.attrib[key]) for key in _COUNTS})
    for key in _COUNTS:
        root.set(key, str(counts[key]))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    begin = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    end = f"</{root.tag}>"
    yield begin.removesuffix(end)
    for suite in _suites(report, context):
        ElementTree.indent(suite, level=1)
        text = ElementTree.tostring(suite, encoding="unicode")
        yield f"\n  {text}"
    yield f"\n{end}\n"


def _suites(report: CheckReport, context: Context) -> Iterator[ElementTree.Element]:
    # What XML has no way to write is gone in what is published.
    for checked in report.configs:
        yield _suite(published(checked, context))
    for unread in published_unread(report, context):
        yield _of_unread(unread)


def _suite(checked: Checked) -> ElementTree.Element:
    by_rule: dict[str, list[Result]] = {}
    for result in checked.results:
        by_rule.setdefault(result.rule.id, []).append(result)
    cases = [_case(checked.config, results) for results in by_rule.values()]
    suite = ElementTree.Element("testsuite", {"name": checked.config})
    properties = ElementTree.SubElement(suite, "properties")
    basis = {"name": "judged by", "value": "  ".join(judged_by(checked))}
    ElementTree.SubElement(properties, "property", basis)
    suite.extend(cases)
    _count(suite, cases)
    told = list(notes_of(checked))
    if checked.repair is not None and checked.repair.lines:
        told += [fix_label(checked.repair), *checked.repair.lines]
    if told:
        ElementTree.SubElement(suite, "system-out").text = "\n".join(told)
    return suite


def _count(suite: ElementTree.Element, cases: Sequence[ElementTree.Element]) -> None:
    suite.set("tests", str(len(cases)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(sum(case.find(tag) is not None for case in cases)))


def _case(config: str, results: Sequence[Result]) -> ElementTree.Element:
    """All results of one rule, the worst of which decides."""
    rule = results[0].rule
    case = ElementTree.Element("testcase", {"classname": config, "name": rule.id})
    worst = min((each.status for each in results), key=_ORDER.index)
    same = [finding_of(config, each) for each in results if each.status is worst]
    if worst in _FAILURES:
        said = [f"{each.location or config}: {each.sentence}" for each in same]
        said += [each for each in (rule.reason, rule.advice) if each]
        kind = SEVERITY[worst]
        message = same[0].headline if len(same) == 1 else f"{len(same)} findings"
        told = ElementTree.SubElement(case, "failure", {"type": kind, "message": message})
        told.text = "\n".join(said)
    elif worst is Status.WAIVED:
        waiver = next((each.waiver for each in same if each.waiver), None)
        reason = f" until {waiver.until}: {waiver.reason}" if waiver else ""
        ElementTree.SubElement(case, "skipped", {"message": f"waived{reason}"})
    elif worst is Status.NOT_APPLICABLE:
        message = f"not applicable: {results[0].not_because}"
        ElementTree.SubElement(case, "skipped", {"message": message})
    return case


def _of_unread(unread: Unread) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", {"name": unread.config})
    case = ElementTree.SubElement(suite, "testcase", {"classname": unread.config, "name": "judged"})
    message = unread_said(unread)
    ElementTree.SubElement(case, "error", {"type": "unread", "message": message})
    _count(suite, [case])
    return suite
