"""A program's symbols as clauses: what values they can have once lines are added to a base.

For each symbol that a goal may hang on there are literals for its final value, for how
far its prompt, its selects and its dependencies let it go, and one for "a line sets it".
A line stands for the value that the symbol ends up with: one that does not survive would
do nothing that another, or none, does not do as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from kcheck.evaluate.changes import Base
from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import TRISTATES, Property, Sym
from kcheck.evaluate.order import conditions, mentioned, together
from kcheck.model import SymbolType
from kcheck.solve.choices import define_choice, define_old_choice
from kcheck.solve.clauses import FALSE, TRUE, Clauses, Label
from kcheck.solve.conditions import Conditions, Option
from kcheck.solve.levels import CONSTANTS, OFF, ON, Levels
from kcheck.solve.texts import Texts


class Encoder(Conditions):
    """Clauses about the symbols that are asked for and all that they hang on.

    Symbols in `held` are looked into no further: they are y or, with `may_fall`, whatever
    suits.  Those in `fixed` get no line.  `candidates` has values that a line may give to
    ints, hexes and strings.  `lines` maps the symbols that a line may set to its literal.
    """

    def __init__(
        self,
        base: Base,
        clauses: Clauses,
        held: Set[Sym] = frozenset(),
        fixed: Set[str] = frozenset(),
        candidates: Mapping[Sym, Iterable[str]] | None = None,
        may_fall: bool = False,
    ) -> None:
        super().__init__(base, clauses)
        self.lines: dict[Sym, int] = {}
        self.entangled: set[Sym] = set()
        """Members of choices whose conditions name each other, which no equation describes:
        conf's answer hangs on the order in which it computes them."""
        self.pulled: dict[Sym, int] = {}
        self.fallible: dict[Sym, Levels] = {}
        self._held = held
        self._may_fall = may_fall
        self._fixed = fixed
        self._levels: dict[Sym, Levels] = {}
        self._due: list[Sym] = []
        self._defined: set[Sym] = set()
        self.texts = Texts(self, candidates or {})
        dialect = base.program.model.dialect
        self.strict_imply = dialect.imply_is_strict
        self.hides_m_members = dialect.hides_m_members
        self.modules = self.level(base.program.modules).m

    @property
    def levels(self) -> Mapping[Sym, Levels]:
        """The bools, tristates and choices that are looked into, in order of mention."""
        return self._levels

    def complete(self) -> None:
        """Define every symbol that has been mentioned, and what they mention in turn."""
        while self._due:
            symbol = self._due.pop()
            if symbol in self._defined:
                continue
            unit = together(symbol)
            self._defined.update(unit)
            if len(unit) > 1:
                self._look_for_siblings(unit)
            if len(unit) == 1 and not symbol.is_choice and not isinstance(symbol.choice, Sym):
                if symbol.choice is not None:
                    define_choice(self, symbol.choice)
                elif symbol.type in TRISTATES:
                    self._define(symbol)
                else:
                    self.texts.define(symbol)
            elif symbol.is_choice or isinstance(symbol.choice, Sym):
                define_old_choice(self, unit[0])
            else:
                define_choice(self, symbol.choice)

    def _look_for_siblings(self, unit: tuple[Sym, ...]) -> None:
        members = {each for each in unit if not each.is_choice}
        for item in _choice_of(unit[0]).defaults:
            if item.value is not None and item.value.left not in members:
                self.entangled.update(members)
        for member in members:
            if any(each in members for node in conditions(member) for each in mentioned(node)):
                self.entangled.add(member)

    # Values.

    def level(self, symbol: Sym) -> Levels:
        """The literals for a symbol's value; one that is no tristate counts as n."""
        found = self._levels.get(symbol)
        if found is not None:
            return found
        self.base.looked_at.symbols.add(symbol)
        if symbol.constant:
            return CONSTANTS.get(symbol.text, OFF)
        if symbol.type not in TRISTATES:
            return OFF
        if symbol in self._held:
            return self._held_level(symbol)
        at_least_m = self.clauses.new()
        is_y = at_least_m
        if symbol.type is SymbolType.TRISTATE:
            is_y = self.clauses.new()
            self.clauses.add(-is_y, at_least_m)
        found = self._levels[symbol] = Levels(at_least_m, is_y)
        self._due.append(symbol)
        return found

    def _held_level(self, symbol: Sym) -> Levels:
        if not self._may_fall:
            return ON
        if symbol not in self.fallible:
            at_least_m = is_y = self.clauses.new()
            if symbol.type is SymbolType.TRISTATE:
                is_y = self.clauses.new()
                self.clauses.add(-is_y, at_least_m)
            self.fallible[symbol] = Levels(at_least_m, is_y)
        return self.fallible[symbol]

    def mention(self, symbol: Sym) -> None:
        """Have an int, hex or string defined as well."""
        if symbol not in self._defined:
            self._due.append(symbol)

    def options(self, symbol: Sym) -> list[Option]:
        """All values that a symbol may have."""
        if symbol.constant:
            return [(symbol.text, TRUE)]
        if symbol.type is SymbolType.UNKNOWN:
            return [(symbol.name, TRUE)]
        if symbol.type not in TRISTATES:
            return self.texts.options(symbol)
        all_of = self.clauses.all_of
        at_least_m, is_y = self.level(symbol)
        values = [("n", -at_least_m), ("m", all_of((at_least_m, -is_y))), ("y", is_y)]
        return [each for each in values if each[1] != FALSE]

    # Symbols.

    def may_have_line(self, symbol: Sym) -> bool:
        """Whether a fragment can say something about the symbol."""
        return bool(symbol.prompts) and not (
            symbol.is_choice
            or symbol.transitional
            or symbol.never_written
            or symbol.name in self._fixed
        )

    def line(self, symbol: Sym) -> int:
        """The literal for "a line sets the symbol"."""
        if symbol not in self.lines:
            self.lines[symbol] = self.clauses.new() if self.may_have_line(symbol) else FALSE
        return self.lines[symbol]

    def raised(self, symbol: Sym, value: Levels) -> Levels:
        """m becomes y where the symbol cannot be m (sym_calc_visibility)."""
        if symbol.type is SymbolType.BOOL:
            return Levels(value.m, value.m)
        raised = self.clauses.all_of((value.m, -self.modules))
        return Levels(value.m, self.clauses.any_of((value.y, raised)))

    def visibility(self, symbol: Sym) -> Levels:
        """How far the user may set the symbol."""
        if symbol.transitional:
            return ON
        prompts = [self.condition(symbol, "prompt", each.condition) for each in symbol.prompts]
        return self.raised(symbol, self.highest(prompts))

    def default(self, symbol: Sym) -> Levels:
        """The value of the first default whose condition is not n."""
        value = OFF
        for item in reversed(symbol.defaults):
            condition = self.condition(symbol, "default", item.condition)
            value = self.choose(condition.m, self._default_value(symbol, item, condition), value)
        return value

    def _default_value(self, symbol: Sym, item: Property, condition: Levels) -> Levels:
        return self.lowest([self.condition(symbol, "default", item.value), condition])

    def _define(self, symbol: Sym) -> None:
        """The value of a bool or tristate outside of choices (sym_calc_value)."""
        value = self.level(symbol)
        visible = self.visibility(symbol)
        pulled = not symbol.is_choice_member
        selected = implied = depends = OFF
        if pulled and symbol.selected is not None:
            selected = self.raised(symbol, self.condition(symbol, "select", symbol.selected))
        otherwise = self.default(symbol)
        if pulled and symbol.implied is not None:
            implied = self.raised(symbol, self.condition(symbol, "imply", symbol.implied))
            depends = self.raised(symbol, self.condition(symbol, "depends", symbol.depends))
            if self.strict_imply:
                implied = self.choose(depends.m, implied, OFF)
                otherwise = self.highest([otherwise, implied])
            else:
                capped = self.lowest([self.highest([otherwise, implied]), depends])
                otherwise = self.choose(implied.m, capped, otherwise)
        otherwise = self.with_user(symbol, visible, otherwise)
        otherwise = self.raised(symbol, self.highest([otherwise, selected]))
        if self.strict_imply and implied != OFF:
            forced = self.clauses.all_of((otherwise.m, implied.y))
            otherwise = Levels(otherwise.m, self.clauses.any_of((otherwise.y, forced)))
            label, line = Label(symbol.name, "value"), self.line(symbol)
            self.clauses.state(label, -line, -implied.y, -value.m, value.y)
        self.pulled[symbol] = selected.m
        self.set_value(symbol, value, visible, selected, otherwise)

    def with_user(self, symbol: Sym, visible: Levels, otherwise: Levels) -> Levels:
        """The base's line about the symbol, where the prompt lets it; else `otherwise`."""
        user = self.base.user.get(symbol)
        if user is None:
            return otherwise
        return self.choose(visible.m, self.lowest([CONSTANTS[user], visible]), otherwise)

    def set_value(
        self, symbol: Sym, value: Levels, visible: Levels, selected: Levels, otherwise: Levels
    ) -> None:
        """`value` is what a line makes it, within what is visible and not below what is
        selected; without a line it is `otherwise`.
        """
        clauses = self.clauses
        label = Label(symbol.name, "value")
        line = self.line(symbol)
        clauses.equal(label, value.m, otherwise.m, unless=line)
        if value.y != value.m:
            clauses.equal(label, value.y, otherwise.y, unless=line)
        if line == FALSE:
            return
        clauses.state(label, -line, visible.m)
        clauses.state(label, -line, -selected.m, value.m)
        if value.y == value.m:
            return
        clauses.state(label, -line, -value.y, visible.y)
        clauses.state(label, -line, -selected.y, value.y)
        clauses.state(label, -line, -value.m, value.y, self.modules)


def _choice_of(symbol: Sym) -> Sym:
    """The choice that a choice or a member belongs to."""
    if symbol.is_choice:
        return symbol
    choice = symbol.choice.symbol if isinstance(symbol.choice, MenuNode) else symbol.choice
    assert choice is not None
    found: Sym = choice
    return found
