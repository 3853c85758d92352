"""The value of every symbol, as scripts/kconfig/symbol.c computes it.

Symbols are computed when they are first asked for, and conditions with all their
operands, in the order in which conf does both: only so do the warnings come in conf's
order, and the few symbols that ask for each other get conf's answer.
"""

from __future__ import annotations

from kcheck.evaluate.choices import ChoiceRules, choice_rules
from kcheck.evaluate.nodes import TRISTATES, Node, Op, Property, Sym
from kcheck.evaluate.numbers import BASES, leading_number, ordering
from kcheck.evaluate.program import Program
from kcheck.evaluate.unmet import short_warning, unmet_dependency_warning
from kcheck.model import SymbolType

_N, _M, _Y = 0, 1, 2
# Bound once: these are compared with for every node of every condition.
_SYMBOL, _NOT, _AND, _OR, _FAULT = Op.SYMBOL, Op.NOT, Op.AND, Op.OR, Op.FAULT
_BOOL, _TRISTATE = SymbolType.BOOL, SymbolType.TRISTATE
_EMPTY = {SymbolType.INT: "", SymbolType.HEX: "", SymbolType.STRING: ""}
_ZERO = {SymbolType.INT: "0", SymbolType.HEX: "0x0", SymbolType.STRING: ""}


