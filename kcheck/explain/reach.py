"""Which symbols can be on at all, whatever the .config says.

The answer errs on one side only: what may depend on settings counts as possible, so a
symbol that is found out of reach really is.  A proof for the rest needs a solver.
"""

from __future__ import annotations

from typing import assert_never

from kcheck.evaluate.valuation import Valuation
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Default,
    Expr,
    Model,
    Not,
    Or,
    Prompt,
    Relation,
    SymbolRef,
    SymbolType,
    Tri,
)
from kcheck.ways import Term, ways_on

_TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)


class Reach:
    """Reachability in one model.

    With `any_answer` every probe might have answered otherwise: what is in reach only
    then is blocked by the toolchain.  With `keep` nothing that is on may go off.
    """

    def __init__(
        self, model: Model, valuation: Valuation, any_answer: bool = False, keep: bool = False
    ) -> None:
        self._model = model
        self._valuation = valuation
        self._any_answer = any_answer
        self._keep = keep
        self._on: set[str] = set()
        self._off: set[str] = set()
        self._searching = False

    def can_be_on(self, name: str) -> bool:
        """Whether some .config might turn `name` on."""
        if self._is_on(name):
            return True
        if self._searching:
            return self._search(name)
        # A symbol that is met again while it is looked into counts as off, so a pass may
        # miss what it found out later: passes go on until one finds nothing new.
        self._searching = True
        try:
            while True:
                before = len(self._on)
                self._off.clear()
                if self._search(name):
                    return True
                if len(self._on) == before:
                    return False
        finally:
            self._searching = False

    def _is_on(self, name: str) -> bool:
        """Whether a symbol is on, or has been found able to be."""
        return name in self._on or self._valuation.state(name).tri != Tri.N

    def _search(self, name: str) -> bool:
        if self._is_on(name):
            return True
        if name in self._off:
            return False
        self._off.add(name)
        for way in ways_on(self._model, name):
            if all(self._term(term) for term in way.terms):
                self._off.discard(name)
                self._on.add(name)
                return True
        return False

    def _term(self, term: Term) -> bool:
        return self.can_hold(term.expr, term.probes)

    def can_hold(self, expr: Expr, probes: tuple[int, ...] = ()) -> bool:
        """Whether some .config might make the condition other than n."""
        free = self._any_answer and bool(probes)
        match expr:
            case Constant(text):
                return free or text in ("y", "m")
            case SymbolRef(name):
                return self.can_be_on(name)
            case And(operands):
                return all(self.can_hold(each, probes) for each in operands)
            case Or(operands):
                return any(self.can_hold(each, probes) for each in operands)
            case Not(operand):
                return free or self._can_fail(operand, probes)
            case Comparison(relation, left, right):
                return free or self._can_compare(expr, relation, left, right)
            case _:
                assert_never(expr)

    def _can_fail(self, expr: Expr, probes: tuple[int, ...]) -> bool:
        """Whether some .config might make the condition other than y."""
        match expr:
            case Constant(text):
                return text != "y"
            case SymbolRef(name):
                if self._keep and self._valuation.state(name).tri != Tri.N:
                    return False
                return not self._is_fixed_on(name)
            case Not(operand):
                return self.can_hold(operand, probes)
            case And(operands):
                return any(self._can_fail(each, probes) for each in operands)
            case Or(operands):
                return all(self._can_fail(each, probes) for each in operands)
            case Comparison():
                return self._is_open(expr) or self._valuation.tri(expr) != Tri.Y
            case _:
                assert_never(expr)

    def _is_fixed_on(self, name: str) -> bool:
        """Whether a symbol is y in every .config: a default without any condition."""
        symbol = self._model.symbols.get(name)
        if symbol is None or any(isinstance(item, Prompt) for item in symbol.properties):
            return False
        for way in ways_on(self._model, name):
            unconditional = all(term.expr == Constant("y") for term in way.terms)
            probed = any(term.probes for term in way.terms)
            if unconditional and not (probed and self._any_answer):
                return True
        return False

    def _can_compare(self, expr: Expr, relation: Relation, left: object, right: object) -> bool:
        if (
            isinstance(left, SymbolRef)
            and relation is Relation.EQUAL
            and right in (Constant("y"), Constant("m"))
        ):
            return self.can_be_on(left.name)
        if isinstance(left, SymbolRef) and relation is Relation.UNEQUAL and right == Constant("n"):
            return self.can_be_on(left.name)
        return self._is_open(expr) or self._valuation.tri(expr) != Tri.N

    def _is_open(self, expr: Expr) -> bool:
        """Whether a comparison hangs on a setting (or on a probe that may be otherwise)."""
        assert isinstance(expr, Comparison)
        return any(
            self._can_change(side.name)
            for side in (expr.left, expr.right)
            if isinstance(side, SymbolRef)
        )

    def _can_change(self, name: str) -> bool:
        symbol = self._model.symbols.get(name)
        if symbol is None:
            return False
        if symbol.type in _TRISTATES or any(isinstance(item, Prompt) for item in symbol.properties):
            return True
        # Without a prompt: fixed if its one default is, unless a probe gave it.
        defaults = [item for item in symbol.properties if isinstance(item, Default)]
        if any(item.probes for item in defaults):
            return self._any_answer
        return any(not isinstance(item.value, Constant) for item in defaults) or len(defaults) > 1
