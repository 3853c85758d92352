"""Why a line of a .config does not survive: what conf did with the value asked for."""

from __future__ import annotations

from collections.abc import Iterator

from kcheck.auditing import (
    ByDefault,
    Cause,
    LastMember,
    Needs,
    NoModules,
    NoPrompt,
    OtherMember,
    OutOfRange,
    Raised,
    Root,
    Transitional,
)
from kcheck.evaluate.valuation import SymbolState, Valuation
from kcheck.explain.blame import Blame
from kcheck.explain.setters import Setters
from kcheck.model import (
    And,
    Default,
    Model,
    Operand,
    Range,
    Symbol,
    SymbolRef,
    SymbolType,
    Tri,
)
from kcheck.ways import Way, ways_on
from kcheck.wording import expr_text

TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)


class Causes:
    """Finds causes under one valuation."""

    def __init__(self, model: Model, valuation: Valuation, setters: Setters) -> None:
        self._model = model
        self._valuation = valuation
        self._setters = setters
        self._blame = Blame(model, valuation, setters)

    def of(self, symbol: Symbol, asked: str) -> tuple[Cause, ...]:
        """Why the symbol does not have the value `asked`, which conf has taken over."""
        if symbol.transitional:
            return (self._transitional(symbol),)
        state = self._valuation.state(symbol.name)
        if symbol.type in TRISTATES:
            return tuple(self._logical(symbol, Tri("nmy".index(asked)), state))
        return tuple(self._text(symbol, state))

    def _transitional(self, symbol: Symbol) -> Transitional:
        successors = [
            other.name
            for other in self._model.symbols.values()
            if any(
                isinstance(item, Default) and item.value == SymbolRef(symbol.name)
                for item in other.properties
            )
        ]
        return Transitional(tuple(successors), symbol.definitions[0].location)

    def _logical(self, symbol: Symbol, asked: Tri, state: SymbolState) -> Iterator[Cause]:
        choice = self._setters.members_beside(symbol.name)
        place = self._model.entries[choice[0]].location if choice is not None else None
        if state.tri < asked:
            want = min(asked, Tri.M) if symbol.type is SymbolType.BOOL else asked
            if state.visibility < want:
                yield from self._hidden(symbol, want)
            elif choice is not None and place is not None:
                yield OtherMember(*self._setters.chosen(choice[1]), place)
            return
        selecting = self._setters.selectors(symbol.name, asked)
        if selecting:
            yield Raised("select", selecting)
        elif asked is Tri.M and self._modules is Tri.N:
            modules = self._model.modules
            roots = self._blame.of_symbol(modules, Tri.M) if modules is not None else ()
            yield NoModules(modules, roots)
        elif state.visibility == Tri.N:
            yield from self._hidden(symbol, Tri.M, on=False)
            yield from self._otherwise(symbol, asked)
        elif place is not None:
            yield LastMember(place)

    @property
    def _modules(self) -> Tri:
        name = self._model.modules
        return Tri.N if name is None else self._valuation.state(name).tri

    def _otherwise(self, symbol: Symbol, asked: Tri) -> Iterator[Cause]:
        """Where a line that does not count leaves the symbol higher than asked."""
        implying = self._setters.selectors(symbol.name, asked, "imply")
        default = self._setters.default(symbol.name)
        if default is not None and self._valuation.tri(default.value) > asked:
            yield ByDefault(expr_text(default.value), default.location)
        elif implying:
            yield Raised("imply", implying)

    def _text(self, symbol: Symbol, state: SymbolState) -> Iterator[Cause]:
        if state.visibility == Tri.N:
            yield from self._hidden(symbol, Tri.M, on=False)
            default = self._setters.default(symbol.name)
            if default is not None and state.written:
                yield ByDefault(expr_text(default.value), default.location)
            return
        for item in symbol.properties:
            if isinstance(item, Range) and self._valuation.tri(item.condition) != Tri.N:
                yield OutOfRange(self._value(item.low), self._value(item.high), item.location)
                return

    def _value(self, operand: Operand) -> str:
        if isinstance(operand, SymbolRef):
            return self._valuation.state(operand.name).value
        return operand.text

    # Prompts.

    def _hidden(self, symbol: Symbol, want: Tri, on: bool = True) -> Iterator[Cause]:
        """What keeps the prompt from letting the symbol be `want`; `on` if that is asked."""
        prompts = [way for way in ways_on(self._model, symbol.name) if way.kind == "prompt"]
        if prompts:
            yield from self._needs(self._blame.cheapest(prompts), want)
            return
        roots = self._blame.of_symbol(symbol.name, want) if on else ()
        yield NoPrompt(symbol.definitions[0].location, roots)

    def _needs(self, way: Way, want: Tri) -> list[Needs]:
        """The parts of the prompt's conditions that are too low.

        One whose roots have been told is left out: an `if FTRACE` around what depends on a
        part of FTRACE adds nothing.
        """
        found: list[Needs] = []
        for term in way.terms:
            for part in term.expr.operands if isinstance(term.expr, And) else (term.expr,):
                value = self._valuation.tri(part)
                if value < want:
                    roots = self._blame.of_condition(part, want, term)
                    found.append(Needs(expr_text(part), value, term.location, roots))
        told: set[Root] = set()
        needed: list[Needs] = []
        for each in sorted(found, key=lambda each: not each.is_direct):
            if not each.roots or not told.issuperset(each.roots):
                needed.append(each)
                told.update(each.roots)
        return needed