class Evaluator:
    """One evaluation of a program; user values are put into its symbols beforehand.

    `warnings` collects what conf writes to stderr about unmet dependencies.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.warnings: list[str] = []
        self._dialect = program.model.dialect
        self._caches = self._dialect.caches_expressions
        self.without_value = _ZERO if self._dialect.numbers_default_to_zero else _EMPTY
        self._strict_imply = self._dialect.imply_is_strict
        self._numeric_bounds = self._dialect.writes_bounds_as_numbers
        self._order = ordering(self._dialect)
        self._members_stay = self._dialect.members_stay_written
        self._modules_tri = _N
        self.choices: ChoiceRules = choice_rules(self)
        program.forget()

    # Conditions.

    def tri(self, node: Node | None) -> int:
        """The value of a condition; one that is not there is y (expr_calc_value)."""
        if node is None:
            return _Y
        if node.computed_in == self.program.passes:
            return node.value
        value = self._tri(node)
        if self._caches:
            node.value = value
            node.computed_in = self.program.passes
        return value

    def _tri(self, node: Node) -> int:
        op = node.op
        if op is _SYMBOL:
            symbol: Sym = node.left
            if not symbol.valid:
                self.calculate(symbol)
            return symbol.tri
        if op is _AND:
            return min(self._operands(node.left))
        if op is _OR:
            return max(self._operands(node.left))
        if op is _NOT:
            if node.left.op is _FAULT:
                return _Y
            return _Y - self.tri(node.left)
        if op is _FAULT:
            return _Y if node.right == 0 else _N
        return self._compare(op, node.left, node.right)

    def _operands(self, nodes: tuple[Node, ...]) -> list[int]:
        """The values of all operands, in order; conf leaves none of them out."""
        if self._caches:
            return [self.tri(node) for node in nodes]
        values = []
        for node in nodes:
            if node.op is _SYMBOL:
                symbol: Sym = node.left
                if not symbol.valid:
                    self.calculate(symbol)
                values.append(symbol.tri)
            else:
                values.append(self._tri(node))
        return values

    def _compare(self, op: Op, left: Sym, right: Sym) -> int:
        self.calculate(left)
        self.calculate(right)
        difference = self._order(left.value, left.type, right.value, right.type)
        holds = {
            Op.EQUAL: difference == 0,
            Op.UNEQUAL: difference != 0,
            Op.LESS: difference < 0,
            Op.LESS_EQUAL: difference <= 0,
            Op.GREATER: difference > 0,
            Op.GREATER_EQUAL: difference >= 0,
        }[op]
        return _Y if holds else _N

    def invalidate(self) -> None:
        """Forget all computed values; the modules symbol is computed at once."""
        self.program.passes += 1
        for symbol in self.program.all_symbols:
            if not symbol.constant:
                symbol.valid = False
        self.calculate(self.program.modules)

    def modules_settled(self) -> None:
        """Take over the modules symbol's value where it was not computed here."""
        self._modules_tri = self.program.modules.tri

    # Symbols.

    def is_two_valued(self, symbol: Sym) -> bool:
        """Whether the symbol cannot be m now: a bool, or a tristate without modules."""
        if symbol.type is _BOOL:
            return True
        if symbol.type is not _TRISTATE:
            return False
        return self._modules_tri == _N or self.choices.makes_two_valued(symbol)

    def calculate(self, symbol: Sym) -> None:
        """Give `symbol` its value, unless it has it already (sym_calc_value)."""
        if symbol.valid:
            return
        self.choices.before(symbol)
        symbol.valid = True
        if symbol.type is SymbolType.UNKNOWN:
            symbol.text, symbol.tri = symbol.name, _N
            return
        stays = self._members_stay and symbol.is_choice_member
        if not stays:
            symbol.written = False
        self.compute_visibility(symbol)
        # A choice that is written says so of its members that are y or n.
        told = stays and symbol.visibility == _Y and symbol.type in TRISTATES
        if symbol.visibility != _N and not told:
            symbol.written = True
        # What a condition sees that asks for the symbol while it is being computed.
        symbol.tri, symbol.text = _N, self.without_value.get(symbol.type, "n")
        if symbol.type is _BOOL or symbol.type is _TRISTATE:
            symbol.tri, default = self._tristate(symbol)
        else:
            symbol.text, default = self._text(symbol)
        if default is not None and not symbol.has_user:
            self._adopt_transitional(symbol, default)
        self.choices.select(symbol)
        self._clamp(symbol)
        if symbol is self.program.modules:
            self._modules_tri = symbol.tri
        self.choices.after(symbol)
        if symbol.never_written or symbol.transitional:
            symbol.written = False

    def compute_visibility(self, symbol: Sym) -> None:
        """How far the user may set it, and its dependencies (sym_calc_visibility)."""
        if symbol.transitional:
            symbol.visibility = _Y
            return
        highest = _N
        for prompt in symbol.prompts:
            visible = self.choices.prompt_visibility(symbol, self.tri(prompt.condition))
            highest = max(highest, visible)
        if highest == _M and (symbol.type is not _TRISTATE or self._modules_tri == _N):
            highest = _Y
        symbol.visibility = highest
        if symbol.is_choice_member:
            return
        depends_tri = self.tri(symbol.depends)
        if depends_tri == _M and self._dialect.unmet_only_where_n:
            symbol.depends_tri = _Y
        else:
            symbol.depends_tri = self._raised(symbol, depends_tri)
        symbol.selected_tri = self._pulled(symbol, symbol.selected)
        symbol.implied_tri = self._pulled(symbol, symbol.implied)
        if self._strict_imply and symbol.depends_tri == _N:
            symbol.implied_tri = _N

    def _pulled(self, symbol: Sym, by: Node | None) -> int:
        return _N if by is None else self._raised(symbol, self.tri(by))

    def _raised(self, symbol: Sym, tri: int) -> int:
        return _Y if tri == _M and self.is_two_valued(symbol) else tri

    def active(self, properties: list[Property]) -> tuple[Property, int] | None:
        """The first property whose condition is not n, with the condition's value."""
        for item in properties:
            tri = self.tri(item.condition)
            if tri != _N:
                return item, tri
        return None

    def _tristate(self, symbol: Sym) -> tuple[int, Property | None]:
        """The value of a bool or tristate, and the default that it comes from."""
        default = None
        chosen = self.choices.member_value(symbol)
        if chosen is not None:
            value = chosen
        else:
            if symbol.visibility != _N and symbol.has_user:
                value = min(symbol.user_tri, symbol.visibility)
            else:
                value, default = self._default_tri(symbol)
            if symbol.depends_tri < symbol.selected_tri:
                short = self._dialect.unmet_only_where_n
                self.warnings.append(
                    short_warning(symbol, self.program.simplifier)
                    if short
                    else unmet_dependency_warning(symbol, self.tri)
                )
            value = max(value, symbol.selected_tri)
        if value == _M and (
            self.is_two_valued(symbol) or (self._strict_imply and symbol.implied_tri == _Y)
        ):
            value = _Y
        return value, default

    def _default_tri(self, symbol: Sym) -> tuple[int, Property | None]:
        if symbol.selected_tri != _N:
            symbol.written = True
        if symbol.is_choice:
            return _N, None
        value, default = _N, None
        active = self.active(symbol.defaults)
        if active is not None:
            default, condition = active
            value = min(self.tri(default.value), condition)
            if value != _N or not self._dialect.omits_unset_defaults:
                symbol.written = True
        if symbol.implied_tri != _N:
            symbol.written = True
            value = max(value, symbol.implied_tri)
            if not self._strict_imply:
                value = min(value, symbol.depends_tri)
        return value, default

    def _text(self, symbol: Sym) -> tuple[str, Property | None]:
        """The value of an int, hex or string, and the default that it comes from."""
        if symbol.visibility != _N and symbol.has_user:
            return symbol.user_text, None
        active = self.active(symbol.defaults)
        if active is None:
            return symbol.text, None
        source = single_symbol(active[0])
        if source is None:
            return symbol.text, active[0]
        symbol.written = True
        self.calculate(source)
        return source.text, active[0]

    def _adopt_transitional(self, symbol: Sym, default: Property) -> None:
        """A default that is a transitional symbol passes its user value on (since 6.18)."""
        source = single_symbol(default)
        if source is not None and source.transitional and source.has_user:
            symbol.has_user, symbol.user_tri, symbol.user_text = True, symbol.tri, symbol.text

    # Ranges.

    def bounds(self, symbol: Sym) -> tuple[Sym, int, Sym, int] | None:
        """The active range: each bound's symbol and number (sym_get_range_val)."""
        found = self.active(symbol.ranges)
        if found is None:
            return None
        low, high = found[0].low, found[0].high
        assert low is not None
        assert high is not None
        return low, self._bound(low, symbol), high, self._bound(high, symbol)

    def _bound(self, bound: Sym, symbol: Sym) -> int:
        self.calculate(bound)
        return leading_number(bound.text, BASES.get(bound.type, BASES[symbol.type]))

    def _clamp(self, symbol: Sym) -> None:
        """A value outside its range becomes the nearer bound's text (sym_validate_range)."""
        if symbol.type not in BASES or not symbol.ranges:
            return
        bounds = self.bounds(symbol)
        if bounds is None:
            return
        low, lowest, high, highest = bounds
        value = leading_number(symbol.text, BASES[symbol.type])
        if lowest <= value <= highest:
            return
        bound, number = (low, lowest) if value < lowest else (high, highest)
        symbol.text = bound.text
        if self._numeric_bounds:
            symbol.text = str(number) if symbol.type is SymbolType.INT else f"{number:#x}"


def single_symbol(default: Property) -> Sym | None:
    """The symbol that a default consists of; None for any other expression."""
    if default.value is not None and default.value.op is Op.SYMBOL:
        symbol: Sym = default.value.left
        return symbol
    return None
