"""An explanation as one JSON document; docs/explain.schema.json describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from kcheck.findings import (
    Costly,
    Explanation,
    NeedsToolchain,
    Plan,
    Proof,
    Reachable,
    Reason,
    Solution,
    Unreachable,
    WhyOn,
)
from kcheck.model import Location, TargetFacts
from kcheck.printable import encodable, legible_json

SCHEMA = 1


def explanation_json(found: Explanation, target: TargetFacts, config: str) -> str:
    """The document, indented, with a newline at the end."""
    about = {"target": target_object(target, config)}
    return document_text({"schema": SCHEMA, **_head(found), **about, **_body(found)})


def explanation_object(found: Explanation) -> dict[str, Any]:
    """All that the document says, but for the target."""
    return {**_head(found), **_body(found)}


def _head(found: Explanation) -> dict[str, Any]:
    return {
        "symbol": found.symbol,
        "type": found.type.value,
        "value": found.value,
        "verdict": found.verdict.value,
    }


def _body(found: Explanation) -> dict[str, Any]:
    return {
        "definitions": [location_object(each) for each in found.definitions],
        "reasons": [_reason(each) for each in found.reasons],
        "waits_on": list(found.waits_on),
        "conditions": [
            {
                "kind": each.what,
                "text": each.text,
                "location": location_object(each.location),
                "holds": each.holds,
            }
            for each in found.conditions
        ],
        "origins": [msgspec.to_builtins(each) for each in found.origins],
        "rests_on": list(found.rests_on),
        "assumptions": list(found.assumptions),
        **solution_object(found.solution),
    }


def why_on_json(found: WhyOn, target: TargetFacts, config: str) -> str:
    """What keeps a symbol on, as a document of its own kind."""
    head = {"symbol": found.symbol, "value": found.value}
    about = {"target": target_object(target, config)}
    return document_text({"schema": SCHEMA, **head, **about, **_kept(found)})


def why_on_object(found: WhyOn) -> dict[str, Any]:
    """All that the document says, but for the target."""
    return {"symbol": found.symbol, "value": found.value, **_kept(found)}


def _kept(found: WhyOn) -> dict[str, Any]:
    return {
        "definitions": [location_object(each) for each in found.definitions],
        "kept_by": [msgspec.to_builtins(each) for each in found.kept_by],
        **solution_object(found.solution),
    }


def document_text(document: dict[str, Any]) -> str:
    """A document as text."""
    return _text(document) + "\n"


def list_text(items: Iterable[Any], level: int = 0) -> Iterator[str]:
    """A list as document_text has it, in pieces, so deep in a document."""
    inner = "\n" + "  " * (level + 1)
    begin = "["
    for item in items:
        text = _text(item)
        # A line end within a text is written in another way.
        yield begin + inner + text.replace("\n", inner)
        begin = ","
    yield "[]" if begin == "[" else "\n" + "  " * level + "]"


def _text(value: Any) -> str:
    try:
        made = msgspec.json.encode(value)
    except UnicodeEncodeError:
        made = msgspec.json.encode(_encodable(msgspec.to_builtins(value)))
    return legible_json(msgspec.json.format(made, indent=2).decode())


def _encodable(value: Any) -> Any:
    """The value with all its texts encodable."""
    match value:
        case str():
            return encodable(value)
        case dict():
            return {_encodable(key): _encodable(each) for key, each in value.items()}
        case list() | tuple():
            return [_encodable(each) for each in value]
        case _:
            return value


def target_object(target: TargetFacts, config: str) -> dict[str, Any]:
    """What was asked about."""
    return {
        "version": target.version,
        "arch": target.arch,
        "srcarch": target.srcarch,
        "compiler": target.compiler,
        "config": config,
        "probes": target.probes,
        "source": target.source,
    }


def solution_object(solution: Solution | None) -> dict[str, Any]:
    """The keys `plan`, `alternatives`, `answers` and `proof`."""
    keys: dict[str, Any] = {"plan": None, "alternatives": [], "answers": [], "proof": None}
    match solution:
        case Reachable(plan, alternatives) | Costly(plan, alternatives):
            keys["plan"] = _plan(plan)
            keys["alternatives"] = [_plan(each) for each in alternatives]
        case NeedsToolchain(answers, plan):
            keys["plan"] = _plan(plan)
            keys["answers"] = [
                msgspec.to_builtins(each) | {"location": location_object(each.location)}
                for each in answers
            ]
        case Unreachable(proof):
            keys["proof"] = proof_object(proof)
        case None:
            pass
    return keys


def proof_object(proof: Proof) -> dict[str, Any]:
    """What cannot hold together with what is wanted."""
    return {
        "certain": proof.certain,
        "core": [
            {
                "symbol": each.symbol,
                "text": each.text,
                "location": location_object(each.location),
            }
            for each in proof.core
        ],
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "lines": list(plan.lines),
        "proved_minimal": plan.proved_minimal,
        "fewest_changes": plan.fewest_changes,
        "verified_by": plan.verified_by,
        "effects": [msgspec.to_builtins(each) for each in plan.effects],
        "lost": [msgspec.to_builtins(each) for each in plan.lost],
        "newly_visible": list(plan.newly_visible),
    }


def location_object(location: Location | None) -> dict[str, Any] | None:
    """File and line; null for no place."""
    if location is None:
        return None
    return {"file": location.file, "line": location.line}


def _reason(reason: Reason) -> dict[str, Any]:
    """A reason as an object: kind, symbol, value and location first, then what is its own."""
    info = msgspec.structs.asdict(reason)
    children = [*info.pop("children", ()), *info.pop("arms", ())]
    node: dict[str, Any] = {
        "kind": reason.__struct_config__.tag,
        "symbol": info.pop("symbol", None),
        "value": info.pop("value", None),
        "location": location_object(info.pop("location", None)),
    }
    for name, value in info.items():
        node[name] = _plain(value)
    node["children"] = [_reason(child) for child in children]
    return node


def _plain(value: Any) -> Any:
    if isinstance(value, Location):
        return location_object(value)
    if isinstance(value, Reason):
        return _reason(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return msgspec.to_builtins(value)
