"""Where in a model's entries what stands: found once for a tree, and kept with it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

import msgspec

from kcheck.model import (
    And,
    Choice,
    Comparison,
    Default,
    Definition,
    Depends,
    Entry,
    Expr,
    If,
    Imply,
    Not,
    Or,
    Prompt,
    Range,
    Select,
    SymbolRef,
    TypeDeclaration,
    VisibleIf,
)

Numbers = dict[str, tuple[int, ...]]


class Index(msgspec.Struct, frozen=True, array_like=True):
    """Where in a model's entries what stands; entries go by their numbers.

    `parents` are the entries' parents as an array of C ints; `defined` has for each symbol its
    definitions, `pulled` those that select or imply it.  `spoken`, which encodes Numbers, has
    for each symbol every entry in whose lines it bears on something; `asking` for each probe,
    by its number, the entries in which its answer stands.  `may_loop` is False where nothing
    depends on itself; where it is True that has to be looked into.
    """

    parents: bytes
    defined: Numbers
    pulled: Numbers
    spoken: msgspec.Raw
    asking: dict[int, tuple[int, ...]]
    may_loop: bool


def index_of(entries: Sequence[Entry]) -> Index:
    """The index of a model's entries."""
    defined: dict[str, list[int]] = {}
    pulled: dict[str, list[int]] = {}
    spoken: dict[str, list[int]] = {}
    asking: dict[int, list[int]] = {}
    parents = array("i", [entry.parent for entry in entries])
    order = _Order(entries, parents)
    for number, entry in enumerate(entries):
        deciding: set[str] = set()
        defaults: set[str] = set()
        pulling: set[str] = set()
        if isinstance(entry, If):
            _add_names(entry.condition, deciding.add)
            probes = entry.probes
        else:
            probes = ()
            for item in entry.properties:
                if isinstance(item, TypeDeclaration):
                    continue
                probes += item.probes
                if isinstance(item, Select | Imply):
                    pulled.setdefault(item.target, []).append(number)
                    condition: set[str] = set()
                    _add_names(item.condition, condition.add)
                    pulling |= condition
                    order.pulls.append((item.target, number, condition))
                elif isinstance(item, Default):
                    _add_names(item.value, defaults.add)
                    _add_names(item.condition, deciding.add)
                elif isinstance(item, Depends):
                    _add_names(item.expr, deciding.add)
                    _add_names(item.condition, deciding.add)
                elif isinstance(item, Prompt):
                    _add_names(item.condition, deciding.add)
                elif isinstance(item, Range):
                    for part in (item.low, item.high, item.condition):
                        _add_names(part, deciding.add)
                elif isinstance(item, VisibleIf):
                    _add_names(item.expr, deciding.add)
        # A choice's default names one of its members, which is no way round.
        order.names.append(deciding if isinstance(entry, Choice) else deciding | defaults)
        if isinstance(entry, Definition):
            defined.setdefault(entry.symbol, []).append(number)
            if any(isinstance(item, Select | Imply) for item in entry.properties):
                pulling.add(entry.symbol)
        for name in deciding | defaults | pulling:
            spoken.setdefault(name, []).append(number)
        for probe in set(probes):
            asking.setdefault(probe, []).append(number)
    return Index(
        parents.tobytes(),
        {name: tuple(numbers) for name, numbers in defined.items()},
        {name: tuple(dict.fromkeys(numbers)) for name, numbers in pulled.items()},
        msgspec.Raw(msgspec.msgpack.encode(spoken)),
        {probe: tuple(numbers) for probe, numbers in asking.items()},
        order.may_loop(defined),
    )


def _add_names(expr: Expr | None, add: Callable[[str], None]) -> None:
    """Call `add` with the name of each symbol in an expression: operands.symbols_in, in a third
    of its time."""
    kind = expr.__class__
    if kind is SymbolRef:
        add(expr.name)  # type: ignore[union-attr]
    elif kind is And or kind is Or:
        for each in expr.operands:  # type: ignore[union-attr]
            _add_names(each, add)
    elif kind is Not:
        _add_names(expr.operand, add)  # type: ignore[union-attr]
    elif kind is Comparison:
        _add_names(expr.left, add)  # type: ignore[union-attr]
        _add_names(expr.right, add)  # type: ignore[union-attr]


class _Order:
    """What comes before what: an entry behind the block around it and the symbols in its lines,
    a symbol behind its definitions and who pulls it.

    `names` are the symbols that bear on each entry; `pulls` have a target, the entry that pulls
    it, and the symbols of the condition.
    """

    def __init__(self, entries: Sequence[Entry], parents: array[int]) -> None:
        self._entries = entries
        self._parents = parents
        self.names: list[set[str]] = []
        self.pulls: list[tuple[str, int, set[str]]] = []

    def may_loop(self, defined: dict[str, list[int]]) -> bool:
        """Whether no such order is possible.

        A choice and its members have one place in it (symbol.c, sym_check_choice_deps).
        """
        entries = self._entries
        places: dict[str, int] = {}
        for name, numbers in defined.items():
            choices = {choice_around(entries, self._parents, number) for number in numbers} - {-1}
            if len(choices) > 1:
                return True
            # The number of the choice stands for its members; others come behind all entries.
            places[name] = len(entries) + (choices.pop() if choices else len(places) + len(entries))
        followers: list[list[int]] = [[] for _ in range(3 * len(entries))]
        waits_for = [0] * len(followers)

        def follows(later: int, earlier: int) -> None:
            followers[earlier].append(later)
            waits_for[later] += 1

        for number, names in enumerate(self.names):
            entry = entries[number]
            if entry.parent >= 0:
                follows(number, entry.parent)
            for name in names:
                if name in places:
                    follows(number, places[name])
            if isinstance(entry, Definition):
                follows(places[entry.symbol], number)
        for target, number, names in self.pulls:
            if target in places:
                entry = entries[number]
                assert isinstance(entry, Definition)
                for name in (entry.symbol, *names):
                    if name in places:
                        follows(places[target], places[name])
        ready = [place for place, count in enumerate(waits_for) if not count]
        settled = 0
        while ready:
            settled += 1
            for later in followers[ready.pop()]:
                waits_for[later] -= 1
                if not waits_for[later]:
                    ready.append(later)
        return settled < len(waits_for)


def choice_around(entries: Sequence[Entry], parents: array[int], number: int) -> int:
    """The choice that the definition `number` is a member of; -1 where it is in none."""
    number = parents[number]
    while number >= 0 and isinstance(entries[number], If):
        number = parents[number]
    return number if number >= 0 and isinstance(entries[number], Choice) else -1
