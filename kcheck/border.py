"""Where a part of a model ends, what happens to an answer that reaches beyond, and how it grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kcheck.parts import Parts

_WIDER = 2
"""What a part may grow by at once, as often as it is large, for what may be reached next."""
_LITTLE = 30
"""Symbols."""
_STEPS = 3


class Outgrown(Exception):  # noqa: N818  # nothing is wrong: more is to be looked at
    """What an answer rests on reaches beyond the part that was looked at: to `names`, since
    the values of `moved` change.
    """

    def __init__(self, names: frozenset[str], moved: frozenset[str]) -> None:
        self.names = names
        self.moved = moved
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
        names = frozenset(moved)
        for name in names:
            probe = self._probes.get(name)
            if probe is None:
                reached |= self._parts.readers(name)
            else:
                reached |= self._parts.asking(probe)
        reached -= self._inside
        reached = {name for name in reached if self._parts.defines(name)}
        if reached:
            raise Outgrown(frozenset(reached), names - self._probes.keys())


def grown(parts: Parts, inside: frozenset[str], reached: Outgrown) -> frozenset[str]:
    """The part `inside` with all that was reached, and with what is likely to be reached next.

    To look at more than an answer takes costs a little; to ask again costs everything anew.
    """
    part = parts.cone(inside | reached.names)
    behind = reached.names
    for step in range(_STEPS):
        readers = _readers(parts, behind) - part
        wider = parts.cone(part | readers)
        if step or len(wider) > _WIDER * len(part):
            readers = _adding_little(parts, part, readers)
            wider = parts.cone(part | readers)
        part, behind = wider, readers
    # Lines that are tried next turn on what pulls the symbols that have moved.
    pulling = frozenset().union(*(parts.pulling(name) for name in reached.moved))
    beside = _adding_little(parts, part, _readers(parts, pulling) - part)
    return parts.cone(part | beside)


def _readers(parts: Parts, names: Iterable[str]) -> frozenset[str]:
    """Who hangs on `names`; that all do on the symbol with the `modules` property says nothing."""
    found = (parts.readers(name) for name in names if name != parts.frame.modules)
    return frozenset().union(*found)


def _adding_little(parts: Parts, inside: frozenset[str], names: Iterable[str]) -> frozenset[str]:
    """Those of `names` whose cones have few symbols that are not inside."""
    return frozenset(name for name in names if _adds_little(parts, inside, name))


def _adds_little(parts: Parts, inside: frozenset[str], name: str) -> bool:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in inside and each not in found and parts.defines(each):
            found.add(each)
            if len(found) > _LITTLE:
                return False
            waiting += parts.sources(each)
    return True
