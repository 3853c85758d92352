"""Which member of a choice is on: the rules of conf before and after they changed.

Up to 6.8 a choice is a symbol with a value and a user value of its own; since then its
members alone count, and of those that the user set to y the latest wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from weakref import proxy

from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import Sym
from kcheck.model import SymbolType

if TYPE_CHECKING:
    from kcheck.evaluate.values import Evaluator

_N, _M, _Y = 0, 1, 2


class ChoiceRules(Protocol):
    """What an evaluation asks about choices, at which step of a symbol's computation."""

    def user_value_read(self, symbol: Sym) -> None:
        """The .config has just given `symbol` a value."""

    def nothing_read(self, symbol: Sym) -> None:
        """As before any .config, so far as the choice around `symbol` is concerned."""

    def before(self, symbol: Sym) -> None:
        """`symbol` is about to be computed."""

    def makes_two_valued(self, symbol: Sym) -> bool:
        """Whether being in a choice keeps the tristate `symbol` from being m."""

    def prompt_visibility(self, symbol: Sym, visible: int) -> int:
        """The visibility of a prompt whose condition has the value `visible`."""

    def member_value(self, symbol: Sym) -> int | None:
        """The value that its choice gives `symbol`; None where no choice decides."""

    def select(self, symbol: Sym) -> None:
        """`symbol` has its value; if it is a choice, one of its members is picked."""

    def after(self, symbol: Sym) -> None:
        """`symbol` is computed."""

    def default_member(self, symbol: Sym) -> Sym | None:
        """The member that the choice around `symbol` takes when the user says nothing."""

    def priorities(self) -> dict[MenuNode, list[Sym]]:
        """For each choice that a .config has touched: its members, the latest set first."""

    def set_priorities(self, priorities: dict[MenuNode, list[Sym]]) -> None:
        """Go back to what `priorities` has returned."""


def choice_rules(evaluator: Evaluator) -> ChoiceRules:
    """The rules of the program's dialect.  They refer to the evaluator, which has them, but weakly:
    a circle would keep all that it has evaluated until garbage is sought.
    """
    if evaluator.program.model.dialect.member_order_decides:
        return MembersDecide(evaluator)
    return ChoiceHasValue(evaluator)


def _first_visible(evaluator: Evaluator, choice: Sym, members: list[Sym]) -> Sym | None:
    """The first default that is visible, else the first visible member."""
    for default in choice.defaults:
        if evaluator.tri(default.condition) != _N and default.value is not None:
            member: Sym = default.value.left
            if member.visibility != _N:
                return member
    return next((member for member in members if member.visibility != _N), None)


class ChoiceHasValue:
    """Choices up to 6.8 (symbol.c: sym_calc_choice, sym_calc_value; confdata.c)."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = proxy(evaluator)
        self._hides_m = evaluator.program.model.dialect.hides_m_members

    def user_value_read(self, symbol: Sym) -> None:
        """A member's value counts for its choice as well (conf_read_simple)."""
        if not symbol.is_choice_member:
            return
        choice = symbol.choice
        if symbol.user_tri == _M and choice.user_tri == _Y:
            choice.has_user = False
        if symbol.user_tri == _Y:
            choice.user_selection = symbol
        choice.user_tri = max(choice.user_tri, symbol.user_tri)

    def nothing_read(self, symbol: Sym) -> None:
        """A choice that the .config does not mention counts as set to n."""
        choice = symbol.choice
        choice.has_user, choice.user_tri, choice.user_selection = True, _N, None

    def before(self, symbol: Sym) -> None:
        """all*config: the choice is settled before any of its members."""
        if symbol.is_choice_member and symbol.needs_choice_values:
            symbol.needs_choice_values = False
            self._evaluator.calculate(symbol.choice)

    def makes_two_valued(self, symbol: Sym) -> bool:
        """A member that may be y is y or n."""
        return symbol.is_choice_member and symbol.visibility == _Y

    def prompt_visibility(self, symbol: Sym, visible: int) -> int:
        """A tristate member that can only be m is hidden while its choice is y."""
        if (
            visible == _M
            and self._hides_m
            and symbol.is_choice_member
            and symbol.type is SymbolType.TRISTATE
            and symbol.choice.tri == _Y
        ):
            return _N
        return visible

    def member_value(self, symbol: Sym) -> int | None:
        """y for the member that the choice has picked; m members decide themselves."""
        if symbol.is_choice_member and symbol.visibility == _Y:
            return _Y if symbol.choice.selection is symbol else _N
        return None

    def select(self, symbol: Sym) -> None:
        """A choice that is y picks the user's member, else the default."""
        if not symbol.is_choice:
            return
        symbol.selection = None
        if symbol.tri != _Y:
            return
        for member in symbol.members:
            self._evaluator.compute_visibility(member)
            if member.visibility != _N and not member.has_user:
                symbol.has_user = False
        chosen = symbol.user_selection
        if chosen is None or chosen.visibility == _N:
            chosen = _first_visible(self._evaluator, symbol, symbol.members)
        if chosen is None:
            symbol.tri = _N
        symbol.selection = chosen

    def after(self, symbol: Sym) -> None:
        """The visible members of a written choice are written too."""
        if not symbol.is_choice:
            return
        for member in symbol.members:
            if symbol.written and member.visibility != _N:
                member.written = True
        if symbol.needs_choice_values:
            self.settle(symbol)

    def settle(self, choice: Sym) -> None:
        """Count the members without a user value as set to n (set_all_choice_values)."""
        for member in choice.members:
            if not member.has_user:
                member.user_tri = _N
        choice.has_user = True
        choice.valid = choice.needs_choice_values = False

    def default_member(self, symbol: Sym) -> Sym | None:
        """None for a tristate, and in an optional choice, which may do without any."""
        if symbol.type is not SymbolType.BOOL or not symbol.is_choice_member:
            return None
        if symbol.choice.optional:
            return None
        return _first_visible(self._evaluator, symbol.choice, symbol.choice.members)

    def priorities(self) -> dict[MenuNode, list[Sym]]:
        """None: the member set last is kept in the choice itself."""
        return {}

    def set_priorities(self, priorities: dict[MenuNode, list[Sym]]) -> None:
        """Nothing to go back to."""


