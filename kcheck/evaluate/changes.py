"""What a few lines more change, found without evaluating the whole tree again.

A symbol is computed anew only where something that it is computed from has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

import msgspec

from kcheck.border import Border
from kcheck.dotconfig import DotConfig
from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import Sym, said_of
from kcheck.evaluate.noted import Noted, State
from kcheck.evaluate.order import Units, units_of
from kcheck.evaluate.program import deep_recursion, program_of
from kcheck.evaluate.propagate import propagate
from kcheck.evaluate.userconfig import UserConfig
from kcheck.evaluate.valuation import SymbolState, Valuation, symbol_state
from kcheck.evaluate.values import Evaluator
from kcheck.model import Model, SymbolType

Facts = tuple[State | None, tuple[Sym, ...]]
"""What a symbol has under a .config, and the members of its choice, the latest set first."""


class LookedAt:
    """What has been looked at of a base: symbols, and units that lines had computed anew; and
    whether the base `beside` it was, on which probes have answered otherwise.
    """

    def __init__(self) -> None:
        self.beside = False
        self.symbols: set[Sym] = set()
        self.units: set[int] = set()


class Change(msgspec.Struct, frozen=True):
    """A symbol's value before and after."""

    symbol: str
    before: str
    after: str


class Base:
    """A .config as conf has read it, to be tried with lines added.

    Of a part of a model, `border` says where it ends.  `values`, `tris`, `user`,
    `user_selections`, `choice_users`, `on` and `promoted` are as in Noted; `priorities` are those
    of choices since 6.9.  `looked_at` is for those who want to know what an answer was found from.
    """

    def __init__(
        self, model: Model, config: DotConfig | None, border: Border | None = None
    ) -> None:
        program = program_of(model)
        evaluator = Evaluator(program)
        if config is not None:
            UserConfig(program, evaluator.choices).read(config)
        said = {each: said_of(each) for each in program.all_symbols}
        priorities = evaluator.choices.priorities()
        with deep_recursion():
            evaluator.calculate(program.modules)
            for symbol in program.all_symbols:
                evaluator.calculate(symbol)
        found = Noted()
        found.note(said)
        self._begin(evaluator, found, priorities, border)

    @classmethod
    def of(cls, evaluator: Evaluator, before: Base | None, changed: Iterable[Sym]) -> Base:
        """What `evaluator` has made of a .config, as its program's symbols have it; they are to
        say of the .config what it said before anything was computed.

        `before` is what it made of another one, from which only symbols in `changed` differ;
        what was noted of that goes over into this one, so that nothing can be asked of it any
        more.  None goes with all symbols.  As long as lines are tried the symbols are this
        base's; give_back() ends that.
        """
        base = cls.__new__(cls)
        said = {each: said_of(each) for each in changed}
        found = Noted() if before is None else before._noted
        found.note(said)
        base._begin(evaluator, found, evaluator.choices.priorities(), None)
        if before is not None and "valuation" in before.__dict__:
            base._states_before = before.valuation.states
            base._differing = said.keys()
        return base

    def _begin(
        self,
        evaluator: Evaluator,
        found: Noted,
        priorities: dict[MenuNode, list[Sym]],
        border: Border | None,
    ) -> None:
        self.program = evaluator.program
        self.priorities = priorities
        self.values, self.tris, self.user = found.values, found.tris, found.user
        self.user_selections, self.choice_users = found.user_selections, found.choice_users
        self.on, self.promoted = found.on, found.promoted
        self.looked_at = LookedAt()
        self._border = border
        self._evaluator = evaluator
        self._noted = found
        self._lines: dict[str, str] = {}
        self._moved: dict[Sym, None] = {}
        self._touched: dict[Sym, None] = {}
        self._pass = self.program.passes
        self._states_before: dict[str, SymbolState] = {}
        self._differing: Collection[Sym] = ()

    def give_back(self) -> None:
        """Leave the symbols as they were before any lines were tried."""
        self._restore()
        self._evaluator.choices.set_priorities(self.priorities)
        self._evaluator.modules_settled()

    def _restore(self) -> None:
        # Where others have evaluated the program, all symbols are as they left them.
        is_ours = self._pass == self.program.passes
        for symbol in self._touched if is_ours else self._noted.states:
            self._noted.restore(symbol)
        self._lines = {}
        self._moved = {}
        self._touched = {}

    @cached_property
    def valuation(self) -> Valuation:
        """What conf makes of the .config, unless it forgets numbers."""
        if self._lines or self._pass != self.program.passes:
            self._restore()
        model = self.program.model
        symbols = self.program.interner.symbols
        names: Iterable[str] = model.symbols
        if self._states_before:
            names = [each.name for each in self._differing if each.name in model.symbols]
        states = self._states_before
        states.update((name, symbol_state(symbols[name])) for name in names)
        return Valuation(model, states)

    @cached_property
    def forgets_numbers(self) -> bool:
        """Whether conf drops one of the .config's numbers for being out of range.

        What was computed from it then stays (confdata.c, conf_read, up to 6.9), which no
        order of computing gives; a Base brings such numbers within range instead.
        """
        return self.program.model.dialect.resets_out_of_range and any(
            symbol.ranges and self.values[symbol] != value for symbol, value in self.user.items()
        )

    @property
    def without_value(self) -> dict[SymbolType, str]:
        """What an int, hex or string has that nothing gives a value."""
        return self._evaluator.without_value

    def rank(self, name: str) -> int:
        """A number for the symbol, above those of the symbols that it is computed from."""
        return self._order.of(self.program.interner.symbols[name])

    @cached_property
    def _order(self) -> Units:
        return units_of(self.program)

    def with_lines(self, lines: Mapping[str, str]) -> dict[str, Change]:
        """What changes when each symbol of `lines` is set to its value, as in a fragment
        put behind the .config.  Strings stand without quotes.

        It costs what differs from the lines tried before.  Raises Outgrown where that reaches
        beyond the part of a model that this is about.
        """
        if self._pass != self.program.passes:
            self._restore()
        names = [
            name for name in {**self._lines, **lines} if self._lines.get(name) != lines.get(name)
        ]
        self._lines = dict(lines)
        choices = self._evaluator.choices
        choices.set_priorities(self.priorities)
        for name in lines:
            symbol = self.program.interner.symbols[name]
            if isinstance(symbol.choice, MenuNode):
                choices.user_value_read(symbol)
        self._evaluator.modules_settled()
        self._begin_pass()
        due = {self._order.of(self.program.interner.symbols[name]) for name in names}
        with deep_recursion():
            propagate(
                self._order,
                due,
                lambda number: self._compute(number, number in due),
                self._begin_pass,
            )
        if self._border is not None:
            self._border.cross(each.name for each in self._moved if not each.is_choice)
        return {
            each.name: Change(each.name, self.values[each], each.value)
            for each in self._moved
            if not each.is_choice
        }

    def states(self, also: Iterable[str] = ()) -> dict[str, SymbolState]:
        """The states, for the lines tried last, of those symbols and of all whose value is
        another one now.  Symbols that only come into sight are not among them, unless named.
        """
        lines = [self.program.interner.symbols[name] for name in (*self._lines, *also)]
        return {
            symbol.name: symbol_state(symbol)
            for symbol in {**self._moved, **dict.fromkeys(lines)}
            if not symbol.is_choice
        }

    def look_anew(self) -> None:
        """Have nothing in `looked_at`, and nothing left of lines tried before: what was computed
        for them would not be looked at again.
        """
        self._restore()
        self.looked_at = LookedAt()

    def facts_looked_at(self) -> dict[Sym, Facts]:
        """All that looking at what is in `looked_at` has told: bases that agree() with it look
        alike there, whatever lines are tried.
        """
        symbols = set(self.looked_at.symbols)
        for number in self.looked_at.units:
            symbols.update(self._order.around(number))
        return {each: self._facts(each) for each in symbols}

    def agrees(self, facts: Mapping[Sym, Facts]) -> bool:
        """Whether the symbols have just these."""
        return all(self._facts(symbol) == known for symbol, known in facts.items())

    def _facts(self, symbol: Sym) -> Facts:
        choice = symbol.choice
        latest = self.priorities.get(choice, ()) if isinstance(choice, MenuNode) else ()
        return self._noted.states.get(symbol), tuple(latest)

    def _begin_pass(self) -> None:
        """Conditions are computed anew, symbols keep what they have."""
        self.program.passes += 1
        self._pass = self.program.passes

    def _take_over_user_values(self, unit: tuple[Sym, ...], due: bool) -> None:
        """What the .config and the lines say of the symbols; computing forgets some of it."""
        if len(unit) == 1 and not due and unit[0].has_user == (unit[0] in self.user):
            return
        for symbol in unit:
            symbol.say(self._noted.states[symbol][1])
        names = {symbol.name: symbol for symbol in unit if not symbol.is_choice}
        for name, value in self._lines.items():
            if name in names:
                names[name].take(value)
                if isinstance(names[name].choice, Sym):
                    self._evaluator.choices.user_value_read(names[name])

    def _compute(self, number: int, due: bool) -> bool:
        """Compute a unit anew; returns whether any value in it is another one then."""
        unit = self._order.units[number]
        self._touched.update(dict.fromkeys(unit))
        self.looked_at.units.add(number)
        before = [symbol.value for symbol in unit]
        self._take_over_user_values(unit, due)
        for symbol in unit:
            symbol.valid = False
        differs = False
        for symbol in unit:
            self._evaluator.calculate(symbol)
        for symbol, old in zip(unit, before, strict=True):
            value = symbol.value
            differs |= value != old
            if value != self.values[symbol]:
                self._moved[symbol] = None
            else:
                self._moved.pop(symbol, None)
        return differs
