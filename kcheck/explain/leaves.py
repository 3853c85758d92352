"""The reasons at the end of a chain, and what tells which of them it is."""

from __future__ import annotations

from typing import assert_never

import msgspec

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.valuation import Valuation
from kcheck.findings import (
    InTheWay,
    NotSet,
    OtherMember,
    Overridden,
    ProbeAnswer,
    Reason,
    WrongValue,
)
from kcheck.model import (
    And,
    Choice,
    Comparison,
    Constant,
    Default,
    Expr,
    Location,
    Model,
    Not,
    Or,
    SymbolRef,
    Tri,
)
from kcheck.ways import Term, Way
from kcheck.wording import expr_text


class Leaves(msgspec.Struct, frozen=True):
    """Reasons that hang on one symbol or one line alone."""

    model: Model
    valuation: Valuation
    config: DotConfig | None

    def defined_at(self, name: str) -> Location | None:
        """The symbol's first definition."""
        symbol = self.model.symbols.get(name)
        return symbol.definitions[0].location if symbol else None

    def asked_at(self, name: str) -> Location | None:
        """The line of the .config that counts for the symbol."""
        line = self.config.last(name) if self.config is not None else None
        if line is None or self.config is None:
            return None
        return Location(self.config.name, line.number)

    def not_set(self, name: str, way: Way) -> NotSet | OtherMember:
        """All conditions of its prompt hold: the user has not asked for it."""
        value = self.valuation.state(name).value
        return self._other_member(name) or NotSet(name, value, way.location, self.asked_at(name))

    def _other_member(self, name: str) -> OtherMember | None:
        for index, members in self.model.choice_members.items():
            if name in members:
                chosen = [each for each in members if self.valuation.state(each).tri == Tri.Y]
                choice = self.model.entries[index]
                assert isinstance(choice, Choice)
                return OtherMember(name, chosen[0] if chosen else None, choice.location)
        return None

    def overridden(self, name: str, way: Way) -> Overridden:
        """A default whose conditions hold, and which does not count all the same."""
        state = self.valuation.state(name)
        if state.user is not None and state.visibility != Tri.N:
            return Overridden(name, state.value, way.location, self.asked_at(name))
        for item in self.model.symbols[name].properties:
            if isinstance(item, Default) and self.valuation.tri(item.condition) != Tri.N:
                return Overridden(name, state.value, way.location, item.location)
        return Overridden(name, state.value, way.location, None)

    def in_the_way(self, name: str) -> InTheWay:
        """What keeps a symbol on that has to be off."""
        state = self.valuation.state(name)
        selectors = tuple(
            definition.symbol
            for definition, item in self.model.selects.get(name, ())
            if self.valuation.state(definition.symbol).tri != Tri.N
            and self.valuation.tri(item.condition) != Tri.N
        )
        asked = self.asked_at(name) if state.user is not None else None
        return InTheWay(name, state.value, self.defined_at(name), selectors, asked)

    def wrong_value(self, text: str, operand: SymbolRef | Constant) -> WrongValue:
        """A comparison whose left side has another value."""
        if isinstance(operand, Constant):
            return WrongValue(text, "", operand.text, None)
        value = self.valuation.state(operand.name).value
        return WrongValue(text, operand.name, value, self.defined_at(operand.name))

    def probe(self, term: Term) -> ProbeAnswer | None:
        """The probe behind a constant n, where that is what fails."""
        if not term.probes or not _fails_by_constant(term.expr):
            return None
        asked = self.model.probes[term.probes[-1]]
        return ProbeAnswer(asked.macro, asked.command, asked.answer, asked.source, term.location)

    def holding(self, expr: Expr) -> tuple[Reason, ...]:
        """Reasons for `!expr` being n: what keeps `expr` on."""
        match expr:
            case SymbolRef(name):
                return (self.in_the_way(name),)
            case And(operands) | Or(operands):
                return tuple(
                    reason
                    for each in operands
                    if self.valuation.tri(each) == Tri.Y
                    for reason in self.holding(each)
                )
            case Comparison(_, left, _):
                return (self.wrong_value(f"!({expr_text(expr)})", left),)
            case Not() | Constant():
                return ()
            case _:
                assert_never(expr)


def has_symbol(expr: Expr) -> bool:
    """Whether the condition hangs on any symbol; without one it is fixed."""
    match expr:
        case SymbolRef():
            return True
        case Constant():
            return False
        case Not(operand):
            return has_symbol(operand)
        case And(operands) | Or(operands):
            return any(has_symbol(each) for each in operands)
        case Comparison(_, left, right):
            return isinstance(left, SymbolRef) or isinstance(right, SymbolRef)
        case _:
            assert_never(expr)


def _fails_by_constant(expr: Expr) -> bool:
    """Whether a constant in it, which a macro left there, makes the condition n."""
    match expr:
        case Constant(text):
            return text not in ("y", "m")
        case Not(Constant("y")):
            return True
        case And(operands):
            return any(_fails_by_constant(each) for each in operands)
        case Or(operands):
            return all(_fails_by_constant(each) for each in operands)
        case _:
            return False
