"""The whole answer about one symbol."""

from __future__ import annotations

import difflib

from kcheck.dotconfig import DotConfig
from kcheck.errors import UnknownSymbolError
from kcheck.evaluate.program import deep_recursion
from kcheck.evaluate.valuation import SymbolState, Valuation
from kcheck.explain.cost import Cost
from kcheck.explain.elsewhere import definitions_elsewhere
from kcheck.explain.leaves import Leaves
from kcheck.explain.limits import Limits
from kcheck.explain.reach import Reach
from kcheck.explain.reasons import Builder
from kcheck.explain.simplify import simplified
from kcheck.explain.suggest import suggest
from kcheck.explain.ways import Term, dependencies, ways_on
from kcheck.explain.wording import expr_text, operand_text
from kcheck.findings import Condition, Explanation, Origin, Reason, Verdict
from kcheck.model import (
    And,
    Comparison,
    Default,
    Expr,
    Model,
    Not,
    Or,
    ProbeSource,
    Range,
    Symbol,
    SymbolRef,
    SymbolType,
    Tri,
)

_TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)
DEFAULT_DEPTH = 3


def explain(
    model: Model,
    valuation: Valuation,
    config: DotConfig | None,
    name: str,
    depth: int = DEFAULT_DEPTH,
    every: bool = False,
) -> Explanation:
    """Explain the value of `name`, which may carry the prefix CONFIG_.

    The chain goes `depth` alternatives deep; with `every` no way and no condition is left out.
    Raises UnknownSymbolError for a name that the tree does not mention.
    """
    name = _known_name(model, name)
    with deep_recursion():
        symbol = model.symbols.get(name)
        state = valuation.state(name)
        is_on = state.written if symbol and symbol.type not in _TRISTATES else state.tri != Tri.N
        reach = Reach(model, valuation)
        verdict = _verdict(model, valuation, name, is_on, reach)
        cost = Cost(model, valuation, reach)
        limits = _limits(model, valuation, verdict)
        builder = Builder(Leaves(model, valuation, config), cost, depth, limits, every)
        reasons: tuple[Reason, ...] = () if is_on else simplified(builder.why_off(name))
        conditions = _conditions(model, valuation, symbol)
        suggestion = None
        if verdict is Verdict.OFF and symbol is not None and symbol.type in _TRISTATES:
            suggestion = suggest(model, valuation, config, name)
        return Explanation(
            symbol=name,
            type=symbol.type if symbol else SymbolType.UNKNOWN,
            value=state.value if symbol else "n",
            verdict=verdict,
            definitions=tuple(each.location for each in symbol.definitions) if symbol else (),
            conditions=conditions,
            origins=_origins(model, valuation, config, symbol, state),
            reasons=reasons,
            waits_on=tuple(builder.waits_on),
            rests_on=_rests_on(model, valuation, symbol) if is_on else (),
            suggestion=suggestion,
            assumptions=_assumptions(model),
        )


def _known_name(model: Model, name: str) -> str:
    name = name.removeprefix("CONFIG_")
    mentioned = {each.name for each in model.mentioned if isinstance(each, SymbolRef)}
    if name in model.symbols or name in mentioned:
        return name
    if name.upper() in model.symbols:
        return name.upper()
    if definitions_elsewhere(model, name).definitions:
        return name
    near = difflib.get_close_matches(name.upper(), model.symbols, n=3, cutoff=0.75)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise UnknownSymbolError(f"{name}: linux {model.target.version} mentions no such symbol{hint}")


def _verdict(model: Model, valuation: Valuation, name: str, is_on: bool, reach: Reach) -> Verdict:
    if is_on:
        return Verdict.ENABLED
    symbol = model.symbols.get(name)
    if symbol is None or symbol.transitional:
        return Verdict.IMPOSSIBLE
    if symbol.type not in _TRISTATES:
        return Verdict.OFF if _can_show(model, symbol, reach) else Verdict.IMPOSSIBLE
    # Where another compiler would do and otherwise something has to go off, it is the
    # compiler that stands in the way.
    for keep in (True, False):
        for any_answer, verdict in ((False, Verdict.OFF), (True, Verdict.BLOCKED)):
            if Reach(model, valuation, any_answer, keep).can_be_on(name):
                return verdict
    return Verdict.IMPOSSIBLE


