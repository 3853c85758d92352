"""What conf refuses once all files are read, as far as one block shows it.

Dependencies that run in a circle show only in the finished tree: evaluate/loops.py.
"""

from __future__ import annotations

from kcheck.errors import KconfigSyntaxError
from kcheck.model import (
    Choice,
    Default,
    Definition,
    Depends,
    If,
    Location,
    Model,
    Prompt,
    SymbolType,
    TypeDeclaration,
)


def check(model: Model) -> None:
    """Raise KconfigSyntaxError for a tree that conf would refuse."""
    for definition in model.entries:
        if isinstance(definition, Definition) and definition.transitional:
            _check_transitional(model, definition)
    if model.dialect.member_order_decides:
        _check_choices(model)


def _fail(location: Location, why: str) -> KconfigSyntaxError:
    return KconfigSyntaxError(f"{location}: {why}")


def _check_transitional(model: Model, definition: Definition) -> None:
    """Only a type and help may stand with it (parser.y, transitional_check_sanity)."""
    for item in model.symbols[definition.symbol].properties:
        if not isinstance(item, TypeDeclaration):
            raise _fail(item.location, "transitional symbols can only have help sections")
    for block in model.enclosing(definition):
        if isinstance(block, If) or any(isinstance(item, Depends) for item in block.properties):
            raise _fail(
                definition.location,
                f"transitional symbols cannot depend on anything, as by {block.location}",
            )


def _check_choices(model: Model) -> None:
    """Prompts and types of choices since 6.9 (parser.y, config_stmt, choice_check_sanity)."""
    for index, names in model.choice_members.items():
        choice = model.entries[index]
        assert isinstance(choice, Choice)
        if not any(isinstance(item, Prompt) for item in choice.properties):
            raise _fail(choice.location, "choice must have a prompt")
        for name in names:
            symbol = model.symbols[name]
            inside = [each for each in symbol.definitions if _is_inside(model, each, index)]
            for definition in inside:
                if not any(isinstance(item, Prompt) for item in definition.properties):
                    raise _fail(definition.location, "choice member must have a prompt")
                if symbol.type is not SymbolType.BOOL:
                    raise _fail(definition.location, "choice member must be bool")
            for item in symbol.properties:
                if isinstance(item, Default):
                    raise _fail(item.location, "defaults for choice values not supported")
            for definition in symbol.definitions:
                if definition not in inside and any(
                    isinstance(item, Prompt) for item in definition.properties
                ):
                    raise _fail(definition.location, "choice value has a prompt in another entry")


def _is_inside(model: Model, definition: Definition, choice: int) -> bool:
    return any(block is model.entries[choice] for block in model.enclosing(definition))
