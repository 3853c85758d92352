"""What follows from a plan's lines: what comes on and by what, what goes off, what shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kcheck.dotconfig import quoted
from kcheck.evaluate.changes import Base
from kcheck.evaluate.valuation import SymbolState, Valuation
from kcheck.findings import Effect
from kcheck.model import Definition, Imply, Model, Select, SymbolType, Tri

_TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)


def as_lines(model: Model, values: Mapping[str, str]) -> tuple[str, ...]:
    """The values as a fragment's lines."""
    return tuple(_line(model, name, value) for name, value in values.items())


def _line(model: Model, name: str, value: str) -> str:
    symbol_type = model.symbols[name].type
    if symbol_type is SymbolType.STRING:
        return f"CONFIG_{name}={quoted(value)}"
    if symbol_type in _TRISTATES and value == "n":
        return f"# CONFIG_{name} is not set"
    return f"CONFIG_{name}={value}"


def as_written(symbol_type: SymbolType, state: SymbolState) -> str | None:
    """The value as .config has it: what conditions see of a number without a line is no value."""
    return state.value if state.written or symbol_type in _TRISTATES else None


def effects(
    model: Model, before: Valuation, after: Valuation, names: Iterable[str]
) -> tuple[Effect, ...]:
    """Those of `names` whose value differs."""
    found: list[Effect] = []
    for name in names:
        old, new = before.state(name), after.state(name)
        if old.value != new.value:
            cause, by = _cause(model, after, name, new.tri < old.tri)
            symbol_type = model.symbols[name].type
            found.append(
                Effect(name, as_written(symbol_type, old), as_written(symbol_type, new), cause, by)
            )
    return tuple(found)


def _cause(model: Model, after: Valuation, name: str, lower: bool) -> tuple[str, str | None]:
    state = after.state(name)
    if model.symbols[name].type not in _TRISTATES:
        return ("value" if state.written else "gone"), None
    if lower:
        return "dependency", None
    if state.tri != Tri.N and state.selected >= state.tri:
        return "select", _puller(after, model.selects.get(name, ()))
    if state.user is not None and state.visibility != Tri.N:
        return "line", None
    if state.implied != Tri.N:
        return "imply", _puller(after, model.implies.get(name, ()))
    return "default", None


def _puller(after: Valuation, pulls: tuple[tuple[Definition, Select | Imply], ...]) -> str | None:
    for definition, item in pulls:
        if min(after.state(definition.symbol).tri, after.tri(item.condition)) != Tri.N:
            return definition.symbol
    return None


def newly_visible(before: Valuation, after: Valuation, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that have a prompt now, which nobody has answered."""
    return tuple(
        name
        for name in names
        if before.state(name).visibility == Tri.N
        and after.state(name).visibility != Tri.N
        and after.state(name).user is None
    )


def in_order(base: Base, values: Mapping[str, str]) -> dict[str, str]:
    """The values with those first that others hang on."""
    return dict(sorted(values.items(), key=lambda pair: base.rank(pair[0])))
