"""What has been read so far of an entry whose block of properties is still open."""

from __future__ import annotations

from kcheck.model import Location, Property, SymbolType, TypeDeclaration


class Draft:
    """The open block of a config, choice, menu or comment.

    `kind` is the keyword that opened it.  `marks` are words that stand alone on a line
    and carry no expression: transitional, modules, optional, allnoconfig_y.
    `variable` is the one of the environment that a symbol stands for, up to 4.17.
    """

    __slots__ = ("kind", "location", "marks", "properties", "subject", "variable")

    def __init__(self, kind: str, subject: str, location: Location) -> None:
        self.kind = kind
        self.subject = subject
        self.location = location
        self.properties: list[Property] = []
        self.marks: set[str] = set()
        self.variable: str | None = None

    def declare(self, declared: SymbolType, location: Location) -> None:
        """Note that a line at `location` gives the type."""
        self.properties.append(TypeDeclaration(declared, location))
