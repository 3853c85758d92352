"""Small passes over a chain of reasons, each of which only takes away what says nothing.

They run from the leaves up, in the order of PASSES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from kcheck.findings import (
    AllOf,
    InTheWay,
    NeverOn,
    NotDefinedHere,
    NotSelected,
    NotSet,
    Off,
    OneOf,
    OtherMember,
    Reason,
    SeenAbove,
    Unmet,
)

_ABOUT_ONE = NotSet | Off | SeenAbove | OtherMember | InTheWay | NotDefinedHere | NeverOn


def simplified(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The chain after all passes."""
    return tuple(_simplify(reason) for reason in reasons)


def _simplify(reason: Reason) -> Reason:
    match reason:
        case Unmet() | Off() | NotSelected() | AllOf():
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
    if isinstance(reason, Unmet | Off | NotSelected | AllOf):
        new = tuple(child for child in reason.children if not _was_told(child))
        if new and len(new) < len(reason.children):
            return msgspec.structs.replace(reason, children=new)
    return reason


def drop_group_of_one(reason: Reason) -> Reason:
    """A group of one is that one.

    all of                         A = n
      A = n                   ->
    """
    if isinstance(reason, AllOf) and len(reason.children) == 1:
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


def drop_repeated_arm(reason: Reason) -> Reason:
    """Another way that waits on what the first waits on is no other way.

    needs one of                             C = n
      C = n                             ->
      not selected by S = y if C
    """
    if not isinstance(reason, OneOf) or len(reason.arms) < 2:
        return reason
    first, *others = reason.arms
    named = {each.symbol for each in _below(first) if isinstance(each, _ABOUT_ONE)}
    kept = [
        (arm, lines)
        for arm, lines in zip(others, reason.lines[1:], strict=True)
        if not _repeats(arm, named)
    ]
    if len(kept) == len(others):
        return reason
    arms = (first, *(arm for arm, _ in kept))
    lines = (reason.lines[0], *(count for _, count in kept))
    return msgspec.structs.replace(reason, arms=arms, lines=lines)


def drop_choice_of_one(reason: Reason) -> Reason:
    """Where one way is left and none was left out there is nothing to choose from.

    needs one of                   A = n
      A = n                   ->
    """
    if isinstance(reason, OneOf) and len(reason.arms) == 1 and not reason.more:
        return reason.arms[0]
    return reason


def drop_told_alternatives(reason: Reason) -> Reason:
    """Alternatives that were all told above need not be listed under the condition again.

    S selects it only if A || B              S selects it only if A || B
      needs one of                      ->
        A = n   see above
        B = n   see above
    """
    if isinstance(reason, NotSelected | Unmet) and len(reason.children) == 1:
        child = reason.children[0]
        if isinstance(child, OneOf) and all(_was_told(arm) for arm in child.arms):
            return msgspec.structs.replace(reason, children=())
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
    told = {each.symbol for each in _below(cause) if isinstance(each, _ABOUT_ONE)}
    for other in others:
        if not isinstance(other, Off) or not other.children:
            return reason
        waits = {child.symbol for child in other.children if isinstance(child, SeenAbove)}
        told_alike = all(_was_told(child) for child in other.children) and waits <= told
        if not told_alike or cause.symbol not in waits:
            return reason
    arms = tuple(
        msgspec.structs.replace(arm, children=()) for arm in reason.arms if isinstance(arm, Off)
    )
    return msgspec.structs.replace(reason, arms=arms, common=(cause,))


def _was_told(reason: Reason) -> bool:
    return isinstance(reason, SeenAbove) and not reason.deeper


def _repeats(arm: Reason, named: set[str]) -> bool:
    """Whether an arm adds no cause to those `named`; one about a symbol of its own does."""
    match arm:
        case NotSelected(_, _, "y" | "m", _, _, condition, ()):
            return condition in named
        case SeenAbove(symbol, _, _, False):
            return symbol in named
        case Unmet(_, _, _, children) | AllOf(children) if children:
            return all(_repeats(child, named) for child in children)
        case _:
            return False


def _below(reason: Reason) -> Iterator[Reason]:
    yield reason
    children: tuple[Reason, ...] = ()
    match reason:
        case Unmet() | Off() | NotSelected() | AllOf():
            children = reason.children
        case OneOf():
            children = reason.arms + reason.common
    for child in children:
        yield from _below(child)


PASSES: tuple[Callable[[Reason], Reason], ...] = (
    drop_seen_beside_others,
    drop_group_of_one,
    drop_repeated_condition,
    drop_repeated_or,
    drop_repeated_arm,
    drop_choice_of_one,
    drop_told_alternatives,
    factor_common_cause,
)
