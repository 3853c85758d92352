"""What keeps a symbol on, and what it takes to turn it off."""

from __future__ import annotations

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.program import deep_recursion
from kcheck.explain.answer import known_name, origins
from kcheck.findings import Origin, Solution, WhyOn
from kcheck.goals import Exactly
from kcheck.model import Default, Symbol, SymbolType, Tri
from kcheck.question import Question, in_part, outcome_of, session_of
from kcheck.solve.session import Session
from kcheck.wording import expr_text

_TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)


def why_on(session: Session, config: DotConfig | None, name: str, alternatives: int = 0) -> WhyOn:
    """What holds `name` up: the .config, selects, implies, its default; and the way down.

    Raises UnknownSymbolError for a name that the tree does not mention.
    """
    model, valuation = session.model, session.valuation
    name = known_name(model, model.symbols, name)
    symbol = model.symbols.get(name)
    state = valuation.state(name)
    if symbol is None or symbol.type not in _TRISTATES or state.tri == Tri.N:
        is_logical = symbol is None or symbol.type in _TRISTATES
        return WhyOn(name, state.value if symbol else "n", is_logical, (), (), None)
    with deep_recursion():
        solution = session.solve((Exactly(name, Tri.N),), alternatives=alternatives, whole=True)
    return kept_on(session, config, symbol, solution)


def why_on_in_part(question: Question, name: str, alternatives: int = 0) -> WhyOn:
    """Likewise, by as much of the question's model as the answer takes."""
    parts = question.loaded.parts
    name = known_name(parts.frame, parts.defined, name)
    if not parts.defines(name):
        return WhyOn(name, "n", True, (), (), None)

    def ask(part: Question) -> WhyOn:
        return why_on(session_of(part, outcome_of(part)), part.config, name, alternatives)

    return in_part(question, (name,), ask)


def kept_on(
    session: Session, config: DotConfig | None, symbol: Symbol, solution: Solution | None
) -> WhyOn:
    """What holds a symbol up that is on, `solution` being known already."""
    model, valuation, name = session.model, session.valuation, symbol.name
    state = valuation.state(name)
    with deep_recursion():
        kept = list(origins(model, valuation, config, symbol, state))
        if not any(each.how == "default" for each in kept):
            kept += _default(session, name)
        for definition, item in model.implies.get(name, ()):
            active = min(valuation.state(definition.symbol).tri, valuation.tri(item.condition))
            if active != Tri.N:
                kept.append(Origin("implied by", str(item.location), definition.symbol))
    locations = tuple(each.location for each in symbol.definitions)
    is_logical = symbol.type in _TRISTATES
    return WhyOn(name, state.value, is_logical, locations, tuple(kept), solution)


def _default(session: Session, name: str) -> list[Origin]:
    """The default that counts where nobody says anything."""
    for each in session.model.symbols[name].properties:
        if isinstance(each, Default) and session.valuation.tri(each.condition) != Tri.N:
            if session.valuation.tri(each.value) == Tri.N:
                return []
            return [Origin("default", str(each.location), expr_text(each.value))]
    return []
