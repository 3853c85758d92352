"""What the running system says about livepatching, as text for a terminal and as JSON."""

from __future__ import annotations

from typing import Any, assert_never

import msgspec

from kcheck.doctor.effects import Effect
from kcheck.doctor.examine import Checkup, Item, Outlook
from kcheck.doctor.facts import OptionOff, Topic
from kcheck.report.facts import meaning_of, value_of
from kcheck.report.json import SCHEMA, document_text
from kcheck.report.layout import WIDTH, as_text, labelled, wrapped

_NAMES = {
    Topic.LIVEPATCH: "LIVEPATCH",
    Topic.FOLDER: "in sysfs",
    Topic.STACK_TRACES: "stack traces",
    Topic.MODULES: "modules",
    Topic.SIGNATURES: "signatures",
    Topic.LOCKDOWN: "lockdown",
    Topic.FTRACE: "ftrace_enabled",
    Topic.PATCH: "patch",
    Topic.TAINTED: "tainted",
    Topic.KALLSYMS: "kallsyms",
    Topic.POINTERS: "kptr_restrict",
}
_ORDER = (Effect.BLOCKS, Effect.DEFEATS, Effect.KNOW, Effect.UNKNOWN, Effect.FINE)
_LABEL = max(len(effect.value) for effect in _ORDER)
_WIDEST = 15
"""Letters of a value that has a column; a longer one (a patch's name) has a row of its own."""


def doctor_text(found: Checkup) -> str:
    """The verdict, then every fact with what it means, what stands in the way first."""
    about = f"linux {found.release}  {found.machine}  {found.config or 'no config found'}"
    lines = [*wrapped(headline(found).split(" "), " ", WIDTH), f"  {about}"]
    name = max(len(_NAMES[item.topic]) for item in found.items)
    values = [len(value_of(item.fact)) for item in found.items]
    value = max((each for each in values if each <= _WIDEST), default=0)
    for effect in _ORDER:
        rows: list[str] = []
        for item in found.items:
            if item.effect is effect:
                rows += _rows(item, name, value)
        lines += labelled(effect.value, rows, _LABEL) if rows else []
    for passed_over in found.passed_over:
        rows = wrapped(f"passed over {passed_over}".split(" "), " ", WIDTH - _LABEL - 4)
        lines += labelled("note", rows, _LABEL)
    for step in _next(found):
        lines += labelled("next", [step], _LABEL)
    return as_text(lines)


def _rows(item: Item, name: int, value: int) -> list[str]:
    said = value_of(item.fact)
    before = f"{_NAMES[item.topic]:<{name}}  {said:<{value}}"
    words = meaning_of(item.fact).split(" ")
    rows = wrapped(words, " ", WIDTH - _LABEL - 4 - name - value - 4)
    indent = " " * (name + value + 4)
    if len(said) > value:
        return [before, *(indent + row for row in rows)]
    return [f"{before}  {rows[0]}", *(indent + row for row in rows[1:])]


def headline(found: Checkup) -> str:
    """The verdict in one sentence."""
    unknown = _counted(found.count(Effect.UNKNOWN), "fact", " unknown")
    signed = ", if it is signed" if found.must_be_signed else ""
    match found.outlook:
        case Outlook.REFUSED:
            reasons = _counted(found.count(Effect.BLOCKS), "reason")
            return f"a livepatch cannot be loaded: {reasons}"
        case Outlook.WITHOUT_EFFECT:
            return f"a livepatch can be loaded{signed}, but changes nothing"
        case Outlook.UNSEEN:
            return f"whether a livepatch can be loaded cannot be seen ({unknown})"
        case Outlook.LOADABLE:
            seen = f", as far as can be seen ({unknown})" if found.count(Effect.UNKNOWN) else ""
            return f"a livepatch can be loaded{signed}{seen}"
        case _:
            assert_never(found.outlook)


def _counted(number: int, what: str, behind: str = "") -> str:
    return f"{number} {what}{'' if number == 1 else 's'}{behind}"


def _next(found: Checkup) -> list[str]:
    """What tells how LIVEPATCH can be had: without a tree named it is about this kernel."""
    if not any(isinstance(item.fact, OptionOff) for item in found.items):
        return []
    return ["kcheck explain LIVEPATCH"]


def doctor_json(found: Checkup) -> str:
    """The document, indented, with a newline at the end; see docs/doctor.schema.json."""
    return document_text(
        {
            "schema": SCHEMA,
            "outlook": found.outlook.value,
            "must_be_signed": found.must_be_signed,
            "blocked_by": found.count(Effect.BLOCKS),
            "unknown": found.count(Effect.UNKNOWN),
            "system": {
                "release": found.release,
                "machine": found.machine,
                "config": found.config,
                "trees": list(found.trees),
            },
            "facts": [_fact_object(item) for item in found.items],
            "passed_over": list(found.passed_over),
        }
    )


def _fact_object(item: Item) -> dict[str, Any]:
    details = msgspec.to_builtins(item.fact)
    return {
        "about": item.topic.value,
        "state": details.pop("type"),
        "effect": item.effect.value,
        "meaning": meaning_of(item.fact),
        "details": details,
    }
