"""The menu tree as it is written: one MenuNode an entry, nothing handed down yet."""

from __future__ import annotations

from typing import assert_never

from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import RELATIONS, Interner, Node, Op, Property, Sym
from kcheck.evaluate.simplify import Simplifier
from kcheck.model import (
    And,
    Choice,
    Comment,
    Comparison,
    Constant,
    Default,
    Definition,
    Depends,
    Entry,
    Expr,
    If,
    Imply,
    Menu,
    Model,
    Not,
    Operand,
    Or,
    Prompt,
    Range,
    Select,
    SymbolRef,
    SymbolType,
    TypeDeclaration,
    VisibleIf,
)


class Builder:
    """Turns a Model's entries into MenuNodes and Syms; `root` holds the result."""

    def __init__(
        self, model: Model, interner: Interner, simplifier: Simplifier, modules: Sym
    ) -> None:
        self._model = model
        self._interner = interner
        self._simplifier = simplifier
        # Up to 4.15 what `m` means is settled here (menu.c, menu_check_dep), later at the end.
        self._modules = modules if model.dialect.visible_if_keeps_m else None
        self.root = MenuNode(-1, None, None)
        self.root.title = model.title
        self.choices: list[Sym] = []
        self._nodes: list[MenuNode] = []
        self._named_choices: dict[str, Sym] = {}
        self._last: dict[MenuNode, MenuNode] = {}
        for name, symbol_type in model.types.items():
            interner.symbol(name).type = symbol_type
        for index, entry in enumerate(model.entries):
            self._add(index, entry)

    def operand(self, operand: Operand) -> Sym:
        """The symbol or constant that an operand names."""
        if isinstance(operand, SymbolRef):
            return self._interner.symbol(operand.name)
        return self._interner.constant(operand.text)

    def node(self, expr: Expr | None) -> Node | None:
        """The expression as a node, just as it is written."""
        return None if expr is None else self._node(expr)

    def _condition(self, expr: Expr | None) -> Node | None:
        node = self.node(expr)
        if self._modules is None:
            return node
        return self._simplifier.rewrite_m(node, self._modules)

    def _node(self, expr: Expr) -> Node:
        make = self._interner
        match expr:
            case SymbolRef() | Constant():
                return make.node(Op.SYMBOL, self.operand(expr))
            case Not(operand):
                return make.node(Op.NOT, self._node(operand))
            case And(operands):
                return make.node(Op.AND, tuple(self._node(each) for each in operands))
            case Or(operands):
                return make.node(Op.OR, tuple(self._node(each) for each in operands))
            case Comparison(relation, left, right):
                return make.node(RELATIONS[relation], self.operand(left), self.operand(right))
            case _:
                assert_never(expr)

    def _add(self, index: int, entry: Entry) -> None:
        parent = self._nodes[entry.parent] if entry.parent >= 0 else self.root
        node = MenuNode(index, self._symbol_of(index, entry), parent)
        self._nodes.append(node)
        if parent in self._last:
            self._last[parent].following = node
        else:
            parent.first = node
        self._last[parent] = node
        if node.symbol is not None:
            node.symbol.menus.append(node)
        match entry:
            case If(condition):
                node.depends = self._condition(condition)
            case Menu(title) | Comment(title):
                node.title = title
                node.prompt = Property("prompt", None)
                node.prompt.text = title
                node.is_menu = isinstance(entry, Menu)
                self._add_properties(node, entry)
            case Definition() | Choice():
                self._add_properties(node, entry)
                if node.prompt is not None:
                    node.title = node.prompt.text
            case _:
                assert_never(entry)

    def _symbol_of(self, index: int, entry: Entry) -> Sym | None:
        if isinstance(entry, Definition):
            symbol = self._interner.symbol(entry.symbol)
            symbol.transitional |= entry.transitional
            symbol.allnoconfig_y |= entry.allnoconfig_y
            symbol.never_written |= entry.never_written
            return symbol
        if isinstance(entry, Choice):
            return self._choice_symbol(index, entry)
        return None

    def _choice_symbol(self, index: int, entry: Choice) -> Sym:
        symbol = self._named_choices.get(entry.name) if entry.name else None
        if symbol is None:
            symbol = Sym(entry.name or "", SymbolType.UNKNOWN)
            symbol.is_choice = symbol.never_written = True
            symbol.type = self._model.choice_types[index]
            self.choices.append(symbol)
            if entry.name:
                self._named_choices[entry.name] = symbol
        symbol.optional |= entry.optional
        return symbol

    def _add_properties(self, node: MenuNode, entry: Definition | Choice | Menu | Comment) -> None:
        make = self._interner
        for item in entry.properties:
            match item:
                case Depends(expr, condition):
                    needed = self._condition(expr)
                    assert needed is not None
                    if condition is not None:
                        # menu.c, menu_add_dep: `depends on X if Y` is `X || Y = n`.
                        absent = self._simplifier.equals_n(self._node(condition))
                        needed = make.level(Op.OR, (needed, absent))
                    node.depends = make.both(node.depends, needed)
                case VisibleIf(expr):
                    node.visibility = make.both(node.visibility, self._node(expr))
                case TypeDeclaration():
                    pass
                case Prompt() | Default() | Range() | Select() | Imply():
                    self._add_property(node, item)
                case _:
                    assert_never(item)

    def _add_property(
        self, node: MenuNode, item: Prompt | Default | Range | Select | Imply
    ) -> None:
        symbol = node.symbol
        assert symbol is not None
        added = Property("", self._condition(item.condition))
        match item:
            case Prompt(text):
                added.kind, added.text = "prompt", text
                added.condition = self._visible(node, added.condition)
                node.prompt = added
                symbol.prompts.append(added)
            case Default(value):
                added.kind, added.value = "default", self._node(value)
                symbol.defaults.append(added)
            case Range(low, high):
                added.kind = "range"
                added.low, added.high = self.operand(low), self.operand(high)
                symbol.ranges.append(added)
            case Select(target):
                added.kind, added.target = "select", self._interner.symbol(target)
            case Imply(target):
                added.kind, added.target = "imply", self._interner.symbol(target)
            case _:
                assert_never(item)
        node.properties.append(added)

    def _visible(self, node: MenuNode, condition: Node | None) -> Node | None:
        """A prompt is hidden by every menu around it whose `visible if` is n."""
        above = node.parent
        while above is not None:
            condition = self._interner.both(condition, above.visibility)
            above = above.parent
        return condition
