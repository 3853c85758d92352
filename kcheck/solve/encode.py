"""A program's symbols as clauses: what values they can have once lines are added to a base.

For each symbol that a goal may hang on there are literals for its final value, for how
far its prompt, its selects and its dependencies let it go, and one for "a line sets it".
A line stands for the value that the symbol ends up with: one that does not survive would
do nothing that another, or none, does not do as well.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Set

from kcheck.evaluate.changes import Base
from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import RELATIONS, TRISTATES, Node, Op, Property, Sym
from kcheck.evaluate.numbers import ordering
from kcheck.evaluate.order import conditions, mentioned, together
from kcheck.model import And, Comparison, Constant, Expr, Not, Or, SymbolRef, SymbolType
from kcheck.solve.choices import define_choice, define_old_choice
from kcheck.solve.clauses import FALSE, TRUE, Clauses, Label
from kcheck.solve.levels import CONSTANTS, OFF, ON, Levels
from kcheck.solve.texts import Texts

Option = tuple[str, int]
"""A value that a symbol may have, and the literal that says it has."""


_HOLDS: dict[Op, Callable[[int, int], bool]] = {
    Op.EQUAL: operator.eq,
    Op.UNEQUAL: operator.ne,
    Op.LESS: operator.lt,
    Op.LESS_EQUAL: operator.le,
    Op.GREATER: operator.gt,
    Op.GREATER_EQUAL: operator.ge,
}


class Encoder:
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
        self.base = base
        self.clauses = clauses
        self.lines: dict[Sym, int] = {}
        self.entangled: set[Sym] = set()
        """Members of choices whose conditions name each other, which no equation describes:
        conf's answer hangs on the order in which it computes them."""
        self.pulled: dict[Sym, int] = {}
        self.fallible: dict[Sym, Levels] = {}
        self._held = held
        self._may_fall = may_fall
        self._fixed = fixed
        self._nodes: dict[Node, Levels] = {}
        self._levels: dict[Sym, Levels] = {}
        self._due: list[Sym] = []
        self._defined: set[Sym] = set()
        self.texts = Texts(self, candidates or {})
        dialect = base.program.model.dialect
        self.strict_imply = dialect.imply_is_strict
        self.hides_m_members = dialect.hides_m_members
        self._order = ordering(dialect)
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

    # Conditions.

    def tri(self, node: Node | None) -> Levels:
        """The literals for a condition's value; one that is not there is y."""
        if node is None:
            return ON
        found = self._nodes.get(node)
        if found is None:
            found = self._nodes[node] = self._tri(node)
        return found

    def _tri(self, node: Node) -> Levels:
        match node.op:
            case Op.SYMBOL:
                return self.level(node.left)
            case Op.AND:
                return self.lowest([self.tri(each) for each in node.left])
            case Op.OR:
                return self.highest([self.tri(each) for each in node.left])
            case Op.NOT:
                if node.left.op is Op.FAULT:
                    return ON
                at_least_m, is_y = self.tri(node.left)
                return Levels(-is_y, -at_least_m)
            case Op.FAULT:
                return ON if node.right == 0 else OFF
            case _:
                literal = self.compare(node.op, node.left, node.right)
                return Levels(literal, literal)

    def expr(self, expr: Expr) -> Levels:
        """The value of a condition as it is written; a bare m is m only with modules."""
        symbols = self.base.program.interner
        match expr:
            case SymbolRef(name):
                return self.level(symbols.symbol(name))
            case Constant("m"):
                return Levels(self.modules, FALSE)
            case Constant(text):
                return CONSTANTS.get(text, OFF)
            case Not(operand):
                at_least_m, is_y = self.expr(operand)
                return Levels(-is_y, -at_least_m)
            case And(operands):
                return self.lowest([self.expr(each) for each in operands])
            case Or(operands):
                return self.highest([self.expr(each) for each in operands])
            case Comparison(relation, left, right):
                one, other = (
                    symbols.symbol(side.name)
                    if isinstance(side, SymbolRef)
                    else symbols.constant(side.text)
                    for side in (left, right)
                )
                literal = self.compare(RELATIONS[relation], one, other)
                return Levels(literal, literal)

    def compare(self, op: Op, left: Sym, right: Sym, options: list[Option] | None = None) -> int:
        """The literal for a comparison; `options` in place of those that `left` has."""
        holds = _HOLDS[op]
        pairs = [
            self.clauses.all_of((one, other))
            for text, one in (self.options(left) if options is None else options)
            for against, other in self.options(right)
            if holds(self._order(text, left.type, against, right.type), 0)
        ]
        return self.clauses.any_of(pairs)

    def lowest(self, values: list[Levels]) -> Levels:
        """The least of `values`; y for none."""
        at_least_m = self.clauses.all_of([each.m for each in values])
        if all(each.m == each.y for each in values):
            return Levels(at_least_m, at_least_m)
        return Levels(at_least_m, self.clauses.all_of([each.y for each in values]))

    def highest(self, values: list[Levels]) -> Levels:
        """The greatest of `values`; n for none."""
        at_least_m = self.clauses.any_of([each.m for each in values])
        if all(each.m == each.y for each in values):
            return Levels(at_least_m, at_least_m)
        return Levels(at_least_m, self.clauses.any_of([each.y for each in values]))

    def choose(self, condition: int, then: Levels, other: Levels) -> Levels:
        """`then` where `condition` holds, else `other`."""
        at_least_m = self.clauses.choose(condition, then.m, other.m)
        if then.m == then.y and other.m == other.y:
            return Levels(at_least_m, at_least_m)
        return Levels(at_least_m, self.clauses.choose(condition, then.y, other.y))

    def condition(self, symbol: Sym, aspect: str, node: Node | None) -> Levels:
        """As `tri`; for a proof each part of an && (of a select's, an ||) stands apart."""
        if node is None or not self.clauses.labelled:
            return self.tri(node)
        if aspect in ("select", "imply"):
            arms = node.left if node.op is Op.OR else (node,)
            return self.highest([self._part(symbol, aspect, arm) for arm in arms])
        parts = node.left if node.op is Op.AND else (node,)
        return self.lowest([self._part(symbol, aspect, part) for part in parts])

    def _part(self, symbol: Sym, aspect: str, node: Node) -> Levels:
        at_least_m, is_y = self.tri(node)
        label = Label(symbol.name, aspect, node)
        named = self.clauses.named(label, at_least_m)
        return Levels(named, named if is_y == at_least_m else self.clauses.named(label, is_y))

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

    def two_valued(self, symbol: Sym) -> int:
        """Whether the symbol cannot be m: a bool, or a tristate without modules."""
        return TRUE if symbol.type is SymbolType.BOOL else -self.modules

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
