"""Values computed anew, only as far as they hang on what has changed."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from kcheck.evaluate.order import Units
from kcheck.model import Tri

_MOST_TIMES = 4
"""How often a symbol is computed anew where several wait on each other."""


def propagate(
    order: Units,
    due: Iterable[int],
    compute: Callable[[int], bool],
    begin_pass: Callable[[], None],
    in_sight: bool = False,
) -> None:
    """Compute the units `due`, and behind them those whose values may have changed by that.

    With `in_sight` also those that only come into sight, or out of it.  `compute` computes a unit
    and says whether a value in it is another one now; `begin_pass` lets go of the values of
    conditions.
    """
    queued = set(due)
    waiting = sorted(queued)
    computed: dict[int, int] = {}
    while waiting:
        number = heapq.heappop(waiting)
        queued.discard(number)
        computed[number] = computed.get(number, 0) + 1
        if not compute(number):
            continue
        viewers = [
            viewer
            for viewer in order.viewers[number]
            if in_sight
            or (order.units[viewer][0].has_user and order.units[viewer][0].user_tri != Tri.N)
        ]
        for reader in (*order.readers[number], *viewers):
            if reader in queued:
                continue
            times = computed.get(reader, 0)
            if times == _MOST_TIMES:
                continue
            if times:
                # Symbols that wait on each other: what was computed of them is stale.
                begin_pass()
            queued.add(reader)
            heapq.heappush(waiting, reader)
