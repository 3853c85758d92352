"""Why nothing reaches a goal: a smallest set of Kconfig lines that cannot all hold with it."""

from __future__ import annotations

from pysat.solvers import Solver

from kcheck.dotconfig import quoted
from kcheck.evaluate.node_text import node_text
from kcheck.evaluate.nodes import LOGIC, Node, Op, Sym
from kcheck.findings import Proof, ProofLine
from kcheck.model import And, Default, Expr, Location, Model, Prompt
from kcheck.solve.clauses import Label
from kcheck.solve.round import Round
from kcheck.solve.search import Search
from kcheck.solve.sought import Sought
from kcheck.ways import Term, ways_on
from kcheck.wording import expr_text

_SOLVER = "g4"
_SIGNS = {
    Op.EQUAL: "=",
    Op.UNEQUAL: " != ",
    Op.LESS: " < ",
    Op.LESS_EQUAL: " <= ",
    Op.GREATER: " > ",
    Op.GREATER_EQUAL: " >= ",
}


def prove(model: Model, search: Search) -> Proof:
    """The core of a search that has found nothing, not even by giving something up."""
    labels = _core(search.sought)
    if not labels:
        # A value that the symbol never has, whatever the rest of the tree does.
        return Proof(
            tuple(_bare(model, each.name) for each in search.sought.wanted), search.faithful
        )
    lines = [_line(model, label) for label in labels]
    told = {each.symbol for each in lines if each is not None}
    # A symbol's own equation is told only where no line of it is.
    bare = [
        _bare(model, label.symbol)
        for label in labels
        if label.aspect == "value" and label.symbol not in told
    ]
    core = dict.fromkeys(each for each in [*lines, *bare] if each is not None)
    return Proof(tuple(core), search.faithful)


def _core(sought: Sought) -> list[Label]:
    """Labels that contradict the goals, none of which can be left out."""
    clauses = Round(sought, True, [], labelled=True).clauses
    label_of = {selector: label for label, selector in clauses.selectors.items()}
    with Solver(_SOLVER, bootstrap_with=clauses.clauses) as solver:
        if solver.solve(assumptions=list(label_of)):
            return []
        core = list(solver.get_core() or ())
        kept: list[int] = []
        while core:
            candidate = core.pop()
            if solver.solve(assumptions=kept + core):
                kept.append(candidate)
            else:
                still = set(solver.get_core() or ())
                core = [each for each in core if each in still]
    order = {label: number for number, label in enumerate(clauses.selectors)}
    return sorted((label_of[each] for each in kept), key=order.__getitem__)


def _line(model: Model, label: Label) -> ProofLine | None:
    """What one label says, in Kconfig's words."""
    part = label.part
    if label.aspect in ("keep", "choice"):
        return ProofLine(label.symbol, _SAYS[label.aspect], _defined_at(model, label.symbol))
    if not isinstance(part, Node):
        return None
    text = _text(part)
    location = _place(model, label.symbol, label.aspect, part, text)
    says = _SAYS[label.aspect].format(text)
    absent = [each.name for each in _symbols(part) if _is_absent(model, each)]
    if absent:
        says += f"; {' and '.join(absent)}: not defined here"
    return ProofLine(label.symbol, says, location)


_SAYS = {
    "prompt": "prompt needs {}",
    "depends": "depends on {}",
    "default": "default needs {}",
    "select": "selected by {}",
    "imply": "implied by {}",
    "range": "range if {}",
    "choice": "one member of its choice is on",
    "keep": "has to stay as it is",
}


def _bare(model: Model, name: str) -> ProofLine:
    symbol = model.symbols.get(name)
    properties = tuple(symbol.properties) if symbol else ()
    has_prompt = any(isinstance(item, Prompt) for item in properties)
    has_default = any(isinstance(item, Default) for item in properties)
    if symbol is None:
        says = "not defined here"
    elif not (has_prompt or has_default or name in model.selects):
        says = "no prompt, no default, and nothing selects it"
    elif not has_prompt:
        says = "no prompt: its defaults and selects alone decide"
    else:
        says = "its prompt, defaults and selects alone decide"
    return ProofLine(name, says, _defined_at(model, name))


def _defined_at(model: Model, name: str) -> Location | None:
    symbol = model.symbols.get(name)
    return symbol.definitions[0].location if symbol else None


def _place(model: Model, name: str, aspect: str, node: Node, text: str) -> Location | None:
    """The line that the condition stands on; where conf has rewritten it, the nearest."""
    if aspect in ("select", "imply"):
        pulls = model.selects if aspect == "select" else model.implies
        selectors = {each.name for each in _symbols(node)}
        for definition, item in pulls.get(name, ()):
            if definition.symbol in selectors:
                return item.location
        return _defined_at(model, name)
    terms = [
        term for way in ways_on(model, name) if way.kind in (aspect, "prompt") for term in way.terms
    ]
    for term in terms:
        if any(expr_text(part) == text for part in _parts(term.expr)):
            return term.location
    wanted = {each.name for each in _symbols(node)}
    return next(
        (term.location for term in terms if wanted and wanted <= _names(term)),
        _defined_at(model, name),
    )


def _parts(expr: Expr) -> tuple[Expr, ...]:
    return (expr, *expr.operands) if isinstance(expr, And) else (expr,)


def _names(term: Term) -> set[str]:
    text = expr_text(term.expr)
    for sign in '&|!()=<>"':
        text = text.replace(sign, " ")
    return set(text.split())


def _symbols(node: Node) -> list[Sym]:
    if node.op in LOGIC:
        return [symbol for each in node.left for symbol in _symbols(each)]
    if node.op is Op.NOT:
        return _symbols(node.left)
    return [] if node.op is Op.FAULT or node.left.constant else [node.left]


def _is_absent(model: Model, symbol: Sym) -> bool:
    """Whether a name that looks like a symbol's is none; numbers and words stand for themselves."""
    return symbol.name not in model.symbols and not symbol.is_choice and symbol.name.isupper()


def _text(node: Node) -> str:
    return node_text(node, _name, _SIGNS, "a comparison with y")


def _name(symbol: Sym) -> str:
    if symbol.is_choice:
        return symbol.name or "the choice"
    if symbol.constant and symbol.name not in ("y", "m", "n"):
        return quoted(symbol.name)
    return symbol.name