def _limits(model: Model, valuation: Valuation, verdict: Verdict) -> Limits:
    """For what cannot be: what tells the conditions that stand in the way from the rest."""
    if verdict is Verdict.BLOCKED:
        better = Reach(model, valuation, any_answer=True, keep=True)
        return Limits(Reach(model, valuation, keep=True), better)
    if verdict is Verdict.IMPOSSIBLE:
        return Limits(Reach(model, valuation))
    return Limits()


def _can_show(model: Model, symbol: Symbol, reach: Reach) -> bool:
    return any(
        all(reach.can_hold(term.expr, term.probes) for term in way.terms)
        for way in ways_on(model, symbol.name)
        if way.kind == "prompt"
    ) or any(isinstance(item, Default) for item in symbol.properties)


def _conditions(model: Model, valuation: Valuation, symbol: Symbol | None) -> tuple[Condition, ...]:
    """Every condition of every definition, the parts of an && apart."""
    found: list[Condition] = []
    for definition in symbol.definitions if symbol else ():
        for term in dependencies(model, definition):
            for part in _parts(term):
                holds = valuation.tri(part) != Tri.N
                condition = Condition(term.what, expr_text(part), term.location, holds)
                if condition not in found:
                    found.append(condition)
    return tuple(found)


def _parts(term: Term) -> tuple[Expr, ...]:
    return term.expr.operands if isinstance(term.expr, And) else (term.expr,)


def _origins(
    model: Model,
    valuation: Valuation,
    config: DotConfig | None,
    symbol: Symbol | None,
    state: SymbolState,
) -> tuple[Origin, ...]:
    """Where the value comes from."""
    if symbol is None or (state.tri == Tri.N and symbol.type in _TRISTATES):
        return ()
    found: list[Origin] = []
    line = config.last(symbol.name) if config is not None else None
    if line is not None and config is not None and state.user is not None and state.visibility:
        place = f"{config.name}:{line.number}"
        as_asked = state.user == state.value
        found.append(Origin("set at", place) if as_asked else Origin("asked", place, state.user))
    for definition, item in model.selects.get(symbol.name, ()):
        active = min(valuation.state(definition.symbol).tri, valuation.tri(item.condition))
        if active != Tri.N:
            found.append(Origin("selected by", str(item.location), definition.symbol))
    if not found:
        for each in symbol.properties:
            if isinstance(each, Default) and valuation.tri(each.condition) != Tri.N:
                found.append(Origin("default", str(each.location), expr_text(each.value)))
                break
    for each in symbol.properties:
        if isinstance(each, Range) and valuation.tri(each.condition) != Tri.N:
            limits = f"{operand_text(each.low)} to {operand_text(each.high)}"
            found.append(Origin("range", str(each.location), limits))
            break
    return tuple(found)


def _rests_on(model: Model, valuation: Valuation, symbol: Symbol | None) -> tuple[str, ...]:
    """The symbols in its dependencies that are on."""
    names: list[str] = []
    for definition in symbol.definitions if symbol else ():
        for term in dependencies(model, definition):
            for name in _names(term.expr):
                if valuation.state(name).tri != Tri.N and name not in names:
                    names.append(name)
    return tuple(names)


def _names(expr: Expr) -> tuple[str, ...]:
    match expr:
        case SymbolRef(name):
            return (name,)
        case And(operands) | Or(operands):
            return tuple(name for each in operands for name in _names(each))
        case Comparison(_, SymbolRef(name), _):
            return (name,)
        case Not():
            return ()
        case _:
            return ()


def _assumptions(model: Model) -> tuple[str, ...]:
    assumed = sum(probe.source is ProbeSource.ASSUMED for probe in model.probes)
    if not assumed:
        return ()
    return (
        f"{assumed} questions to the toolchain were not asked (--probes none): assumed is a"
        " current gcc and binutils that can do what is asked, and no rustc, bindgen, pahole",
    )
