"""Where a part of a model ends, and what happens to an answer that reaches beyond."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kcheck.parts import Parts


class Outgrown(Exception):  # noqa: N818  # nothing is wrong: more is to be looked at
    """What an answer rests on reaches beyond the part that was looked at: to `names`."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        super().__init__(f"{len(names)} symbols")


class Border:
    """Where a part of a model ends: who outside hangs on what is inside.

    Symbols in `probes`, which a search invents, stand for the answers to those probes.
    """

    def __init__(
        self, parts: Parts, inside: frozenset[str], probes: Mapping[str, int] | None = None
    ) -> None:
        self._parts = parts
        self._inside = inside
        self._probes = probes or {}

    def with_probes(self, probes: Mapping[str, int]) -> Border:
        """The same border for a search that asks for other answers, too."""
        return Border(self._parts, self._inside, probes)

    def cross(self, moved: Iterable[str]) -> None:
        """Raise Outgrown if a symbol outside hangs on one of those that have moved."""
        reached: set[str] = set()
        for name in moved:
            probe = self._probes.get(name)
            if probe is None:
                reached |= self._parts.readers(name)
            else:
                reached |= self._parts.asking(probe)
        reached -= self._inside
        reached = {name for name in reached if self._parts.defines(name)}
        if reached:
            raise Outgrown(frozenset(reached))
