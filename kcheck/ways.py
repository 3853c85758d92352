"""The ways by which a symbol can come to be on, each with all its conditions."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kcheck.model import (
    And,
    Choice,
    Comment,
    Constant,
    Default,
    Definition,
    Depends,
    Entry,
    Expr,
    If,
    Imply,
    Location,
    Menu,
    Model,
    Not,
    Or,
    Prompt,
    Select,
    SymbolRef,
    VisibleIf,
)


class Term(msgspec.Struct, frozen=True):
    """One condition: what kind of line it is, the expression, where, and its probes."""

    what: str
    expr: Expr
    location: Location
    probes: tuple[int, ...] = ()


class Way(msgspec.Struct, frozen=True):
    """One way for a symbol to be on; all `terms` must hold.

    `kind` is prompt, default, select or imply; `by` the selecting symbol.  `location` is
    the line's, for a prompt that of its definition.
    """

    symbol: str
    kind: str
    location: Location
    terms: tuple[Term, ...]
    by: str | None = None


def needed(item: Depends) -> Expr:
    """What a `depends on` asks; with a condition, only where that is not n."""
    return item.expr if item.condition is None else Or((item.expr, Not(item.condition)))


def dependencies(model: Model, entry: Entry) -> Iterator[Term]:
    """The conditions that an entry stands under: its own, then those of what is around."""
    yield from _own_dependencies(entry)
    for block in model.enclosing(entry):
        yield from _own_dependencies(block)


def _own_dependencies(entry: Entry) -> Iterator[Term]:
    match entry:
        case If(condition, location, _, probes):
            yield Term("if", condition, location, probes)
        case Definition() | Choice() | Menu() | Comment():
            for item in entry.properties:
                if isinstance(item, Depends):
                    yield Term("depends on", needed(item), item.location, item.probes)


def visibility(model: Model, definition: Definition, prompt: Prompt) -> Iterator[Term]:
    """The conditions of a prompt beside the dependencies of its definition."""
    if prompt.condition is not None:
        yield Term("prompt if", prompt.condition, prompt.location, prompt.probes)
    for block in model.enclosing(definition):
        if isinstance(block, Menu):
            for item in block.properties:
                if isinstance(item, VisibleIf):
                    yield Term("visible if", item.expr, item.location, item.probes)
        elif isinstance(block, Choice):
            for each in block.properties:
                if isinstance(each, Prompt) and each.condition is not None:
                    yield Term("choice's prompt if", each.condition, each.location, each.probes)


def ways_on(model: Model, name: str) -> list[Way]:
    """Every way for `name` to be on, in the order: prompts, defaults, selects, implies."""
    symbol = model.symbols.get(name)
    if symbol is None:
        return []
    prompts: list[Way] = []
    defaults: list[Way] = []
    for definition in symbol.definitions:
        above = tuple(dependencies(model, definition))
        for item in definition.properties:
            if isinstance(item, Prompt):
                visible = tuple(visibility(model, definition, item))
                prompts.append(Way(name, "prompt", definition.location, above + visible))
            elif isinstance(item, Default) and (item.probes or item.value != Constant("n")):
                terms = (*_default_terms(item), *above)
                defaults.append(Way(name, "default", item.location, terms))
    pulls = [
        _pull(model, "select", definition, item) for definition, item in model.selects.get(name, ())
    ]
    direct = tuple(
        term for definition in symbol.definitions[:1] for term in dependencies(model, definition)
    )
    implied = [
        msgspec.structs.replace(way, terms=way.terms + direct)
        for way in (
            _pull(model, "imply", definition, item)
            for definition, item in model.implies.get(name, ())
        )
    ]
    return prompts + defaults + pulls + implied


def always_needed(model: Model, name: str) -> frozenset[str]:
    """The symbols without which the dependencies of `name` do not hold, near and far."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        symbol = model.symbols.get(waiting.pop())
        if symbol is None:
            continue
        named = [
            {operand for term in dependencies(model, each) for operand in _plain(term.expr)}
            for each in symbol.definitions
        ]
        new = set.intersection(*named) - found
        found |= new
        waiting.extend(new)
    return frozenset(found)


def _plain(expr: Expr) -> Iterator[str]:
    if isinstance(expr, SymbolRef):
        yield expr.name
    elif isinstance(expr, And):
        for each in expr.operands:
            yield from _plain(each)


def _default_terms(item: Default) -> Iterator[Term]:
    if item.value != Constant("y"):
        yield Term("default", item.value, item.location, item.probes)
    if item.condition is not None:
        yield Term("default if", item.condition, item.location, item.probes)


def _pull(model: Model, kind: str, definition: Definition, item: Select | Imply) -> Way:
    terms = [Term(f"{kind}ed by", SymbolRef(definition.symbol), item.location)]
    if item.condition is not None:
        terms.append(Term(f"{kind} if", item.condition, item.location, item.probes))
    terms += dependencies(model, definition)
    return Way(item.target, kind, item.location, tuple(terms), definition.symbol)
