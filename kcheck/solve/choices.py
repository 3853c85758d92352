"""Choices as clauses: which member is on, by the rules before and since 6.9."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import TRISTATES, Node, Op, Sym
from kcheck.model import SymbolType
from kcheck.solve.clauses import FALSE, TRUE, Label
from kcheck.solve.levels import ON, Levels

if TYPE_CHECKING:
    from kcheck.solve.encode import Encoder


def define_choice(encoder: Encoder, choice: MenuNode) -> None:
    """A choice since 6.9: its members alone count (kcheck.evaluate.choices.MembersDecide)."""
    clauses, base = encoder.clauses, encoder.base
    assert choice.symbol is not None
    members = list(
        dict.fromkeys(node.symbol for node in choice.descendants() if node.symbol is not None)
    )
    visible = {each: encoder.visibility(each).m for each in members}
    line = {each: encoder.line(each) for each in members}
    on = {each: encoder.level(each).m for each in members}
    set_on = {each: clauses.all_of((line[each], on[each])) for each in members}
    clauses.at_most_one([each for each in set_on.values() if each != FALSE])
    by_line = clauses.any_of(set_on.values())

    priority = [each for each in base.priorities.get(choice, choice.members) if each in visible]
    picked = dict(set_on)
    before = by_line
    for member in priority:
        if base.user.get(member) == "y":
            stands = clauses.all_of((visible[member], -line[member]))
            picked[member] = clauses.any_of((picked[member], clauses.all_of((stands, -before))))
            before = clauses.any_of((before, stands))
    unset = -before

    default = _default_member(encoder, choice.symbol, members, visible)
    is_set = {each: TRUE if each in base.user else line[each] for each in members}
    set_to_n = {
        each: clauses.any_of(
            (
                clauses.all_of((line[each], -on[each])),
                clauses.all_of((-line[each], TRUE if base.user.get(each) == "n" else FALSE)),
            )
        )
        for each in members
    }
    refused = clauses.any_of(clauses.all_of((default[each], set_to_n[each])) for each in members)
    left_alone = _first(
        encoder, {each: clauses.all_of((visible[each], -is_set[each])) for each in members}
    )
    none_left = -clauses.any_of(left_alone.values())
    # Members that lines set to n are set most recently, so one of the others gives way.
    longest_ago = _first(
        encoder,
        {each: clauses.all_of((visible[each], -line[each])) for each in reversed(priority)},
    )
    label = Label(choice.symbol.name or members[0].name, "choice", choice.index)
    clauses.state(label, -unset, -refused, -none_left, *longest_ago.values())
    for member in members:
        fallback = clauses.any_of(
            (
                clauses.all_of((default[member], -set_to_n[member])),
                clauses.all_of(
                    (
                        refused,
                        clauses.any_of(
                            (
                                left_alone[member],
                                clauses.all_of((none_left, longest_ago.get(member, FALSE))),
                            )
                        ),
                    )
                ),
            )
        )
        chosen = clauses.any_of((picked[member], clauses.all_of((unset, fallback))))
        clauses.equal(label, on[member], chosen)
        if line[member] != FALSE:
            clauses.state(label, -line[member], visible[member])


def _first(encoder: Encoder, holds: dict[Sym, int]) -> dict[Sym, int]:
    """For each symbol a literal for "it is the first whose literal holds"."""
    clauses = encoder.clauses
    found: dict[Sym, int] = {}
    before = FALSE
    for symbol, literal in holds.items():
        found[symbol] = clauses.all_of((literal, -before))
        before = clauses.any_of((before, literal))
    return found


def _default_member(
    encoder: Encoder, choice: Sym, members: list[Sym], visible: dict[Sym, int]
) -> dict[Sym, int]:
    """The first default that is visible, else the first visible member."""
    clauses = encoder.clauses
    chosen: dict[Sym, list[int]] = {each: [] for each in members}
    before = FALSE
    for item in choice.defaults:
        if item.value is None or item.value.op is not Op.SYMBOL:
            continue
        target: Sym = item.value.left
        seen = visible[target] if target in visible else encoder.visibility(target).m
        active = clauses.all_of((encoder.tri(item.condition).m, seen))
        if target in chosen:
            chosen[target].append(clauses.all_of((active, -before)))
        before = clauses.any_of((before, active))
    for member, first in _first(encoder, visible).items():
        chosen[member].append(clauses.all_of((first, -before)))
    return {each: clauses.any_of(literals) for each, literals in chosen.items()}


def define_old_choice(encoder: Encoder, choice: Sym) -> None:
    """A choice up to 6.8: a symbol with a value (kcheck.evaluate.choices.ChoiceHasValue)."""
    clauses, base = encoder.clauses, encoder.base
    members = choice.members
    line = {each: encoder.line(each) for each in members}
    value = {each: encoder.level(each) for each in members}
    set_y = {each: clauses.all_of((line[each], value[each].y)) for each in members}
    set_m = {each: clauses.all_of((line[each], value[each].m, -value[each].y)) for each in members}
    any_y, any_m = clauses.any_of(set_y.values()), clauses.any_of(set_m.values())
    clauses.at_most_one([each for each in set_y.values() if each != FALSE])
    # Which of the two came last would decide; no plan needs both.
    clauses.add(-any_y, -any_m)
    own = _own_value(encoder, choice, any_y, any_m)
    label = Label(choice.name or members[0].name, "choice", choice.menus[0].index)
    mine = encoder.level(choice)
    shown_if_y = [_visibility(encoder, each, mine, choice).m for each in members]
    empty = clauses.all_of((own.y, -clauses.any_of(shown_if_y)))
    clauses.equal(label, mine.m, clauses.all_of((own.m, -empty)))
    if mine.y != mine.m:
        clauses.equal(label, mine.y, clauses.all_of((own.y, -empty)))

    visible = {each: _visibility(encoder, each, mine, None) for each in members}
    shown = {each: literals.m for each, literals in visible.items()}
    default = _default_member(encoder, choice, members, shown)
    latest = base.user_selections.get(choice)
    asked = {
        each: clauses.any_of((set_y[each], -any_y if each is latest else FALSE)) for each in members
    }
    stands = {each: clauses.all_of((asked[each], shown[each])) for each in members}
    by_user = clauses.any_of(stands.values())
    for member in members:
        picked = clauses.any_of((stands[member], clauses.all_of((-by_user, default[member]))))
        chosen = clauses.all_of((mine.y, picked))
        _define_member(encoder, member, visible[member], chosen, label)


def _own_value(encoder: Encoder, choice: Sym, any_y: int, any_m: int) -> Levels:
    """The choice's value before it has looked for a member."""
    clauses, base = encoder.clauses, encoder.base
    visible = encoder.visibility(choice)
    selected = encoder.raised(choice, encoder.tri(choice.selected)) if choice.selected else None
    has_user, highest = base.choice_users[choice]
    # confdata.c, conf_read_simple: an m behind a y makes the choice forget what was said.
    counts = clauses.all_of((TRUE if has_user else FALSE, -any_m if highest == 2 else TRUE))
    at_least_m = TRUE if highest >= 1 else clauses.any_of((any_y, any_m))
    is_y = TRUE if highest == 2 else any_y
    said = encoder.lowest([Levels(at_least_m, is_y), visible])
    own = Levels(clauses.all_of((counts, said.m)), clauses.all_of((counts, said.y)))
    if selected is not None:
        own = encoder.highest([own, selected])
    return encoder.raised(choice, own)


