"""Small passes over a chain of reasons, each of which only takes away what says nothing.

They run from the leaves up, in the order of PASSES.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kcheck.findings import (
    InTheWay,
    NotSelected,
    NotSet,
    Off,
    OneOf,
    OtherMember,
    Reason,
    SeenAbove,
    Unmet,
)

_ABOUT_ONE = NotSet | Off | SeenAbove | OtherMember | InTheWay


def simplified(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The chain after all passes."""
    return tuple(_simplify(reason) for reason in reasons)


def _simplify(reason: Reason) -> Reason:
    match reason:
        case Unmet() | Off() | NotSelected():
            reason = msgspec.structs.replace(reason, children=simplified(reason.children))
        case OneOf():
            reason = msgspec.structs.replace(reason, arms=simplified(reason.arms))
        case _:
            return reason
    for each in PASSES:
        reason = each(reason)
    return reason


def drop_seen_beside_others(reason: Reason) -> Reason:
    """What was told above adds nothing beside a cause that is new.

    A = n                          A = n
      B = n   see above       ->     C = n   yours to set
      C = n   yours to set
    """
    if isinstance(reason, Unmet | Off | NotSelected):
        new = tuple(
            child for child in reason.children if not isinstance(child, SeenAbove) or child.deeper
        )
        if new and len(new) < len(reason.children):
            return msgspec.structs.replace(reason, children=new)
    return reason


def drop_single_group(reason: Reason) -> Reason:
    """A group of one is that one."""
    if isinstance(reason, Unmet) and reason.what == "all of" and len(reason.children) == 1:
        return reason.children[0]
    return reason


def drop_repeated_condition(reason: Reason) -> Reason:
    """A condition that is one symbol says no more than the symbol below it.

    depends on A   :3              A = n   :9
      A = n        :9         ->
    """
    if isinstance(reason, Unmet) and len(reason.children) == 1:
        child = reason.children[0]
        if isinstance(child, _ABOUT_ONE) and reason.text in (child.symbol, f"!{child.symbol}"):
            return child
    return reason


def drop_repeated_or(reason: Reason) -> Reason:
    """The arms of an || say it themselves; its place stays.

    depends on A || B   :3         needs one of   :3
      needs one of                   A = n
        A = n                 ->     B = n
        B = n
    """
    if isinstance(reason, Unmet) and len(reason.children) == 1:
        child = reason.children[0]
        if isinstance(child, OneOf):
            return msgspec.structs.replace(child, location=reason.location)
    return reason


def factor_common_cause(reason: Reason) -> Reason:
    """What all arms wait on is told once, behind them.

    needs one of                   needs one of
      A = n                          A = n
        C = n   …             ->     B = n
      B = n                        both wait on
        C = n   see above            C = n   …
    """
    if not isinstance(reason, OneOf) or len(reason.arms) < 2 or reason.more:
        return reason
    first, *others = reason.arms
    if not isinstance(first, Off) or len(first.children) != 1:
        return reason
    cause = first.children[0]
    if not isinstance(cause, Off | NotSet):
        return reason
    for other in others:
        if not isinstance(other, Off) or len(other.children) != 1:
            return reason
        seen = other.children[0]
        if not isinstance(seen, SeenAbove) or seen.symbol != cause.symbol:
            return reason
    arms = tuple(
        msgspec.structs.replace(arm, children=()) for arm in reason.arms if isinstance(arm, Off)
    )
    return msgspec.structs.replace(reason, arms=arms, common=(cause,))


PASSES: tuple[Callable[[Reason], Reason], ...] = (
    drop_seen_beside_others,
    drop_single_group,
    drop_repeated_condition,
    drop_repeated_or,
    factor_common_cause,
)
