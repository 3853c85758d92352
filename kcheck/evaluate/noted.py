"""What a .config says of each symbol, and what was computed from that, noted so that other lines
can be tried with the symbols themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

import msgspec

from kcheck.evaluate.nodes import TRISTATES, Said, Sym
from kcheck.model import SymbolType, Tri

_STATE = (
    "valid", "written", "tri", "text", "visibility", "depends_tri", "selected_tri",
    "implied_tri", "selection", "needs_choice_values",
)  # fmt: skip
"""What is computed of a symbol."""
_computed: Callable[[Sym], tuple[object, ...]] = attrgetter(*_STATE)

State = tuple[tuple[object, ...], Said]
"""What was computed of a symbol, and what the .config says of it."""


class Noted(msgspec.Struct, frozen=True):
    """`states` has all that each symbol has; the rest are views of that.

    `values` are the symbols' values; `user` those that the .config gave and conf took; `tris` the
    values of bools, tristates and choices; `user_selections` and `choice_users` what the .config
    says of choices.  `on` has the symbols that are y, choices left out, and `promoted` those of
    them that are so only because nothing is m while modules are off.
    """

    states: dict[Sym, State]
    values: dict[Sym, str]
    tris: dict[Sym, int]
    user: dict[Sym, str]
    user_selections: dict[Sym, Sym | None]
    choice_users: dict[Sym, tuple[bool, int]]
    on: frozenset[Sym]
    promoted: frozenset[Sym]

    def restore(self, symbol: Sym) -> None:
        """Give the symbol back what it had."""
        computed, said = self.states[symbol]
        for slot, value in zip(_STATE, computed, strict=True):
            setattr(symbol, slot, value)
        symbol.say(said)


def noted(said: Mapping[Sym, Said], before: Noted | None) -> Noted:
    """What the symbols in `said` have now, where the .config says that of them; all others have
    what they had `before`.

    Afterwards the symbols say it, too: computing forgets some of it.
    """
    if before is None:
        before = Noted({}, {}, {}, {}, {}, {}, frozenset(), frozenset())
    states, values, tris = before.states.copy(), before.values.copy(), before.tris.copy()
    user, selections = before.user.copy(), before.user_selections.copy()
    choice_users = before.choice_users.copy()
    for symbol, read in said.items():
        states[symbol] = _computed(symbol), read
        symbol.say(read)
        values[symbol] = symbol.value
        if symbol.type in TRISTATES:
            tris[symbol] = symbol.tri
        if symbol.has_user:
            user[symbol] = _user_value(symbol)
        else:
            user.pop(symbol, None)
        if symbol.is_choice:
            selections[symbol] = symbol.user_selection
            choice_users[symbol] = symbol.has_user, symbol.user_tri
    on = frozenset(
        each for each, tri in tris.items() if tri == Tri.Y and not (each.is_choice or each.constant)
    )
    promoted = frozenset(
        each for each in on if user.get(each) == "m" and each.type is SymbolType.TRISTATE
    )
    return Noted(states, values, tris, user, selections, choice_users, on, promoted)


def _user_value(symbol: Sym) -> str:
    return "nmy"[symbol.user_tri] if symbol.type in TRISTATES else symbol.user_text
