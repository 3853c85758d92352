"""Each pass over a chain takes away what its docstring draws, and nothing else."""

from __future__ import annotations

from kcheck.explain.simplify import simplified
from kcheck.findings import AllOf, NotSelected, NotSet, Off, OneOf, Reason, SeenAbove, Unmet
from kcheck.model import Location


def _at(line: int) -> Location:
    return Location("Kconfig", line)


C = NotSet("C", "n", _at(9), None)
C_AGAIN = SeenAbove("C", "n", _at(9), deeper=False)


def _off(name: str, *children: Reason) -> Off:
    return Off(name, "n", _at(1), True, children)


def _simple(reason: Reason) -> Reason:
    (found,) = simplified((reason,))
    return found


def test_what_was_told_is_dropped_beside_what_is_new() -> None:
    assert _simple(_off("A", C_AGAIN, C)) == _off("A", C)


def test_what_was_told_stays_where_it_is_all_there_is() -> None:
    assert _simple(_off("A", C_AGAIN)) == _off("A", C_AGAIN)


def test_what_lies_deeper_was_not_told() -> None:
    deeper = SeenAbove("B", "n", _at(5), deeper=True)
    assert _simple(_off("A", deeper, C)) == _off("A", deeper, C)


def test_a_group_of_one_is_that_one() -> None:
    assert _simple(AllOf((C,))) == C


def test_a_condition_that_is_the_symbol_below_it_is_dropped() -> None:
    assert _simple(Unmet("depends on", "C", _at(3), (C,))) == C
    longer = Unmet("depends on", "C && D", _at(3), (C,))
    assert _simple(longer) == longer


def test_an_or_keeps_its_place_and_says_its_arms_once() -> None:
    arms = OneOf((C, _off("B")), (1, 1))
    found = _simple(Unmet("depends on", "C || B", _at(3), (arms,)))
    assert found == OneOf((C, _off("B")), (1, 1), _at(3))


def test_a_way_that_waits_on_the_same_is_no_other_way() -> None:
    by_select = NotSelected("A", "S", "y", "selected", _at(4), "C", ())
    assert _simple(OneOf((C, by_select), (1, 1))) == C


def test_a_way_by_a_selector_that_is_off_stays() -> None:
    by_select = NotSelected("A", "S", "n", "selected", _at(4), "C", ())
    both = OneOf((C, by_select), (1, 1))
    assert _simple(both) == both


def test_one_arm_stays_a_choice_where_others_were_only_counted() -> None:
    counted = OneOf((C,), (1,), more=3)
    assert _simple(counted) == counted


def test_alternatives_that_were_told_are_not_listed_again() -> None:
    told = OneOf((C_AGAIN, SeenAbove("D", "n", _at(8), deeper=False)), (None, None))
    pull = NotSelected("A", "S", "y", "selected", _at(4), "C || D", (told,))
    assert _simple(pull) == NotSelected("A", "S", "y", "selected", _at(4), "C || D", ())


def test_what_all_arms_wait_on_is_told_once_behind_them() -> None:
    arms = OneOf((_off("A", C), _off("B", C_AGAIN)), (1, 1))
    assert _simple(arms) == OneOf((_off("A"), _off("B")), (1, 1), common=(C,))


def test_arms_that_wait_on_different_things_stay_apart() -> None:
    arms = OneOf((_off("A", C), _off("B", NotSet("D", "n", _at(8), None))), (1, 1))
    assert _simple(arms) == arms
