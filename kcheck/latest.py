"""What was made of the things asked about last, which are known by being the same thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

_Of = TypeVar("_Of")
_Made = TypeVar("_Made")


class Latest(Generic[_Of, _Made]):
    """Keeps what `make` gives for the `size` things used last: questions come in rows."""

    def __init__(self, make: Callable[[_Of], _Made], size: int) -> None:
        self._make = make
        self._size = size
        self._kept: list[tuple[_Of, _Made]] = []

    def of(self, thing: _Of) -> _Made:
        """What was made of `thing`, or is made now."""
        for place, (known, made) in enumerate(self._kept):
            if known is thing:
                self._kept.append(self._kept.pop(place))
                return made
        self._kept.append((thing, self._make(thing)))
        del self._kept[: -self._size]
        return self._kept[-1][1]
