"""The properties that every version's Kconfig knows, one function a keyword."""

from __future__ import annotations

from collections.abc import Callable

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.library import token_of
from kcheck.kconfig.statement import Statement
from kcheck.model import (
    Default,
    Depends,
    Imply,
    Prompt,
    Range,
    Select,
    SymbolType,
    VisibleIf,
)

ParseProperty = Callable[[Statement, Draft], None]

_ON = token_of("on")
_IF = token_of("if")


def _typed(declared: SymbolType) -> ParseProperty:
    def parse(statement: Statement, draft: Draft) -> None:
        if statement.at_end():
            draft.declare(declared, statement.location)
        else:
            _prompt(statement, draft)
            draft.declare(declared, statement.location)

    return parse


def _prompt(statement: Statement, draft: Draft) -> None:
    text = statement.string().lstrip()
    draft.properties.append(
        Prompt(text, statement.condition(), statement.location, statement.probes)
    )


def _default(statement: Statement, draft: Draft) -> None:
    value = statement.expr()
    draft.properties.append(
        Default(value, statement.condition(), statement.location, statement.probes)
    )


def _typed_default(declared: SymbolType) -> ParseProperty:
    def parse(statement: Statement, draft: Draft) -> None:
        _default(statement, draft)
        draft.declare(declared, statement.location)

    return parse


def _depends(statement: Statement, draft: Draft) -> None:
    if not statement.accept(_ON):
        raise statement.fail("'on' is missing after 'depends'")
    expr = statement.expr()
    statement.end()
    draft.properties.append(Depends(expr, None, statement.location, statement.probes))


def _select(statement: Statement, draft: Draft) -> None:
    target = statement.symbol()
    draft.properties.append(
        Select(target, statement.condition(), statement.location, statement.probes)
    )


def _imply(statement: Statement, draft: Draft) -> None:
    target = statement.symbol()
    draft.properties.append(
        Imply(target, statement.condition(), statement.location, statement.probes)
    )


def _range(statement: Statement, draft: Draft) -> None:
    low, high = statement.operand(), statement.operand()
    draft.properties.append(
        Range(low, high, statement.condition(), statement.location, statement.probes)
    )


def _visible(statement: Statement, draft: Draft) -> None:
    if not statement.accept(_IF):
        raise statement.fail("'if' is missing after 'visible'")
    expr = statement.expr()
    statement.end()
    draft.properties.append(VisibleIf(expr, statement.location, statement.probes))


COMMON: dict[str, ParseProperty] = {
    "bool": _typed(SymbolType.BOOL),
    "boolean": _typed(SymbolType.BOOL),
    "tristate": _typed(SymbolType.TRISTATE),
    "int": _typed(SymbolType.INT),
    "hex": _typed(SymbolType.HEX),
    "string": _typed(SymbolType.STRING),
    "prompt": _prompt,
    "default": _default,
    "def_bool": _typed_default(SymbolType.BOOL),
    "def_tristate": _typed_default(SymbolType.TRISTATE),
    "depends": _depends,
    "select": _select,
    "imply": _imply,
    "range": _range,
    "visible": _visible,
}

ALLOWED: dict[str, frozenset[str]] = {
    "config": frozenset(COMMON) - {"visible"},
    "choice": frozenset({"prompt", "default", "depends"}),
    "menu": frozenset({"depends", "visible"}),
    "comment": frozenset({"depends"}),
}
"""The keywords that may stand in each kind of block, in every version."""
