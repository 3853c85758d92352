"""The whole answer about one symbol."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from kcheck.dotconfig import DotConfig
from kcheck.errors import NotKeptError, UnknownSymbolError
from kcheck.evaluate.program import deep_recursion
from kcheck.evaluate.valuation import SymbolState, Valuation
from kcheck.explain.assumptions import assumed_answers, left_out
from kcheck.explain.cost import Cost
from kcheck.explain.elsewhere import definitions_elsewhere
from kcheck.explain.leaves import Leaves
from kcheck.explain.limits import Limits
from kcheck.explain.reach import Reach
from kcheck.explain.reasons import Builder
from kcheck.explain.simplify import simplified
from kcheck.findings import (
    Condition,
    Costly,
    Explanation,
    NeedsToolchain,
    NotDefinedHere,
    Origin,
    Reachable,
    Reason,
    Solution,
    Unreachable,
    Verdict,
)
from kcheck.goals import AtLeast, IsWritten
from kcheck.model import (
    And,
    Comparison,
    Default,
    Expr,
    Model,
    Not,
    Or,
    Range,
    Symbol,
    SymbolRef,
    SymbolType,
    Tri,
)
from kcheck.question import Question, in_part, outcome_of, session_of
from kcheck.solve.session import Session
from kcheck.ways import Term, dependencies
from kcheck.wording import expr_text, operand_text

_TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)
DEFAULT_DEPTH = 3


def explain(
    session: Session,
    config: DotConfig | None,
    name: str,
    depth: int = DEFAULT_DEPTH,
    every: bool = False,
    alternatives: int = 0,
) -> Explanation:
    """Explain the value of `name`, which may carry the prefix CONFIG_.

    `config` is the file whose lines are named as the cause of what it asks for.  The chain
    goes `depth` alternatives deep; with `every` no way and no condition is left out.
    Raises UnknownSymbolError for a name that the tree does not mention.
    """
    model = session.model
    name = known_name(model, model.symbols, name)
    symbol = model.symbols.get(name)
    if symbol is None:
        return not_defined(model, name)
    with deep_recursion():
        is_on = _is_on(session.valuation, symbol)
        solution = None if is_on else _solution(session, symbol, alternatives)
        verdict = Verdict.ENABLED if is_on else _verdict(solution)
        return explained(session, config, symbol, verdict, solution, depth, every)


def explain_in_part(
    question: Question,
    name: str,
    depth: int = DEFAULT_DEPTH,
    every: bool = False,
    alternatives: int = 0,
) -> Explanation:
    """Likewise, by as much of the question's model as the answer takes."""
    parts = question.loaded.parts
    name = known_name(parts.frame, parts.defined, name)
    if not parts.defines(name):
        return not_defined(parts.frame, name)

    def ask(part: Question) -> Explanation:
        session = session_of(part, outcome_of(part))
        return explain(session, part.config, name, depth, every, alternatives)

    return in_part(question, (name,), ask)


def explained(
    session: Session,
    config: DotConfig | None,
    symbol: Symbol,
    verdict: Verdict,
    solution: Solution | None,
    depth: int = DEFAULT_DEPTH,
    every: bool = False,
) -> Explanation:
    """The explanation of a symbol about which the verdict is known already."""
    model, valuation, name = session.model, session.valuation, symbol.name
    with deep_recursion():
        state = valuation.state(name)
        is_on = verdict is Verdict.ENABLED
        reach = Reach(model, valuation)
        cost = Cost(model, valuation, reach)
        limits = _limits(model, valuation, verdict)
        leaves = Leaves(model, valuation, config)
        builder = Builder(leaves, cost, depth, limits, every, session)
        reasons: tuple[Reason, ...] = () if is_on else simplified(builder.why_off(name))
        if isinstance(solution, Unreachable) and builder.waits_on:
            # A chain that ends in something to set is none: here the proof alone says why.
            reasons = ()
            builder.waits_on.clear()
        return Explanation(
            symbol=name,
            type=symbol.type,
            value=state.value,
            verdict=verdict,
            definitions=tuple(each.location for each in symbol.definitions),
            conditions=_conditions(model, valuation, symbol),
            origins=origins(model, valuation, config, symbol, state),
            reasons=reasons,
            waits_on=tuple(builder.waits_on),
            rests_on=_rests_on(model, valuation, symbol) if is_on else (),
            solution=solution,
            assumptions=(
                *assumed_answers(model, name),
                *(left_out(model) if solution and not isinstance(solution, Unreachable) else ()),
            ),
        )


def _is_on(valuation: Valuation, symbol: Symbol) -> bool:
    state = valuation.state(symbol.name)
    return state.tri != Tri.N if symbol.type in _TRISTATES else state.written


def not_defined(model: Model, name: str) -> Explanation:
    """The answer about a symbol that no file read for this architecture defines."""
    found = definitions_elsewhere(model, name)
    return Explanation(
        symbol=name,
        type=SymbolType.UNKNOWN,
        value="n",
        verdict=Verdict.IMPOSSIBLE,
        definitions=(),
        conditions=(),
        origins=(),
        reasons=(NotDefinedHere(name, found.definitions, found.read_by),),
        waits_on=(),
        rests_on=(),
        solution=None,
        assumptions=assumed_answers(model, name),
    )


def known_name(model: Model, defined: Collection[str], name: str) -> str:
    """The symbol meant by `name`, `defined` being those that the model defines, which itself may
    be without its entries.

    Raises UnknownSymbolError for a name of none, NotKeptError for one that a snapshot lacks.
    """
    name = name.removeprefix("CONFIG_")
    if not model.knows(name) and not model.knows(name.upper()):
        raise NotKeptError(
            f"{name}: the snapshot of linux {model.target.version} does not have it for"
            f" {model.target.arch}, only what bears on live patching; name a kernel tree with"
            " --tree"
        )
    if name in defined or name in model.named:
        return name
    if name.upper() in defined:
        return name.upper()
    if definitions_elsewhere(model, name).definitions:
        return name
    near = difflib.get_close_matches(name.upper(), defined, n=3, cutoff=0.75)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise UnknownSymbolError(f"{name}: linux {model.target.version} mentions no such symbol{hint}")


def _solution(session: Session, symbol: Symbol | None, alternatives: int) -> Solution | None:
    """What turns the symbol on; None for one that is not defined here, or never written."""
    if symbol is None or symbol.transitional or symbol.type is SymbolType.UNKNOWN:
        return None
    is_logical = symbol.type in _TRISTATES
    goal = AtLeast(symbol.name, Tri.M) if is_logical else IsWritten(symbol.name)
    return session.solve((goal,), alternatives=alternatives, whole=True)


def _verdict(solution: Solution | None) -> Verdict:
    match solution:
        case Reachable():
            return Verdict.REACHABLE
        case Costly():
            return Verdict.CONFLICT
        case NeedsToolchain():
            return Verdict.BLOCKED
        case _:
            return Verdict.IMPOSSIBLE


def _limits(model: Model, valuation: Valuation, verdict: Verdict) -> Limits:
    """For what cannot be: what tells the conditions that stand in the way from the rest."""
    if verdict is Verdict.BLOCKED:
        better = Reach(model, valuation, any_answer=True, keep=True)
        return Limits(Reach(model, valuation, keep=True), better)
    if verdict is Verdict.IMPOSSIBLE:
        return Limits(Reach(model, valuation))
    return Limits()


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


def origins(
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
