"""Lines that turn a symbol on, tried on the evaluator before they are shown."""

from __future__ import annotations

from kcheck.dotconfig import DotConfig, parse_dotconfig
from kcheck.evaluate.conf import olddefconfig
from kcheck.evaluate.valuation import Valuation
from kcheck.explain.cost import NEVER, Cost
from kcheck.explain.reach import Reach
from kcheck.explain.ways import ways_on
from kcheck.findings import Suggestion
from kcheck.model import And, Comparison, Constant, Expr, Model, Not, Or, SymbolRef, Tri

_MOST_LINES = 12
"""Beyond that a chain of estimates is not worth showing; a solver has to look."""


def suggest(
    model: Model, valuation: Valuation, config: DotConfig | None, name: str
) -> Suggestion | None:
    """The lines along the cheapest chain, if the evaluator confirms that they do it."""
    cost = Cost(model, valuation, Reach(model, valuation))
    wanted = _Chain(model, valuation, cost).lines_for(name)
    if not wanted or len(wanted) > _MOST_LINES:
        return None
    lines = tuple(
        f"CONFIG_{each}={value}" if value != "n" else f"# CONFIG_{each} is not set"
        for each, value in wanted.items()
    )
    base = "" if config is None else "\n".join(line.text for line in config.lines)
    text = "\n".join((base, *lines, "")).encode("utf-8", "surrogateescape")
    tried = olddefconfig(model, parse_dotconfig(text, "suggestion")).valuation
    if tried.state(name).tri == Tri.N:
        return None
    lost: list[str] = []
    changed = 0
    for each, before in valuation.states.items():
        after = tried.state(each)
        if after.tri < before.tri:
            lost.append(each)
        elif after.value != before.value and each not in wanted:
            changed += 1
    return Suggestion(lines, tuple(sorted(lost)), changed)


class _Chain:
    """Walks down the cheapest way and notes what has to be set."""

    def __init__(self, model: Model, valuation: Valuation, cost: Cost) -> None:
        self._model = model
        self._valuation = valuation
        self._cost = cost
        self._wanted: dict[str, str] = {}
        self._open: set[str] = set()

    def lines_for(self, name: str) -> dict[str, str]:
        """The settings, what comes first in a chain first; empty where there is no chain."""
        return self._wanted if self._symbol(name) else {}

    def _symbol(self, name: str) -> bool:
        if self._valuation.state(name).tri != Tri.N or name in self._wanted:
            return True
        if name in self._open:
            return False
        self._open.add(name)
        ways = sorted(ways_on(self._model, name), key=self._cost.way)
        if not ways or self._cost.way(ways[0]) == NEVER:
            return False
        best = ways[0]
        if not all(self._expr(term.expr) for term in best.terms):
            return False
        if best.kind == "prompt":
            self._wanted[name] = "y"
        return True

    def _expr(self, expr: Expr) -> bool:
        if self._valuation.tri(expr) != Tri.N:
            return True
        match expr:
            case SymbolRef(name):
                return self._symbol(name)
            case And(operands):
                return all(self._expr(each) for each in operands)
            case Or(operands):
                return self._expr(min(operands, key=self._cost.expr))
            case Not(SymbolRef(name)):
                self._wanted[name] = "n"
                return True
            case Comparison(_, SymbolRef(name), Constant("y" | "m" | "n")):
                return self._symbol(name)
            case _:
                return False
