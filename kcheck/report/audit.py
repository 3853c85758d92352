"""An audit as text for a terminal and as one JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import msgspec

from kcheck.auditing import Audit, Lost, Remedy
from kcheck.dotconfig import quoted
from kcheck.model import Location, SymbolType, TargetFacts, Tri
from kcheck.report.causes import line_name, loss_lines
from kcheck.report.json import SCHEMA, document_text, location_object, target_object
from kcheck.report.layout import WIDTH, Line, Places, as_text, labelled, laid_out, wrapped
from kcheck.report.text import Subject, subject_line

_LABEL = 4
_COLUMN = 40
"""Values stand behind the lines, at most so far to the right; longer lines push theirs."""
_IDLE_SHOWN = 8


def audit_text(found: Audit, subject: Subject, assumptions: Sequence[str]) -> str:
    """The report, lines separated by newlines, with one at the end."""
    about = wrapped(subject_line(subject).split("  "), "  ", WIDTH - 2)
    lines = [_headline(found), *(f"  {row}" for row in about)]
    width = max((len(str(each.line.line)) for each in found.lost), default=1)
    short = _short_names(found.files)
    all_lost: tuple[Lost, ...] = _renamed(found.lost, short)
    for file in found.files:
        lost = [each for each in all_lost if each.line.file == short[file]]
        if not lost:
            continue
        before = 2
        if len(found.files) > 1:
            lines.append(f"  {file}")
            before = 4
        column = min(max(len(each.text) for each in lost), _COLUMN)
        for each in lost:
            lines += _lost(each, before, width, column)
    lines += _remedy(_renamed(found.remedy, short), _only(tuple(short.values())))
    notes = [*_idle(found), *assumptions]
    for note in notes:
        lines += labelled("note", wrapped(note.split(), " ", WIDTH - _LABEL - 4), _LABEL)
    return as_text(lines)


def _headline(found: Audit) -> str:
    lost, total = len(found.lost), found.checked
    lines = "line" if total == 1 else f"{total} lines"
    if lost == 0:
        said = f"the {lines} survives" if total == 1 else f"all {lines} survive"
    elif lost == total:
        said = f"the {lines} does not survive" if total == 1 else f"none of {lines} survives"
    else:
        said = f"{lost} of {lines} {'does' if lost == 1 else 'do'} not survive"
    named = f"{', '.join(found.files)}: {said}"
    many = len(found.files) > 1 and len(named) > WIDTH
    return f"{len(found.files)} fragments: {said}" if many else named


def _short_names(files: Sequence[str]) -> dict[str, str]:
    """Names without their folders, where no two files have the same."""
    names = {file: PurePath(file).name for file in files}
    count = Counter(names.values())
    return {file: name if count[name] == 1 else file for file, name in names.items()}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """`value` with the files of all places in it called by `names`."""
    if isinstance(value, Location):
        return Location(names.get(value.file, value.file), value.line)
    if isinstance(value, tuple):
        return tuple(_renamed(each, names) for each in value)
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.asdict(value).items()
        return msgspec.structs.replace(
            value, **{name: _renamed(each, names) for name, each in fields}
        )
    return value


def _only(files: tuple[str, ...]) -> str:
    """The file whose lines go by their numbers: the only one."""
    return files[0] if len(files) == 1 else ""


def _lost(lost: Lost, before: int, width: int, column: int) -> list[str]:
    margin = " " * before
    said = f"{margin}{lost.line.line:>{width}}  {lost.text:<{column}}".rstrip("\r")
    became = f"-> {_got(lost)}"
    indent = before + width + 4
    if len(f"{said}  {became}") <= WIDTH:
        rows = [f"{said}  {became}"]
    else:
        # A line of a .config is to be copied, and so is never broken.
        rows = [said.rstrip(), *laid_out(Line(became), indent)]
    for line in loss_lines(lost):
        rows += laid_out(line, indent)
    return rows


def _got(lost: Lost) -> str:
    if lost.symbol is None:
        return "not read"
    if lost.type is SymbolType.UNKNOWN:
        return "not defined"
    if lost.got is None:
        return "no value"
    return quoted(lost.got) if lost.type is SymbolType.STRING else lost.got


def _remedy(remedy: Remedy, file: str) -> list[str]:
    clashes = [set(clash) for clash in remedy.clashes]
    drops = [drop for drop in remedy.drops if {drop.line, *drop.saved} not in clashes]
    rows: list[str] = []
    for drop in drops:
        saved = _lines(drop.saved, file)
        survive = "survives" if len(drop.saved) == 1 else "survive"
        rows += _row(f"drop {line_name(drop.line, file)}, and {saved} {survive}")
    for each in remedy.clashes:
        solved = any(drop.line in each and {drop.line, *drop.saved} >= {*each} for drop in drops)
        if len(each) > 1 and not solved:
            rows += _row(f"{_lines(each, file)} cannot {_all(len(each))} hold: drop one")
    if alone := tuple(each[0] for each in remedy.clashes if len(each) == 1):
        rows += _row(f"{_lines(alone, file)} cannot hold here")
    report = labelled("fix", rows, _LABEL)
    if remedy.add:
        others = "all other lines survive" if remedy.clashes else "all lines survive"
        report += labelled("add", [*remedy.add, f"with which {others}"], _LABEL)
    return report


def _row(text: str) -> list[str]:
    return wrapped(text.split(), " ", WIDTH - _LABEL - 4)


def _all(number: int) -> str:
    return "both" if number == 2 else "all"


def _lines(places: tuple[Location, ...], file: str) -> str:
    """`line 4`, `lines 4 and 5`; with their files where there are several."""
    if any(place.file != file for place in places):
        named = Places()
        names = [named.name(place) for place in places]
        prefix = ""
    else:
        names = [str(place.line) for place in places]
        prefix = "line " if len(places) == 1 else "lines "
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return prefix + listed


def _idle(found: Audit) -> list[str]:
    """What is off as asked because it is not there: right, or misspelt."""
    if not found.idle:
        return []
    one_file = len(found.files) == 1
    shown = [
        f"{each.symbol} (line {each.line.line})" if one_file else f"{each.symbol}"
        for each in found.idle[:_IDLE_SHOWN]
    ]
    more = len(found.idle) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more else "")
    return [f"asked off, and not defined here at all: {listed}"]


def audit_json(
    found: Audit, target: TargetFacts, base: str, fragments: Sequence[str], notes: Sequence[str]
) -> str:
    """The document, indented, with a newline at the end; see docs/audit.schema.json."""
    return document_text(
        {
            "schema": SCHEMA,
            "target": target_object(target, base),
            "fragments": list(fragments),
            "checked": found.checked,
            "survived": found.checked - len(found.lost),
            "lines": [lost_object(each) for each in found.lost],
            "not_defined": [
                {**_place_keys(each.line), "symbol": each.symbol} for each in found.idle
            ],
            "fix": {
                "drop": [
                    {
                        "line": location_object(each.line),
                        "saved": [location_object(place) for place in each.saved],
                    }
                    for each in found.remedy.drops
                ],
                "clashes": [
                    [location_object(place) for place in clash] for clash in found.remedy.clashes
                ],
                "add": None if found.remedy.add is None else list(found.remedy.add),
            },
            "assumptions": list(notes),
        }
    )


def _place_keys(place: Location) -> dict[str, Any]:
    return {"file": place.file, "line": place.line}


def lost_object(lost: Lost) -> dict[str, Any]:
    """A line that does not survive, with the causes in words and as objects."""
    return {
        **_place_keys(lost.line),
        "text": lost.text,
        "symbol": lost.symbol,
        "asked": lost.asked,
        "got": lost.got,
        "reason": "; ".join(sentence(line) for line in loss_lines(lost)),
        "causes": [_plain(cause) for cause in lost.causes],
    }


def sentence(line: Line) -> str:
    """A statement in one line, its place in brackets."""
    place = f"({line.place})" if line.place else ""
    return " ".join(part for part in (line.text, line.note, place) if part)


def _plain(value: Any) -> Any:
    """A cause as an object, with its kind; places as objects, too."""
    if isinstance(value, Location):
        return location_object(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, msgspec.Struct):
        tag = value.__struct_config__.tag
        kind = {} if tag is None else {"kind": tag}
        fields = {name: _plain(each) for name, each in msgspec.structs.asdict(value).items()}
        return {**kind, **fields}
    return str(value) if isinstance(value, Tri) else msgspec.to_builtins(value)
