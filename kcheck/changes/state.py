"""What a model says of one symbol, statement by statement, whatever lines it is spread over.

A condition is split at its `&&`, and an `if` block's counts like a `depends on`, since that
is what conf makes of both (menu.c, menu_finalize).  So two models say the same where people
would say that nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kcheck.changes.canonical import conjuncts
from kcheck.changes.statements import (
    Answer,
    ChoiceDefault,
    ChoiceWith,
    Condition,
    Conditions,
    DependsOn,
    HasDefault,
    HasRange,
    ImpliedBy,
    PromptIf,
    Said,
    SelectedBy,
    Statements,
    condition_key,
)
from kcheck.model import (
    And,
    Choice,
    Constant,
    Default,
    Definition,
    Expr,
    If,
    Location,
    Model,
    Or,
    Prompt,
    Range,
    VisibleIf,
)
from kcheck.operands import operands_in
from kcheck.ways import dependencies


def statements(model: Model, name: str) -> Statements | None:
    """What `model` says of the symbol; None where no file that is read defines it."""
    symbol = model.symbols.get(name)
    if symbol is None:
        return None
    first = symbol.definitions[0].location
    reader = _Reader(model)
    needed, own = _shared([reader.dependencies(each) for each in symbol.definitions], first)
    others = [Said(DependsOn(each), location) for each, location in needed]
    prompts: list[_Placed] = []
    defaults: list[Said] = []
    ranges: list[Said] = []
    choice_defaults: list[Said] = []
    for definition, under in zip(symbol.definitions, own, strict=True):
        beside = tuple(condition for condition, _ in under)
        for item in definition.properties:
            match item:
                case Prompt():
                    prompts.append([*under, *reader.visibility(definition, item)])
                case Default():
                    value, conditions = reader.default(item)
                    defaults.append(Said(HasDefault(value, beside + conditions), item.location))
                case Range(low, high, condition, location, probes):
                    conditions = beside + reader.conditions(condition, probes)
                    ranges.append(Said(HasRange(low, high, conditions), location))
                case _:
                    continue
        for other, location in reader.rivals(definition):
            others.append(Said(ChoiceWith(other), location))
        choice_defaults += reader.choice_defaults(definition)
    others += reader.pulls(name)
    prompt = None
    if prompts:
        shown, _ = _shared(prompts, first)
        prompt = tuple(Said(PromptIf(each), location) for each, location in shown)
    return Statements(
        symbol.type,
        first,
        tuple(others),
        prompt,
        (tuple(defaults), tuple(ranges), tuple(choice_defaults)),
    )


_Placed = list[tuple[Condition, Location]]
"""Conditions that all have to hold, each with its line."""


def _shared(groups: Sequence[_Placed], first: Location) -> tuple[_Placed, list[_Placed]]:
    """Of several groups, any of which will do: what has to hold in any case, and the rest of each.

    Where each has a rest, one of the rests has to hold; that is a condition of its own.
    """
    keyed = [{condition_key(each[0]): each for each in group} for group in groups]
    common = [each for name, each in keyed[0].items() if all(name in other for other in keyed)]
    names = {condition_key(condition) for condition, _ in common}
    rests = [[each for name, each in group.items() if name not in names] for group in keyed]
    if len(groups) > 1 and all(rests):
        arms = [tuple(condition.expr for condition, _ in rest) for rest in rests]
        one_of = Or(tuple(And(arm) if len(arm) > 1 else arm[0] for arm in arms))
        answers = dict.fromkeys(
            each for rest in rests for condition, _ in rest for each in condition.answers
        )
        common.append((Condition(one_of, tuple(answers)), first))
    return common, rests


class _Reader:
    """Reads conditions off a model's lines, with the answers of the macros in them."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def conditions(self, expr: Expr | None, probes: Sequence[int]) -> Conditions:
        if expr is None:
            return ()
        parts = (self._condition(each, probes) for each in conjuncts(expr))
        return tuple(each for each in parts if each != Condition(Constant("y")))

    def _condition(self, expr: Expr, probes: Sequence[int]) -> Condition:
        # A macro leaves a constant behind; which of several it was, the model does not say.
        if not any(isinstance(each, Constant) for each in operands_in(expr)):
            return Condition(expr)
        asked = (self._model.probes[each] for each in probes)
        return Condition(expr, tuple(Answer(each.macro, each.answer) for each in asked))

    def dependencies(self, definition: Definition) -> _Placed:
        return [
            (condition, term.location)
            for term in dependencies(self._model, definition)
            for condition in self.conditions(term.expr, term.probes)
        ]

    def visibility(
        self, definition: Definition, prompt: Prompt
    ) -> Iterator[tuple[Condition, Location]]:
        """What hides the prompt besides dependencies: its own `if`, and the blocks around it."""
        lines: list[Prompt | VisibleIf] = [prompt]
        for block in self._model.enclosing(definition):
            if not isinstance(block, If):
                lines += [each for each in block.properties if isinstance(each, Prompt | VisibleIf)]
        for line in lines:
            expr = line.expr if isinstance(line, VisibleIf) else line.condition
            for condition in self.conditions(expr, line.probes):
                yield condition, line.location

    def default(self, item: Default) -> tuple[Condition, Conditions]:
        return self._condition(item.value, item.probes), self.conditions(
            item.condition, item.probes
        )

    def pulls(self, name: str) -> Iterator[Said]:
        for definition, item in self._model.selects.get(name, ()):
            conditions = self.conditions(item.condition, item.probes)
            yield Said(SelectedBy(definition.symbol, conditions), item.location)
        for definition, implied in self._model.implies.get(name, ()):
            conditions = self.conditions(implied.condition, implied.probes)
            yield Said(ImpliedBy(definition.symbol, conditions), implied.location)

    def rivals(self, definition: Definition) -> Iterator[tuple[str, Location]]:
        index = self._choice(definition)
        if index is None:
            return
        choice = self._model.entries[index]
        for other in self._model.choice_members[index]:
            if other != definition.symbol:
                yield other, choice.location

    def choice_defaults(self, definition: Definition) -> Iterator[Said]:
        index = self._choice(definition)
        choice = None if index is None else self._model.entries[index]
        if isinstance(choice, Choice):
            for item in choice.properties:
                if isinstance(item, Default):
                    yield Said(ChoiceDefault(*self.default(item)), item.location)

    def _choice(self, definition: Definition) -> int | None:
        parent = definition.parent
        while parent >= 0 and isinstance(self._model.entries[parent], If):
            parent = self._model.entries[parent].parent
        return parent if parent in self._model.choice_members else None
