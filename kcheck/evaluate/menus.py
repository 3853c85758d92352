"""The menu tree as conf has it after reading: conditions inherited, submenus made.

Blocks hand their conditions down to what they hold, a symbol takes the entries behind it
that depend on it as its submenu, and `if` blocks dissolve (scripts/kconfig/menu.c,
menu_finalize).  The tree's shape is the shape of the .config.
"""

from __future__ import annotations

from kcheck.evaluate.nodes import Node, Property, Sym


class MenuNode:
    """An entry's place in the tree.

    `depends` and `prompt_condition` change while conditions are handed down.
    `visibility` is the block's own `visible if`.
    """

    __slots__ = (
        "depends",
        "first",
        "following",
        "index",
        "is_menu",
        "members",
        "parent",
        "prompt",
        "properties",
        "pulls",
        "symbol",
        "title",
        "visibility",
    )

    def __init__(self, index: int, symbol: Sym | None, parent: MenuNode | None) -> None:
        self.index = index
        self.symbol = symbol
        self.parent = parent
        self.first: MenuNode | None = None
        self.following: MenuNode | None = None
        self.depends: Node | None = None
        self.visibility: Node | None = None
        self.prompt: Property | None = None
        self.title = ""
        self.is_menu = False
        self.properties: list[Property] = []
        self.pulls: list[Property] = []
        self.members: list[Sym] = []

    def children(self) -> list[MenuNode]:
        """The entries right below, in order."""
        found: list[MenuNode] = []
        node = self.first
        while node is not None:
            found.append(node)
            node = node.following
        return found

    def descendants(self) -> list[MenuNode]:
        """All entries below, depth first."""
        found: list[MenuNode] = []
        for child in self.children():
            found.append(child)
            if child.first is not None:
                found.extend(child.descendants())
        return found

    def dissolve(self) -> None:
        """Let go of all that it refers to; it is of no more use."""
        self.symbol = self.parent = self.first = self.following = self.prompt = None
        self.depends = self.visibility = None
        self.properties, self.pulls, self.members = [], [], []