def _visibility(encoder: Encoder, member: Sym, choice_value: Levels, given: Sym | None) -> Levels:
    """How far a member may be set; with `given`, as if that choice were y."""
    clauses = encoder.clauses
    is_y = TRUE if given is not None else choice_value.y
    found: list[Levels] = []
    for prompt in member.prompts:
        if given is not None:
            condition = _given_y(encoder, prompt.condition, given)
        else:
            condition = encoder.condition(member, "prompt", prompt.condition)
        if member.type is SymbolType.TRISTATE and encoder.hides_m_members:
            # A member that can only be m is hidden while the choice is y.
            hidden = clauses.all_of((condition.m, -condition.y, is_y))
            condition = Levels(clauses.all_of((condition.m, -hidden)), condition.y)
        found.append(condition)
    return encoder.raised(member, encoder.highest(found))


def _given_y(encoder: Encoder, node: Node | None, choice: Sym) -> Levels:
    """The value of a condition in which `choice` stands for y."""
    if node is None:
        return ON
    match node.op:
        case Op.SYMBOL if node.left is choice:
            return ON
        case Op.AND:
            return encoder.lowest([_given_y(encoder, each, choice) for each in node.left])
        case Op.OR:
            return encoder.highest([_given_y(encoder, each, choice) for each in node.left])
        case Op.NOT if node.left.op is not Op.FAULT:
            value = _given_y(encoder, node.left, choice)
            return Levels(-value.y, -value.m)
        case Op.EQUAL | Op.UNEQUAL if node.left is choice:
            literal = encoder.compare(node.op, choice, node.right, [("y", TRUE)])
            return Levels(literal, literal)
        case _:
            return encoder.tri(node)


def _define_member(
    encoder: Encoder, member: Sym, visible: Levels, chosen: int, label: Label
) -> None:
    """y or n by the choice where the member may be y; else as any symbol, up to m."""
    clauses = encoder.clauses
    value, line = encoder.level(member), encoder.line(member)
    if member.type not in TRISTATES:
        return
    clauses.equal(label, value.m, chosen, unless=-visible.y)
    if value.y != value.m:
        clauses.equal(label, value.y, chosen, unless=-visible.y)
    otherwise = encoder.with_user(member, visible, encoder.default(member))
    if member.type is SymbolType.BOOL or encoder.modules == FALSE:
        otherwise = encoder.raised(member, otherwise)
    exempt = clauses.any_of((line, visible.y))
    raised = encoder.raised(member, otherwise)
    clauses.equal(label, value.m, raised.m, unless=exempt)
    if value.y != value.m:
        clauses.equal(label, value.y, raised.y, unless=exempt)
    if line == FALSE:
        return
    clauses.state(label, -line, visible.m)
    # Where only m can be seen, n or m.
    if value.y != value.m:
        clauses.state(label, -line, visible.y, -value.y)
