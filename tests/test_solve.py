"""Goals, plans and proofs on small trees: one test a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcheck.dotconfig import parse_dotconfig
from kcheck.errors import UnknownSymbolError, UsageError
from kcheck.findings import Costly, NeedsToolchain, Reachable, Solution, Unreachable
from kcheck.goals import AtLeast, Exactly, HasText, IsWritten, parse_goal
from kcheck.model import SymbolRef, Tri
from kcheck.solve.session import Session
from kcheck.solve.sought import Limits
from tests.small import read_text

TYPES = (
    'config B\n\tbool "b"\nconfig T\n\ttristate "t"\nconfig MODULES\n\tbool "m"\n\tmodules\n'
    'config I\n\tint "i"\nconfig H\n\thex "h"\nconfig S\n\tstring "s"\n'
)


def _solve(
    folder: Path,
    kconfig: str,
    config: str,
    *goals: str,
    limits: Limits = Limits(),  # noqa: B008
    alternatives: int = 0,
    version: str = "7.3",
) -> Solution:
    model = read_text(folder, kconfig, version)
    session = Session(model, parse_dotconfig(config.encode(), "config"))
    parsed = tuple(parse_goal(model, goal) for goal in goals)
    return session.solve(parsed, limits, alternatives, whole=True)


def _lines(solution: Solution) -> tuple[str, ...]:
    assert isinstance(solution, Reachable | Costly), solution
    assert solution.plan.proved_minimal
    return solution.plan.lines


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("B", AtLeast("B", Tri.M)),
        ("CONFIG_B=y", Exactly("B", Tri.Y)),
        ("T=m", Exactly("T", Tri.M)),
        ("T>=m", AtLeast("T", Tri.M)),
        ("T=n", Exactly("T", Tri.N)),
        ("I=-5", HasText("I", "-5")),
        ("H=0xff", HasText("H", "0xff")),
        ('I="5"', HasText("I", "5")),
        ('S="a b"', HasText("S", "a b")),
        ("S=a b", HasText("S", "a b")),
        ("S=", HasText("S", "")),
        ("I", IsWritten("I")),
    ],
)
def test_goals(tmp_path: Path, text: str, goal: object) -> None:
    assert parse_goal(read_text(tmp_path, TYPES), text) == goal


@pytest.mark.parametrize(
    "text", ["B=m", "B=x", "T=", "I=abc", "I=007", "H=xyz", "I>=5", "B =y", ""]
)
def test_what_is_no_goal_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_goal(read_text(tmp_path, TYPES), text)
    assert "\n" not in str(refused.value)


def test_a_misspelt_goal_names_the_nearest_symbol(tmp_path: Path) -> None:
    with pytest.raises(UnknownSymbolError, match="did you mean MODULES"):
        parse_goal(read_text(tmp_path, TYPES), "MODULE=y")


def test_what_holds_already_takes_no_line(tmp_path: Path) -> None:
    assert _lines(_solve(tmp_path, TYPES, "CONFIG_B=y\n", "B=y", "T=n")) == ()


def test_a_number_that_shows_need_not_change(tmp_path: Path) -> None:
    kconfig = 'config A\n\tbool "a"\nconfig N\n\tint "n" if A\n\trange 1 9\n'
    for whole in (True, False):
        session = Session(read_text(tmp_path, kconfig), parse_dotconfig(b"", "config"))
        assert session.valuation.state("N").value == "1"
        assert _lines(session.solve((IsWritten("N"),), whole=whole)) == ("CONFIG_A=y",)


def test_several_goals_share_their_lines(tmp_path: Path) -> None:
    kconfig = (
        'config A\n\tbool "a"\nconfig B\n\tbool "b"\n\tdepends on A\n'
        'config C\n\tbool "c"\n\tdepends on A\n'
    )
    solution = _solve(tmp_path, kconfig, "", "B", "C")
    assert _lines(solution) == ("CONFIG_A=y", "CONFIG_B=y", "CONFIG_C=y")


def test_goals_that_exclude_each_other_have_no_plan(tmp_path: Path) -> None:
    kconfig = 'config A\n\tbool "a"\nconfig B\n\tbool "b"\n\tdepends on !A\n'
    solution = _solve(tmp_path, kconfig, "", "A", "B")
    assert isinstance(solution, Unreachable)
    assert [str(each.location) for each in solution.proof.core] == ["Kconfig:5"]


def test_one_line_more_rather_than_something_lost(tmp_path: Path) -> None:
    kconfig = (
        'config OLD\n\tbool "old"\nconfig P\n\tbool "p"\nconfig Q\n\tbool "q"\n\tdepends on P\n'
        'config GOAL\n\tbool "goal"\n\tdefault y\n\tdepends on !OLD || Q\n'
    )
    solution = _solve(tmp_path, kconfig, "CONFIG_OLD=y\n# CONFIG_P is not set\n", "GOAL")
    assert _lines(solution) == ("CONFIG_P=y", "CONFIG_Q=y")
    assert isinstance(solution, Reachable)


def test_what_is_lost_far_from_the_goal_counts(tmp_path: Path) -> None:
    kconfig = (
        'config HARM\n\tbool "harm"\nconfig OTHER\n\tbool "other"\nconfig MORE\n\tbool "more"\n'
        "\tdepends on OTHER\nconfig FAR\n\tdef_bool y\n\tdepends on !HARM\n"
        'config GOAL\n\tbool "goal"\n\tdepends on HARM || MORE\n'
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL")
    assert _lines(solution) == ("CONFIG_OTHER=y", "CONFIG_MORE=y", "CONFIG_GOAL=y")


def test_a_conflict_gives_up_least_and_says_what(tmp_path: Path) -> None:
    kconfig = (
        'config A\n\tbool "a"\nconfig B\n\tbool "b"\n\tdepends on A\n'
        'config C\n\tbool "c"\nconfig GOAL\n\tbool "goal"\n\tdepends on !A || !C\n'
    )
    base = "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\n"
    solution = _solve(tmp_path, kconfig, base, "GOAL")
    assert isinstance(solution, Costly)
    assert _lines(solution) == ("# CONFIG_C is not set", "CONFIG_GOAL=y")
    assert [each.symbol for each in solution.plan.lost] == ["C"]
    kept = _solve(tmp_path, kconfig, base, "GOAL", limits=Limits(keep=frozenset({"C"})))
    assert isinstance(kept, Costly)
    assert sorted(each.symbol for each in kept.plan.lost) == ["A", "B"]


def test_y_to_m_is_a_loss(tmp_path: Path) -> None:
    kconfig = (
        'config MODULES\n\tbool "m"\n\tmodules\nconfig T\n\ttristate "t"\n'
        'config GOAL\n\tbool "goal"\n\tdepends on T!=y\n'
    )
    solution = _solve(tmp_path, kconfig, "CONFIG_MODULES=y\nCONFIG_T=y\n", "GOAL")
    assert isinstance(solution, Costly)
    assert [each.symbol for each in solution.plan.lost] == ["T"]


def test_its_own_prompt_before_somebody_elses_select(tmp_path: Path) -> None:
    kconfig = (
        'config NEEDED\n\tbool "needed"\nconfig DEBUG\n\tbool "debug"\n\tselect NEEDED\n'
        'config GOAL\n\tbool "goal"\n\tdepends on NEEDED\n'
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL", alternatives=1)
    assert _lines(solution) == ("CONFIG_NEEDED=y", "CONFIG_GOAL=y")
    assert isinstance(solution, Reachable)
    assert [each.lines for each in solution.alternatives] == [("CONFIG_DEBUG=y", "CONFIG_GOAL=y")]


def test_forbidden_symbols_stay_as_they_are(tmp_path: Path) -> None:
    kconfig = (
        'config NEEDED\n\tbool "needed"\nconfig DEBUG\n\tbool "debug"\n\tselect NEEDED\n'
        'config GOAL\n\tbool "goal"\n\tdepends on NEEDED\n'
    )
    limits = Limits(forbid=frozenset({"DEBUG"}))
    assert _lines(_solve(tmp_path, kconfig, "", "GOAL", limits=limits))[0] == "CONFIG_NEEDED=y"
    limits = Limits(forbid=frozenset({"NEEDED"}))
    assert isinstance(_solve(tmp_path, kconfig, "", "GOAL", limits=limits), Unreachable)


def test_preferred_symbols_come_first_among_equals(tmp_path: Path) -> None:
    kconfig = (
        'config ONE\n\tbool "one"\nconfig TWO\n\tbool "two"\nconfig GOAL\n\tdef_bool ONE || TWO\n'
    )
    for name in ("ONE", "TWO"):
        limits = Limits(prefer=frozenset({name}))
        assert _lines(_solve(tmp_path, kconfig, "", "GOAL", limits=limits)) == (f"CONFIG_{name}=y",)


def test_numbers_and_strings_are_set_where_a_comparison_wants_them(tmp_path: Path) -> None:
    kconfig = (
        'config CPUS\n\tint "cpus"\n\tdefault 64\n\trange 2 512\n'
        'config NAME\n\tstring "name"\n'
        'config GOAL\n\tbool "goal"\n\tdepends on CPUS > 100 && NAME = "big"\n'
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL")
    assert _lines(solution) == ("CONFIG_CPUS=101", 'CONFIG_NAME="big"', "CONFIG_GOAL=y")


def test_a_range_that_another_symbol_widens(tmp_path: Path) -> None:
    kconfig = (
        'config BIG\n\tbool "big"\nconfig CPUS\n\tint "cpus"\n\tdefault 2\n'
        "\trange 2 512 if BIG\n\trange 2 64\n"
    )
    assert _lines(_solve(tmp_path, kconfig, "", "CPUS=200")) == ("CONFIG_BIG=y", "CONFIG_CPUS=200")
    assert isinstance(_solve(tmp_path, kconfig, "", "CPUS=1000"), Unreachable)


def test_off_turns_what_selects_it_off(tmp_path: Path) -> None:
    kconfig = 'config LIB\n\tbool "lib"\nconfig USER\n\tbool "user"\n\tselect LIB\n'
    solution = _solve(tmp_path, kconfig, "CONFIG_USER=y\n", "LIB=n")
    assert isinstance(solution, Costly)
    assert _lines(solution) == ("# CONFIG_USER is not set",)
    assert [each.symbol for each in solution.plan.lost] == ["USER"]


@pytest.mark.parametrize(
    ("goal", "lines"),
    [
        ("X=100", ("CONFIG_B=100", "CONFIG_X=100")),
        ("D=200", ("CONFIG_B=200", "CONFIG_X=200", "CONFIG_D=200")),
        ("H=0x64", ("CONFIG_B=100", "CONFIG_X=100", "CONFIG_H=0x64")),
        ("S=zz", ('CONFIG_T="zz"',)),
        ("ASCENDING=y", ("CONFIG_B=5", "CONFIG_X=4", "CONFIG_ASCENDING=y")),
    ],
)
def test_values_come_by_defaults_bounds_and_comparisons(
    goal: str, lines: tuple[str, ...], tmp_path: Path
) -> None:
    kconfig = (
        'config B\n\tint "b"\n\tdefault 50\n'
        'config X\n\tint "x"\n\trange 1 B\n\tdefault 3\n'
        'config D\n\tint "d"\n\trange 1 X\n\tdefault 3\n'
        'config H\n\thex "h"\n\trange 0x1 X\n\tdefault 0x3\n'
        'config S\n\tstring\n\tdefault T\nconfig T\n\tstring "t"\n'
        'config ASCENDING\n\tbool "ascending"\n\tdepends on D < X && X < B && B < 6 && D = 3\n'
    )
    assert _lines(_solve(tmp_path, kconfig, "", goal)) == lines


def test_a_number_that_conf_forgets_leaves_nothing_proved(tmp_path: Path) -> None:
    kconfig = 'config N\n\tint "n"\n\trange 1 5\nconfig A\n\tbool "a"\n'
    for config, proved in (("CONFIG_N=3\n", True), ("CONFIG_N=9\n", False)):
        solution = _solve(tmp_path, kconfig, config, "A=y", version="5.10")
        assert isinstance(solution, Reachable)
        assert solution.plan.proved_minimal == proved


def test_effects_say_what_brings_them_about(tmp_path: Path) -> None:
    kconfig = (
        'config GOAL\n\tbool "goal"\n\tselect PULLED\n\timply WISHED\nconfig PULLED\n\tbool\n'
        'config WISHED\n\tbool "wished"\nconfig FOLLOWS\n\tdef_bool GOAL\n'
        'config SHOWS\n\tbool "shows"\n\tdepends on GOAL\n'
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL")
    assert isinstance(solution, Reachable)
    causes = {each.symbol: (each.cause, each.by) for each in solution.plan.effects}
    assert causes == {
        "PULLED": ("select", "GOAL"),
        "WISHED": ("imply", "GOAL"),
        "FOLLOWS": ("default", None),
    }
    assert solution.plan.newly_visible == ("SHOWS",)


@pytest.mark.parametrize("version", ["6.1", "7.3"])
def test_effects_tell_numbers_and_texts_by_their_lines(tmp_path: Path, version: str) -> None:
    kconfig = (
        'config GOAL\n\tbool "goal"\n'
        'config COMES\n\tint "comes"\n\tdepends on GOAL\n\tdefault 3\n'
        'config GOES\n\tint "goes"\n\tdepends on !GOAL\n\tdefault 4\n'
        'config TEXT\n\tstring "text"\n\tdepends on !GOAL\n\tdefault "five"\n'
        "config OTHER\n\thex\n\tdefault 0x6 if GOAL\n\tdefault 0x7\n"
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL", version=version)
    assert isinstance(solution, Reachable)
    told = {each.symbol: (each.cause, each.before, each.after) for each in solution.plan.effects}
    assert told == {
        "COMES": ("value", None, "3"),
        "GOES": ("gone", "4", None),
        "TEXT": ("gone", "five", None),
        "OTHER": ("value", "0x7", "0x6"),
    }


def test_effects_of_other_answers_tell_numbers_by_their_lines(tmp_path: Path) -> None:
    kconfig = (
        "config CAN\n\tdef_bool $(shell,test -e /no/such/file && echo y || echo n)\n"
        'config GOAL\n\tbool "goal"\n\tdepends on CAN\n'
        'config COMES\n\tint "comes"\n\tdepends on GOAL\n\tdefault 3\n'
        'config GOES\n\tint "goes"\n\tdepends on !CAN\n\tdefault 4\n'
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL")
    assert isinstance(solution, NeedsToolchain)
    told = {each.symbol: (each.before, each.after) for each in solution.plan.effects}
    assert told == {"CAN": ("n", "y"), "COMES": (None, "3"), "GOES": ("4", None)}


def test_another_answer_of_the_compiler_is_no_line(tmp_path: Path) -> None:
    kconfig = (
        "config CAN\n\tdef_bool $(shell,test -e /no/such/file && echo y || echo n)\n"
        'config GOAL\n\tbool "goal"\n\tdepends on CAN\n'
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL")
    assert isinstance(solution, NeedsToolchain)
    (answer,) = solution.answers
    assert (answer.answer, answer.wanted, str(answer.location)) == ("n", "y", "Kconfig:2")
    assert solution.plan.lines == ("CONFIG_GOAL=y",)


def test_a_version_that_is_too_old_is_the_toolchains(tmp_path: Path) -> None:
    kconfig = (
        "config VERSION\n\tint\n\tdefault $(shell,echo 42)\n"
        'config GOAL\n\tbool "goal"\n\tdepends on VERSION >= 100\n'
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL")
    assert isinstance(solution, NeedsToolchain)
    assert [(each.answer, each.wanted) for each in solution.answers] == [("42", "100")]


def test_answers_under_which_conf_would_refuse_the_tree(tmp_path: Path) -> None:
    """Then there is no telling what other answers would allow: what holds is said of these."""
    kconfig = (
        'config ONE\n\tbool "one"\n\tdepends on $(shell,echo n) && TWO\n'
        'config TWO\n\tbool "two"\n\tdepends on ONE\n'
    )
    assert isinstance(_solve(tmp_path, kconfig, "", "TWO"), Unreachable)


def test_a_proof_has_nothing_to_spare(tmp_path: Path) -> None:
    kconfig = (
        'config FREE\n\tbool "free"\nconfig NEVER\n\tbool\nconfig MIDDLE\n\tbool\n'
        "\tdefault y if NEVER && FREE\n"
        'config GOAL\n\tbool "goal"\n\tdepends on FREE\n\tdepends on MIDDLE\n'
    )
    solution = _solve(tmp_path, kconfig, "", "GOAL")
    assert isinstance(solution, Unreachable)
    assert solution.proof.certain
    told = [(each.symbol, str(each.location)) for each in solution.proof.core]
    assert told == [("GOAL", "Kconfig:11"), ("MIDDLE", "Kconfig:7"), ("NEVER", "Kconfig:3")]


def test_members_that_hang_on_each_other_are_not_proved(tmp_path: Path) -> None:
    kconfig = (
        'choice\n\tbool "c"\n\tdefault TWO\nconfig ONE\n\tbool "one"\n'
        'config TWO\n\tbool "two"\n\tdepends on ONE\nconfig THREE\n\tbool "three"\nendchoice\n'
    )
    model = read_text(tmp_path, kconfig, "5.10")
    solution = Session(model, None).solve((AtLeast("THREE", Tri.M),))
    assert isinstance(solution, Costly)
    assert not solution.plan.proved_minimal


def test_modules_that_come_back_are_no_loss(tmp_path: Path) -> None:
    """With modules off conf takes m for y (symbol.c, sym_calc_value); with them it is m again."""
    model = read_text(
        tmp_path,
        "config MODULES\n\tbool 'modules'\n\tmodules\n"
        "config DRIVER\n\ttristate 'driver'\n"
        "config WANTED\n\tbool 'wanted'\n\tdepends on MODULES\n",
    )
    config = parse_dotconfig(b"# CONFIG_MODULES is not set\nCONFIG_DRIVER=m\n", "config")
    session = Session(model, config)
    assert session.valuation.tri(SymbolRef("DRIVER")) == Tri.Y
    solution = session.solve((AtLeast("WANTED", Tri.Y),))
    assert isinstance(solution, Reachable)
    assert solution.plan.lines == ("CONFIG_MODULES=y", "CONFIG_WANTED=y")
    assert solution.plan.lost == ()
    assert [each.symbol for each in solution.plan.effects] == ["DRIVER"]
