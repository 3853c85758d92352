"""What gives symbols their values: lines of a .config, selects, defaults, choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kcheck.auditing import Selector
from kcheck.evaluate.valuation import Valuation
from kcheck.model import (
    And,
    Comparison,
    Default,
    Expr,
    Location,
    Model,
    Or,
    SymbolRef,
    Tri,
)
from kcheck.ways import Term, Way, dependencies, ways_on

_BRINGS_IN = ("select", "imply", "default")
"""How the terms are called that turn a symbol on, beside those that only permit it."""


class Setters:
    """What sets symbols under one valuation.

    `lines` has the line that counts for each symbol that has one; those in `files` are
    named rather than others.
    """

    def __init__(
        self,
        model: Model,
        valuation: Valuation,
        lines: Mapping[str, Location],
        files: frozenset[str],
    ) -> None:
        self._model = model
        self._valuation = valuation
        self._lines = lines
        self._files = files

    def line_of(self, name: str) -> Location | None:
        """The line that gives the symbol its value; None where it comes from elsewhere."""
        state = self._valuation.state(name)
        counts = state.user is not None and state.visibility != Tri.N
        return self._lines.get(name) if counts else None

    def selectors(self, name: str, limit: Tri, kind: str = "select") -> tuple[Selector, ...]:
        """The symbols that raise `name` above `limit`; those that a line names come first."""
        active = [
            way
            for way in ways_on(self._model, name)
            if way.kind == kind and self.strength(way.terms) > limit
        ]
        found = [self._selector(way) for way in active]
        return tuple(sorted(found, key=lambda each: self.rank(each.line)))

    def chosen(self, members: tuple[str, ...]) -> tuple[str | None, Location | None]:
        """The member that is on, and the line that says so."""
        for member in members:
            if self._valuation.state(member).tri == Tri.Y:
                return member, self.line_of(member)
        return None, None

    def default(self, name: str) -> Default | None:
        """The default that counts where nothing else sets the symbol."""
        for definition in self._model.symbols[name].definitions:
            if self.strength(tuple(dependencies(self._model, definition))) == Tri.N:
                continue
            for item in definition.properties:
                if isinstance(item, Default) and self._valuation.tri(item.condition) != Tri.N:
                    return item
        return None

    def members_beside(self, name: str) -> tuple[int, tuple[str, ...]] | None:
        """The choice around a symbol, as its index in the entries, and all its members."""
        for index, members in self._model.choice_members.items():
            if name in members:
                return index, members
        return None

    def strength(self, terms: tuple[Term, ...]) -> Tri:
        """How far all the conditions hold."""
        return min((self._valuation.tri(term.expr) for term in terms), default=Tri.Y)

    def rank(self, line: Location | None) -> int:
        """Lower for a line that is named rather than another."""
        return 2 if line is None else int(line.file not in self._files)

    def _selector(self, way: Way) -> Selector:
        assert way.by is not None
        value = self._valuation.state(way.by).value
        set_there, line = self._behind(way.by)
        return Selector(way.by, value, way.location, line, set_there)

    def _behind(self, name: str) -> tuple[str | None, Location | None]:
        """The line that turns `name` on: its own, else one of `files` that brings it in."""
        own = self.line_of(name)
        if own is not None:
            return name, own
        waiting, met = [name], {name}
        for each in waiting:
            line = self.line_of(each)
            if line is not None and line.file in self._files:
                return each, line
            new = [other for other in self._brought_by(each) if other not in met]
            met.update(new)
            waiting += new
        return None, None

    def _brought_by(self, name: str) -> list[str]:
        return [
            other
            for way in ways_on(self._model, name)
            if way.kind in _BRINGS_IN and self.strength(way.terms) != Tri.N
            for term in way.terms
            if term.what.startswith(_BRINGS_IN)
            for other in _on_in(term.expr)
            if self._valuation.state(other).tri != Tri.N
        ]


def _on_in(expr: Expr) -> Iterator[str]:
    """The symbols that an expression wants on."""
    match expr:
        case SymbolRef(name):
            yield name
        case And(operands) | Or(operands):
            for each in operands:
                yield from _on_in(each)
        case Comparison(_, SymbolRef(name), _):
            yield name
        case _:
            return
