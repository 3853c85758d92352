"""Which values of ints, hexes and strings make a difference, so that lines may ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from kcheck.evaluate.nodes import TRISTATES, Op, Sym
from kcheck.evaluate.numbers import BASES, leading_number
from kcheck.evaluate.program import Program
from kcheck.evaluate.values import single_symbol
from kcheck.model import And, Comparison, Constant, Expr, Not, Or, SymbolRef, SymbolType

_COMPARISONS = (
    Op.EQUAL, Op.UNEQUAL, Op.LESS, Op.LESS_EQUAL, Op.GREATER, Op.GREATER_EQUAL,
)  # fmt: skip


Candidates = Mapping[Sym, Mapping[str, bool]]
"""For ints, hexes and strings: values that make a difference, and whether one is named."""


def candidates(program: Program, values: Mapping[Sym, str]) -> Candidates:
    """For each int, hex and string the values that comparisons tell apart, and whether one
    names the value itself.

    A symbol that another one takes for its default or its bound counts as compared where
    that one is.
    """
    found = _made.get(program)
    if found is None:
        found = _made[program] = _Comparisons(program)
    return found.candidates(values)


class _Comparisons:
    """A program's comparisons: nearly all that candidates() says hangs on no .config."""

    def __init__(self, program: Program) -> None:
        self._sides: list[tuple[Sym, Sym]] = []
        self._pairs: list[tuple[Sym, Sym]] = []
        for node in program.interner.nodes():
            if node.op in _COMPARISONS:
                if _can_differ(node.left) and _can_differ(node.right):
                    self._pairs.append((node.left, node.right))
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    if not one.constant and one.type not in TRISTATES:
                        self._sides.append((one, other))
        self._takers = [
            (source, symbol)
            for symbol in program.interner.symbols.values()
            for source in _sources(symbol)
        ]
        self._hangs_on = tuple(other for _, other in self._sides if _can_differ(other))
        self._latest: tuple[tuple[str, ...], Candidates] | None = None

    def candidates(self, values: Mapping[Sym, str]) -> Candidates:
        """The values that make a difference while symbols have `values`."""
        decisive = tuple(values[each] for each in self._hangs_on)
        if self._latest is None or self._latest[0] != decisive:
            self._latest = decisive, self._sought(values)
        return self._latest[1]

    def _sought(self, values: Mapping[Sym, str]) -> Candidates:
        compared: dict[Sym, dict[str, None]] = {}
        for one, other in self._sides:
            compared.setdefault(one, {}).update(_constants(other, values))
        _hand_on(compared, self._takers)
        both_ways = [*self._pairs, *((other, one) for one, other in self._pairs)]
        # Of so many that are compared with each other, each may have to have a value of its own.
        for _ in {symbol for pair in self._pairs for symbol in pair}:
            for one, other in both_ways:
                near = [each for text in compared[other] for each in _beside(other.type, text)]
                compared[one].update((_said(each, other, one), None) for each in near)
            _hand_on(compared, self._takers)
        return {
            symbol: dict.fromkeys(
                (each for text in texts for each in _beside(symbol.type, text)), False
            )
            | dict.fromkeys(texts, True)
            for symbol, texts in compared.items()
        }


_made: WeakKeyDictionary[Program, _Comparisons] = WeakKeyDictionary()


def _can_differ(symbol: Sym) -> bool:
    return not (symbol.constant or symbol.type in TRISTATES or symbol.type is SymbolType.UNKNOWN)


def _hand_on(compared: dict[Sym, dict[str, None]], takers: list[tuple[Sym, Sym]]) -> None:
    """Give what counts for a symbol to those from which it takes its value."""
    changing = True
    while changing:
        changing = False
        for source, symbol in takers:
            texts = compared.setdefault(source, {})
            known = len(texts)
            texts.update((_said(each, symbol, source), None) for each in compared.get(symbol, {}))
            changing |= len(texts) > known


def with_text(known: Candidates, symbol: Sym, text: str, is_named: bool = True) -> Candidates:
    """`known` and one value more that `symbol` may have, as may those that it takes for its
    defaults and bounds; whether it is the one that a comparison names.
    """
    found = {**known}
    waiting = [(symbol, text)]
    seen: set[Sym] = set()
    while waiting:
        each, value = waiting.pop()
        if each not in seen:
            seen.add(each)
            there = found.get(each, {})
            found[each] = {**there, value: is_named or there.get(value, False)}
            waiting += [(source, _said(value, each, source)) for source in _sources(each)]
    return found


def with_compared(known: Candidates, symbols: Mapping[str, Sym], expr: Expr) -> Candidates:
    """`known` and the values beside which the comparisons in `expr` with constants turn."""
    match expr:
        case Not(operand):
            return with_compared(known, symbols, operand)
        case And(operands) | Or(operands):
            for part in operands:
                known = with_compared(known, symbols, part)
        case Comparison(_, SymbolRef(name), Constant(text)):
            symbol = symbols.get(name)
            if symbol is not None and _can_differ(symbol):
                for each in _beside(symbol.type, text):
                    known = with_text(known, symbol, each, each == text)
    return {**known}


def _sources(symbol: Sym) -> list[Sym]:
    """The symbols whose values an int, hex or string takes over: for a default, for a bound."""
    if symbol.type in TRISTATES:
        return []
    found = [single_symbol(item) for item in symbol.defaults]
    for limits in symbol.ranges:
        found += [limits.low, limits.high]
    return [
        each
        for each in found
        if each is not None and not each.constant and each.type not in TRISTATES
    ]


def _said(text: str, symbol: Sym, other: Sym) -> str:
    """A value of `symbol` as one of `other`: the same number where that is written otherwise."""
    if symbol.type == other.type or not {symbol.type, other.type} <= BASES.keys():
        return text
    number = leading_number(text, BASES[symbol.type])
    return str(number) if other.type is SymbolType.INT else hex(number)


def _constants(symbol: Sym, values: Mapping[Sym, str]) -> dict[str, None]:
    """The values that a comparison's other side is known to have."""
    if symbol.constant:
        return {symbol.text: None}
    if symbol.type is SymbolType.UNKNOWN:
        return {symbol.name: None}
    if symbol.type in TRISTATES:
        return dict.fromkeys("nmy")
    found = {values[symbol]: None}
    for item in symbol.defaults:
        source = single_symbol(item)
        if source is not None and source.constant:
            found[source.text] = None
    return found


def _beside(symbol_type: SymbolType, text: str) -> Iterable[str]:
    """`text` and what comes right before and behind it, as far as lines can say it."""
    if symbol_type not in BASES:
        return text, "", f"{text} "
    number = leading_number(text, 0 if symbol_type is SymbolType.INT else BASES[symbol_type])
    near = (number, number - 1, number + 1)
    return (text, *(str(each) if symbol_type is SymbolType.INT else hex(each) for each in near))