class MembersDecide:
    """Choices since 6.9 (symbol.c, sym_calc_choice on a menu)."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = proxy(evaluator)
        self._priority: dict[MenuNode, list[Sym]] = {}
        self._listed: dict[MenuNode, list[Sym]] = {}

    def user_value_read(self, symbol: Sym) -> None:
        """The member named last comes first (confdata.c, conf_read_simple)."""
        if symbol.choice is not None:
            priority = self._by_priority(symbol.choice)
            if symbol in priority:
                priority.remove(symbol)
            priority.insert(0, symbol)

    def nothing_read(self, symbol: Sym) -> None:
        """The members are in the order of the files."""
        self._priority.pop(symbol.choice, None)

    def before(self, symbol: Sym) -> None:
        """Nothing to settle first."""

    def makes_two_valued(self, symbol: Sym) -> bool:
        """Members are bools."""
        return False

    def prompt_visibility(self, symbol: Sym, visible: int) -> int:
        """A choice's own value hides nothing."""
        return visible

    def member_value(self, symbol: Sym) -> int | None:
        """y for the member picked; all visible members get their value at once."""
        if symbol.choice is None:
            return None
        self._pick(symbol.choice)
        return symbol.tri

    def select(self, symbol: Sym) -> None:
        """A choice has no value of its own to act on."""

    def after(self, symbol: Sym) -> None:
        """A choice is never written."""

    def default_member(self, symbol: Sym) -> Sym | None:
        """The member taken when the user says nothing about any."""
        if symbol.choice is None:
            return None
        return _first_visible(self._evaluator, symbol.choice.symbol, self._in_order(symbol.choice))

    def priorities(self) -> dict[MenuNode, list[Sym]]:
        """A copy, so that lines read later leave it alone."""
        return {choice: list(members) for choice, members in self._priority.items()}

    def set_priorities(self, priorities: dict[MenuNode, list[Sym]]) -> None:
        """Take `priorities` over."""
        self._priority = {choice: list(members) for choice, members in priorities.items()}

    def _by_priority(self, choice: MenuNode) -> list[Sym]:
        return self._priority.setdefault(choice, list(choice.members))

    def _in_order(self, choice: MenuNode) -> list[Sym]:
        if choice not in self._listed:
            self._listed[choice] = [
                node.symbol for node in choice.descendants() if node.symbol is not None
            ]
        return self._listed[choice]

    def _pick(self, choice: MenuNode) -> None:
        chosen = self._set_by_user(choice)
        members = self._in_order(choice)
        if chosen is None:
            assert choice.symbol is not None
            chosen = _first_visible(self._evaluator, choice.symbol, members)
            if chosen is not None and chosen.has_user and chosen.user_tri == _N:
                chosen = next(
                    (each for each in members if each.visibility != _N and not each.has_user),
                    None,
                )
        if chosen is None:
            # All are set to n: the one set so least recently gives way.
            visible = [each for each in self._by_priority(choice) if each.visibility != _N]
            chosen = visible[-1] if visible else None
        for member in members:
            if member.visibility != _N:
                member.tri = _Y if member is chosen else _N
                member.valid = member.written = True

    def _set_by_user(self, choice: MenuNode) -> Sym | None:
        for member in self._by_priority(choice):
            self._evaluator.compute_visibility(member)
            if member.visibility != _N and member.has_user and member.user_tri == _Y:
                return member
        return None
