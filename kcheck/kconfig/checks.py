"""What conf refuses once all files are read, as far as one block shows it.

Dependencies that run in a circle show only in the finished tree: evaluate/loops.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    Property,
    SymbolType,
    TypeDeclaration,
)


def check(model: Model) -> None:
    """Raise KconfigSyntaxError for a tree that conf would refuse."""
    # Not by model.symbols, which takes longer to make than all of this.
    of_symbols: dict[str, list[Definition]] = {}
    for entry in model.entries:
        if isinstance(entry, Definition):
            of_symbols.setdefault(entry.symbol, []).append(entry)
    for definitions in of_symbols.values():
        for definition in definitions:
            if definition.transitional:
                _check_transitional(model, definition, definitions)
    if model.dialect.member_order_decides:
        _check_choices(model, of_symbols)


def _fail(location: Location, why: str) -> KconfigSyntaxError:
    return KconfigSyntaxError(f"{location}: {why}")


def _properties(definitions: Iterable[Definition]) -> Iterator[Property]:
    return (item for definition in definitions for item in definition.properties)


def _check_transitional(
    model: Model, definition: Definition, definitions: Sequence[Definition]
) -> None:
    """Only a type and help may stand with it (parser.y, transitional_check_sanity)."""
    for item in _properties(definitions):
        if not isinstance(item, TypeDeclaration):
            raise _fail(item.location, "transitional symbols can only have help sections")
    for block in model.enclosing(definition):
        if isinstance(block, If) or any(isinstance(item, Depends) for item in block.properties):
            raise _fail(
                definition.location,
                f"transitional symbols cannot depend on anything, as by {block.location}",
            )


def _check_choices(model: Model, of_symbols: Mapping[str, Sequence[Definition]]) -> None:
    """Prompts and types of choices since 6.9 (parser.y, config_stmt, choice_check_sanity)."""
    for index, names in model.choice_members.items():
        choice = model.entries[index]
        assert isinstance(choice, Choice)
        if not any(isinstance(item, Prompt) for item in choice.properties):
            raise _fail(choice.location, "choice must have a prompt")
        for name in names:
            definitions = of_symbols[name]
            inside = [each for each in definitions if _is_inside(model, each, index)]
            for definition in inside:
                if not any(isinstance(item, Prompt) for item in definition.properties):
                    raise _fail(definition.location, "choice member must have a prompt")
                if _type(model, name, definitions) is not SymbolType.BOOL:
                    raise _fail(definition.location, "choice member must be bool")
            for item in _properties(definitions):
                if isinstance(item, Default):
                    raise _fail(item.location, "defaults for choice values not supported")
            for definition in definitions:
                if definition not in inside and any(
                    isinstance(item, Prompt) for item in definition.properties
                ):
                    raise _fail(definition.location, "choice value has a prompt in another entry")


def _type(model: Model, name: str, definitions: Iterable[Definition]) -> SymbolType | None:
    """The symbol's type, that of its choice where none is declared."""
    for item in _properties(definitions):
        if isinstance(item, TypeDeclaration):
            return item.declares
    return model.types.get(name)


def _is_inside(model: Model, definition: Definition, choice: int) -> bool:
    return any(block is model.entries[choice] for block in model.enclosing(definition))
