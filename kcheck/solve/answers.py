"""A model in which what probes answered can be otherwise, to see what another toolchain allows.

Each answer that stands in a property becomes a symbol of its own with a prompt, which the
base sets to what was answered: another answer is then a line like any other.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kcheck.evaluate.numbers import is_valid
from kcheck.latest import Latest
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Default,
    Definition,
    Depends,
    Entry,
    Expr,
    If,
    Imply,
    Location,
    Model,
    Not,
    Operand,
    Or,
    Prompt,
    Property,
    Range,
    Select,
    SymbolRef,
    SymbolType,
    TypeDeclaration,
    VisibleIf,
)

_LOGICAL = ("y", "n")


class FreeAnswers(msgspec.Struct, frozen=True):
    """The model with symbols in place of answers; for each symbol the probe's index."""

    model: Model
    probes: dict[str, int]

    def lines(self) -> tuple[str, ...]:
        """What the base has to say for the answers to be as they were."""
        return tuple(
            f"CONFIG_{name}={_written(self.model.probes[index].answer)}"
            for name, index in self.probes.items()
        )


def free_answers(model: Model) -> FreeAnswers:
    """`model` with its probes' answers free; that of the model asked about last is kept."""
    return _latest.of(model)


def _freed(model: Model) -> FreeAnswers:
    freeing = _Freeing(model)
    entries = tuple(freeing.entry(each) for each in model.entries)
    added = tuple(freeing.definitions())
    mentioned = (*model.mentioned, *(SymbolRef(name) for name in freeing.probes))
    freed = msgspec.structs.replace(model, entries=entries + added, mentioned=mentioned)
    return FreeAnswers(freed, freeing.probes)


_latest: Latest[Model, FreeAnswers] = Latest(_freed, 1)


def _type(answer: str) -> SymbolType:
    if answer in _LOGICAL:
        return SymbolType.BOOL
    for symbol_type in (SymbolType.INT, SymbolType.HEX):
        if is_valid(symbol_type, answer) and (symbol_type is SymbolType.INT or answer[:2] == "0x"):
            return symbol_type
    return SymbolType.STRING


def _written(answer: str) -> str:
    if _type(answer) is not SymbolType.STRING:
        return answer
    escaped = answer.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Freeing:
    """Rewrites entries; `probes` collects the symbols that it invents."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._asked: dict[tuple[str, str], str] = {}
        self.probes: dict[str, int] = {}

    def definitions(self) -> Iterable[Definition]:
        """The invented symbols, each with a prompt."""
        nowhere = Location("", 0)
        for name, index in self.probes.items():
            declared = TypeDeclaration(_type(self._model.probes[index].answer), nowhere)
            yield Definition(name, nowhere, -1, (declared, Prompt(name, None, nowhere)))

    def entry(self, entry: Entry) -> Entry:
        """The entry with free answers."""
        if isinstance(entry, If):
            if not entry.probes:
                return entry
            return msgspec.structs.replace(
                entry, condition=self._expr(entry.condition, entry.probes)
            )
        if not any(getattr(item, "probes", ()) for item in entry.properties):
            return entry
        properties = tuple(self._property(item) for item in entry.properties)
        return msgspec.structs.replace(entry, properties=properties)

    def _property(self, item: Property) -> Property:
        if isinstance(item, TypeDeclaration) or not item.probes:
            return item
        probes = item.probes
        match item:
            case Depends():
                return msgspec.structs.replace(
                    item,
                    expr=self._expr(item.expr, probes),
                    condition=self._condition(item.condition, probes),
                )
            case VisibleIf():
                return msgspec.structs.replace(item, expr=self._expr(item.expr, probes))
            case Default():
                return msgspec.structs.replace(
                    item,
                    value=self._expr(item.value, probes),
                    condition=self._condition(item.condition, probes),
                )
            case Range():
                return msgspec.structs.replace(
                    item,
                    low=self._operand(item.low, probes),
                    high=self._operand(item.high, probes),
                    condition=self._condition(item.condition, probes),
                )
            case Prompt() | Select() | Imply():
                return msgspec.structs.replace(
                    item, condition=self._condition(item.condition, probes)
                )

    def _condition(self, expr: Expr | None, probes: tuple[int, ...]) -> Expr | None:
        return None if expr is None else self._expr(expr, probes)

    def _expr(self, expr: Expr, probes: tuple[int, ...]) -> Expr:
        match expr:
            case SymbolRef() | Constant():
                return self._operand(expr, probes)
            case Not(operand):
                return Not(self._expr(operand, probes))
            case And(operands):
                return And(tuple(self._expr(each, probes) for each in operands))
            case Or(operands):
                return Or(tuple(self._expr(each, probes) for each in operands))
            case Comparison(relation, left, right):
                return Comparison(
                    relation, self._operand(left, probes), self._operand(right, probes)
                )

    def _operand(self, operand: Operand, probes: tuple[int, ...]) -> Operand:
        """The symbol for an operand that an answer gave; the operand itself otherwise."""
        text = operand.name if isinstance(operand, SymbolRef) else operand.text
        if isinstance(operand, SymbolRef) and text in self._model.symbols:
            return operand
        index = next(
            (each for each in reversed(probes) if self._model.probes[each].answer == text), None
        )
        if index is None:
            return operand
        # The same question has one answer, however often it is asked.
        key = (self._model.probes[index].command, text)
        if key not in self._asked:
            self._asked[key] = f"$answer{len(self._asked)}"
            self.probes[self._asked[key]] = index
        return SymbolRef(self._asked[key])
