"""What a .config says of each symbol, and what was computed from that, noted so that other lines
can be tried with the symbols themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

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


class Noted:
    """`states` has all that each symbol has; the rest are views of that.

    `values` are the symbols' values; `user` those that the .config gave and conf took; `tris` the
    values of bools, tristates and choices; `user_selections` and `choice_users` what the .config
    says of choices.  `on` has the symbols that are y, choices left out, and `promoted` those of
    them that are so only because nothing is m while modules are off.
    """

    def __init__(self) -> None:
        self.states: dict[Sym, State] = {}
        self.values: dict[Sym, str] = {}
        self.tris: dict[Sym, int] = {}
        self.user: dict[Sym, str] = {}
        self.user_selections: dict[Sym, Sym | None] = {}
        self.choice_users: dict[Sym, tuple[bool, int]] = {}
        self.on: set[Sym] = set()
        self.promoted: set[Sym] = set()

    def note(self, said: Mapping[Sym, Said]) -> None:
        """Note what the symbols in `said` have now, where the .config says that of them.

        Afterwards the symbols say it, too: computing forgets some of it.
        """
        for symbol, read in said.items():
            self.states[symbol] = _computed(symbol), read
            symbol.say(read)
            self.values[symbol] = symbol.value
            if symbol.has_user:
                self.user[symbol] = _user_value(symbol)
            else:
                self.user.pop(symbol, None)
            if symbol.is_choice:
                self.tris[symbol] = symbol.tri
                self.user_selections[symbol] = symbol.user_selection
                self.choice_users[symbol] = symbol.has_user, symbol.user_tri
            elif symbol.type in TRISTATES:
                self.tris[symbol] = symbol.tri
                self._note_on(symbol)

    def _note_on(self, symbol: Sym) -> None:
        self.on.discard(symbol)
        self.promoted.discard(symbol)
        if symbol.tri == Tri.Y and not symbol.constant:
            self.on.add(symbol)
            if symbol.type is SymbolType.TRISTATE and self.user.get(symbol) == "m":
                self.promoted.add(symbol)

    def restore(self, symbol: Sym) -> None:
        """Give the symbol back what it had."""
        computed, said = self.states[symbol]
        for slot, value in zip(_STATE, computed, strict=True):
            setattr(symbol, slot, value)
        symbol.say(said)


def _user_value(symbol: Sym) -> str:
    return "nmy"[symbol.user_tri] if symbol.type in TRISTATES else symbol.user_text
