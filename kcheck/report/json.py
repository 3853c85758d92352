"""An explanation as one JSON document; docs/explain.schema.json describes it."""

from __future__ import annotations

from typing import Any

import msgspec

from kcheck.findings import Explanation, Reason
from kcheck.model import Location, TargetFacts

SCHEMA = 1


def explanation_json(found: Explanation, target: TargetFacts, config: str) -> str:
    """The document, indented, with a newline at the end."""
    suggestion = found.suggestion
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "symbol": found.symbol,
        "type": found.type.value,
        "value": found.value,
        "verdict": found.verdict.value,
        "target": {
            "version": target.version,
            "arch": target.arch,
            "srcarch": target.srcarch,
            "compiler": target.compiler,
            "config": config,
            "probes": target.probes,
            "source": target.source,
        },
        "definitions": [_location(each) for each in found.definitions],
        "reasons": [_reason(each) for each in found.reasons],
        "waits_on": list(found.waits_on),
        "conditions": [
            {
                "kind": each.what,
                "text": each.text,
                "location": _location(each.location),
                "holds": each.holds,
            }
            for each in found.conditions
        ],
        "origins": [msgspec.to_builtins(each) for each in found.origins],
        "rests_on": list(found.rests_on),
        "assumptions": list(found.assumptions),
        "plan": None
        if suggestion is None
        else {
            "lines": list(suggestion.lines),
            "proved_minimal": False,
            "verified_by": "evaluator",
            "lost": list(suggestion.lost),
            "effects": {"changed": suggestion.changed},
        },
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _location(location: Location | None) -> dict[str, Any] | None:
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
        "location": _location(info.pop("location", None)),
    }
    for name, value in info.items():
        node[name] = _plain(value)
    node["children"] = [_reason(child) for child in children]
    return node


def _plain(value: Any) -> Any:
    if isinstance(value, Location):
        return _location(value)
    if isinstance(value, Reason):
        return _reason(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return msgspec.to_builtins(value)
