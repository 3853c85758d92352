"""Expressions and symbols in the form in which they are evaluated.

Nodes are interned: two expressions that are built alike are one object.  conf holds
them so since 6.12 (expr.c, expr_lookup), and keeps a node's value once computed; for
older versions sharing changes nothing, since there a node is computed at each use.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from kcheck.model import Relation, SymbolType, Tri

TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)
"""The types whose values are n, m and y."""


class Op(enum.IntEnum):
    """What a node does with its operands."""

    SYMBOL = 0
    NOT = 1
    AND = 2
    OR = 3
    EQUAL = 4
    UNEQUAL = 5
    LESS = 6
    LESS_EQUAL = 7
    GREATER = 8
    GREATER_EQUAL = 9
    FAULT = 10


LOGIC = (Op.AND, Op.OR)
"""What has a tuple of operands."""
EQUALITY = (Op.EQUAL, Op.UNEQUAL)

RELATIONS = {
    Relation.EQUAL: Op.EQUAL,
    Relation.UNEQUAL: Op.UNEQUAL,
    Relation.LESS: Op.LESS,
    Relation.LESS_EQUAL: Op.LESS_EQUAL,
    Relation.GREATER: Op.GREATER,
    Relation.GREATER_EQUAL: Op.GREATER_EQUAL,
}


class Node:
    """One interned expression.

    `left` is a symbol (SYMBOL, comparisons, FAULT), a node (NOT) or a tuple of nodes
    (AND, OR); `right` the second symbol of a comparison.  `computed_in` is the pass in
    which `value` was computed.
    """

    __slots__ = (
        "canonical",
        "computed_in",
        "deduplicated",
        "left",
        "op",
        "rewritten",
        "right",
        "transformed",
        "value",
    )

    def __init__(self, op: Op, left: Any, right: Any) -> None:
        self.op = op
        self.left = left
        self.right = right
        self.value = 0
        self.computed_in = -1
        self.transformed: Node | None = None
        self.deduplicated: Node | None = None
        self.rewritten: Node | None = None
        self.canonical: Any = None

    def dissolve(self) -> None:
        """Let go of all that it refers to; it is of no more use."""
        self.left = self.right = self.canonical = None
        self.transformed = self.deduplicated = self.rewritten = None


class Property:
    """A prompt, default or range of a symbol, with the condition it ends up with."""

    __slots__ = ("condition", "high", "kind", "low", "target", "text", "value")

    def __init__(self, kind: str, condition: Node | None) -> None:
        self.kind = kind
        self.condition = condition
        self.text = ""
        self.value: Node | None = None
        self.target: Sym | None = None
        self.low: Sym | None = None
        self.high: Sym | None = None


Said = tuple[bool, int, str, "Sym | None"]
"""What a .config says of a symbol: whether anything, a tristate's value or another's text, and
of a choice the member set last.
"""
NOTHING_SAID: Said = (False, 0, "", None)


class Sym:
    """A symbol, constant or (before 6.9) choice, with the state of one evaluation.

    `tri` and `text` are its value, `user_tri` and `user_text` what the .config says.
    `selected_by` and `implied_by` hold one condition a line that selects or implies it;
    `selected` and `implied` join them.
    """

    __slots__ = (
        "allnoconfig_y",
        "choice",
        "constant",
        "defaults",
        "depends",
        "depends_tri",
        "has_user",
        "implied",
        "implied_by",
        "implied_tri",
        "is_choice",
        "is_choice_member",
        "members",
        "menus",
        "name",
        "needs_choice_values",
        "never_written",
        "optional",
        "prompts",
        "ranges",
        "selected",
        "selected_by",
        "selected_tri",
        "selection",
        "text",
        "transitional",
        "tri",
        "type",
        "user_selection",
        "user_text",
        "user_tri",
        "valid",
        "visibility",
        "written",
    )

    def __init__(self, name: str, symbol_type: SymbolType, constant: bool = False) -> None:
        self.name = name
        self.type = symbol_type
        self.constant = constant
        self.is_choice = False
        self.is_choice_member = False
        self.optional = False
        self.transitional = False
        self.allnoconfig_y = False
        self.never_written = False
        self.prompts: list[Property] = []
        self.defaults: list[Property] = []
        self.ranges: list[Property] = []
        self.menus: list[Any] = []
        self.members: list[Sym] = []
        self.choice: Any = None
        self.selected_by: list[Node] = []
        self.implied_by: list[Node] = []
        self.depends: Node | None = None
        self.selected: Node | None = None
        self.implied: Node | None = None
        self.forget()

    def forget(self) -> None:
        """Return to the state before any .config was read."""
        self.has_user, self.user_tri, self.user_text, self.user_selection = NOTHING_SAID
        self.forget_value()

    def say(self, said: Said) -> None:
        """Take over what a .config says of it."""
        self.has_user, self.user_tri, self.user_text, self.user_selection = said

    def take(self, value: str) -> None:
        """Take over the value, without quotes, that a line of a .config gives it."""
        self.has_user = True
        if self.type in TRISTATES:
            self.user_tri = "nmy".index(value)
        else:
            self.user_text = value

    def forget_value(self) -> None:
        """Return to the state before anything was computed."""
        self.valid = self.written = self.needs_choice_values = False
        self.tri = self.visibility = 0
        self.depends_tri = self.selected_tri = self.implied_tri = 0
        self.text = ""
        self.selection: Sym | None = None

    def dissolve(self) -> None:
        """Let go of all that it refers to; it is of no more use."""
        self.prompts, self.defaults, self.ranges = [], [], []
        self.menus, self.members, self.selected_by, self.implied_by = [], [], [], []
        self.depends = self.selected = self.implied = None
        self.choice = self.selection = self.user_selection = None

    @property
    def value(self) -> str:
        """The value as a string: n, m or y, or the text of an int, hex or string."""
        if self.type in TRISTATES:
            return "nmy"[self.tri]
        return self.text


said_of: Callable[[Sym], Said] = attrgetter("has_user", "user_tri", "user_text", "user_selection")


class Interner:
    """Makes nodes and symbols, each once.

    `y`, `m` and `n` are the constant symbols; every other name has a symbol, and every
    other quoted text a constant, of its own.  `constants_have_type` is the dialect's.
    """

    def __init__(self, constants_have_type: bool) -> None:
        self._nodes: dict[tuple[Op, Any, Any], Node] = {}
        self.symbols: dict[str, Sym] = {}
        self.constants: dict[str, Sym] = {}
        constant_type = SymbolType.TRISTATE if constants_have_type else SymbolType.UNKNOWN
        for tri in Tri:
            constant = Sym(str(tri), constant_type, constant=True)
            constant.tri = tri.value
            constant.text = str(tri)
            constant.valid = True
            self.constants[str(tri)] = constant
        self.n, self.m, self.y = (self.node(Op.SYMBOL, self.constants[name]) for name in "nmy")

    def node(self, op: Op, left: Any, right: Any = None) -> Node:
        """The node of that shape."""
        key = (op, left, right)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(op, left, right)
        return found

    def nodes(self) -> Iterable[Node]:
        """All nodes made so far."""
        return self._nodes.values()

    def symbol(self, name: str) -> Sym:
        """The symbol of that name; one that no file defines has the name as its value."""
        found = self.symbols.get(name)
        if found is None:
            found = self.symbols[name] = Sym(name, SymbolType.UNKNOWN)
        return found

    def constant(self, text: str) -> Sym:
        """The constant with that text."""
        found = self.constants.get(text)
        if found is None:
            found = self.constants[text] = Sym(text, SymbolType.UNKNOWN, constant=True)
            found.text = text
        return found

    def both(self, first: Node | None, second: Node | None) -> Node | None:
        """`first && second`; None stands for a condition that is not there."""
        return self._join(Op.AND, first, second)

    def either(self, first: Node | None, second: Node | None) -> Node | None:
        """`first || second`; None adds nothing, as conf has it (expr_alloc_or)."""
        return self._join(Op.OR, first, second)

    def _join(self, op: Op, first: Node | None, second: Node | None) -> Node | None:
        if first is None:
            return second
        if second is None:
            return first
        return self.level(op, (first, second))

    def level(self, op: Op, operands: tuple[Node, ...]) -> Node:
        """All of `operands` under AND or OR, nested levels of the same kind dissolved."""
        flat: list[Node] = []
        for operand in operands:
            if operand.op is op:
                flat.extend(operand.left)
            else:
                flat.append(operand)
        return flat[0] if len(flat) == 1 else self.node(op, tuple(flat))
