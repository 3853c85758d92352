"""What rules ask: written, read back, held against values, and handed to the solver alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcheck.dotconfig import parse_dotconfig
from kcheck.evaluate.conf import olddefconfig
from kcheck.evaluate.valuation import Valuation
from kcheck.goals import Holds
from kcheck.model import Model, Relation, Tri
from kcheck.policy.conditions import (
    AllOf,
    AnyOf,
    Compared,
    Condition,
    ConditionError,
    NoneOf,
    Off,
    On,
    contrary,
    parse_condition,
    symbols_of,
    text_of,
)
from kcheck.policy.scope import ScopeError, Surroundings, parse_bounds, parse_compiler
from kcheck.policy.values import ComputedValues, WrittenValues, failing_terms, holds
from kcheck.policy.wanted import as_one, goals_of
from kcheck.solve.planned import reached
from kcheck.solve.session import Session
from tests.small import read_text

KCONFIG = """\
config MODULES
	bool "modules"
	modules
	default y

config FLAG
	bool "flag"

config PART
	tristate "part"

config COUNT
	int "count" if FLAG
	range 1 64

config MASK
	hex "mask"
	default 0x10

config WORD
	string "word"
	default "plain"

config SIZE
	int "size" if PART && !FLAG
	depends on !PART || MODULES
	default 7 if MODULES && PART = m

config NAME
	string "name"
	depends on PART

config BARE
	hex
	default 0x1 if m && WORD != "other"
"""


@cache
def small_model(version: str) -> Model:
    """The symbols above, as that version's conf reads them."""
    kconfig = KCONFIG.replace("\tmodules\n", "\toption modules\n") if version == "5.10" else KCONFIG
    with TemporaryDirectory() as folder:
        return read_text(Path(folder), kconfig, version)


def valuation(version: str, lines: str) -> Valuation:
    """What conf makes of the lines."""
    return olddefconfig(small_model(version), parse_dotconfig(lines.encode(), ".config")).valuation


# Written and read.


@pytest.mark.parametrize(
    ("written", "meant", "text"),
    [
        ("FLAG", On("FLAG"), "FLAG"),
        ("CONFIG_FLAG", On("FLAG"), "FLAG"),
        ("!FLAG", Off("FLAG"), "!FLAG"),
        ("PART=m", Compared("PART", Relation.EQUAL, "m"), "PART=m"),
        ("PART != y", Compared("PART", Relation.UNEQUAL, "y"), "PART!=y"),
        ("COUNT >= 17", Compared("COUNT", Relation.GREATER_EQUAL, "17"), "COUNT>=17"),
        ('WORD="a b"', Compared("WORD", Relation.EQUAL, "a b"), 'WORD="a b"'),
        ('WORD=""', Compared("WORD", Relation.EQUAL, ""), 'WORD=""'),
        ({"any": ["FLAG", "!PART"]}, AnyOf((On("FLAG"), Off("PART"))), "FLAG or !PART"),
        (
            {"all": ["FLAG", {"none": ["PART", "COUNT<3"]}]},
            AllOf(
                (
                    On("FLAG"),
                    NoneOf((On("PART"), Compared("COUNT", Relation.LESS, "3"))),
                )
            ),
            "FLAG and (none of PART, COUNT<3)",
        ),
    ],
)
def test_what_is_written_is_what_is_meant(written: object, meant: Condition, text: str) -> None:
    assert parse_condition(written) == meant
    assert text_of(meant) == text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "is no condition"),
        ("A && B", "use all, any or none"),
        ("!A=y", "! stands before a symbol alone"),
        ("A >=", "only a number, or y, m or n"),
        ({"all": []}, "one or more"),
        ({"both": ["A"]}, "'both' is no group"),
        ({"all": ["A"], "any": ["B"]}, "exactly one"),
        (17, "a condition is a string"),
        ("A\nB", "is no condition"),
    ],
)
def test_what_is_no_condition_is_refused(written: object, said: str) -> None:
    with pytest.raises(ConditionError, match=said):
        parse_condition(written)


def test_groups_without_end_are_refused() -> None:
    deep: object = "A"
    for _ in range(1000):
        deep = {"all": [deep]}
    with pytest.raises(ConditionError, match="deep in each other"):
        parse_condition(deep)


# Held against values.


@pytest.mark.parametrize(
    ("condition", "lines", "failing"),
    [
        ("FLAG", "CONFIG_FLAG=y\n", ()),
        ("FLAG", "", ("FLAG",)),
        ("PART", "CONFIG_PART=m\n", ()),
        ("PART=y", "CONFIG_PART=m\n", ("PART=y",)),
        ("PART>=m", "CONFIG_PART=m\n", ()),
        ("!PART", "CONFIG_PART=m\n", ("!PART",)),
        ("MISSING", "", ("MISSING",)),
        ("!MISSING", "", ()),
        ("MISSING<3", "", ()),
        ("MISSING>=3", "", ("MISSING>=3",)),
        ("COUNT>=9", "CONFIG_FLAG=y\nCONFIG_COUNT=10\n", ()),
        ("COUNT<9", "CONFIG_FLAG=y\nCONFIG_COUNT=10\n", ("COUNT<9",)),
        ("MASK=16", "", ("MASK=16",)),
        ("MASK=0x10", "", ()),
        ("MASK=10", "", ()),
        ("COUNT", "CONFIG_FLAG=y\nCONFIG_COUNT=10\n", ()),
        # conf has 0 for it, and writes no line.
        ("COUNT", "", ("COUNT",)),
        ("!COUNT", "", ()),
        ("SIZE", "CONFIG_PART=m\n", ()),
        ("!SIZE", "CONFIG_PART=m\n", ("!SIZE",)),
        ("!SIZE", "CONFIG_PART=y\nCONFIG_FLAG=y\n", ()),
        ("WORD", 'CONFIG_WORD=""\n', ()),
        ("NAME", "CONFIG_PART=y\n", ()),
        ("NAME", "", ("NAME",)),
        ("WORD=plain", "", ()),
        ("WORD!=plain", "", ("WORD!=plain",)),
        ({"any": ["FLAG", "PART"]}, "CONFIG_PART=m\n", ()),
        ({"any": ["FLAG", "PART"]}, "", ("FLAG", "PART")),
        ({"all": ["FLAG", "PART"]}, "CONFIG_PART=m\n", ("FLAG",)),
        ({"none": ["FLAG", "PART=y"]}, "CONFIG_FLAG=y\n", ("!FLAG",)),
        (
            {"none": [{"all": ["FLAG", "PART"]}]},
            "CONFIG_FLAG=y\nCONFIG_PART=y\n",
            ("!FLAG", "!PART"),
        ),
    ],
)
def test_what_fails_is_named(condition: object, lines: str, failing: tuple[str, ...]) -> None:
    values = ComputedValues(valuation("7.3", lines))
    found = failing_terms(parse_condition(condition), values)
    assert tuple(text_of(each) for each in found) == failing


def test_lines_alone_say_what_a_whole_config_would() -> None:
    outcome = olddefconfig(
        small_model("7.3"), parse_dotconfig(b"CONFIG_PART=m\nCONFIG_FLAG=y\n", "c")
    )
    written = WrittenValues(parse_dotconfig(outcome.text, ".config"))
    computed = ComputedValues(outcome.valuation)
    for name in ("MODULES", "FLAG", "PART", "COUNT", "MASK", "WORD", "NAME", "BARE"):
        one, other = written.of(name), computed.of(name)
        assert (one.text, one.is_on) == (other.text, other.is_on), name


LOGICAL = ("MODULES", "FLAG", "PART", "MISSING")
NUMBERS = ("COUNT", "MASK", "SIZE", "BARE", "MISSING")
SAME = (Relation.EQUAL, Relation.UNEQUAL)
TERMS = st.one_of(
    st.builds(On, st.sampled_from([*LOGICAL, *NUMBERS, "WORD", "NAME"])),
    st.builds(Off, st.sampled_from([*LOGICAL, *NUMBERS, "WORD", "NAME"])),
    st.builds(
        Compared, st.sampled_from(LOGICAL), st.sampled_from(Relation), st.sampled_from("nmy")
    ),
    st.builds(
        Compared,
        st.sampled_from(NUMBERS),
        st.sampled_from(Relation),
        st.sampled_from(("3", "17", "0x10", "0", "017")),
    ),
    st.builds(
        Compared,
        st.sampled_from(("WORD", "NAME", "MISSING")),
        st.sampled_from(SAME),
        st.sampled_from(("plain", "other", "")),
    ),
)


def _grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(*(st.builds(group, several) for group in (AllOf, AnyOf, NoneOf)))


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(TERMS, _grown, max_leaves=5)
LINES = st.lists(
    st.sampled_from(
        [
            "# CONFIG_MODULES is not set", "CONFIG_FLAG=y", "CONFIG_PART=m", "CONFIG_PART=y",
            "CONFIG_COUNT=17", "CONFIG_COUNT=2", "CONFIG_MASK=0x3", 'CONFIG_WORD="other"',
            'CONFIG_WORD=""', "CONFIG_SIZE=5", 'CONFIG_NAME="plain"',
        ]
    ),
    unique=True,
).map(lambda lines: "".join(f"{line}\n" for line in lines))  # fmt: skip


@given(CONDITIONS, LINES)
def test_a_condition_or_its_contrary_holds(condition: Condition, lines: str) -> None:
    values = ComputedValues(valuation("7.3", lines))
    assert holds(condition, values) != holds(contrary(condition), values)
    assert set(symbols_of(contrary(condition))) == set(symbols_of(condition))


@pytest.mark.parametrize("version", ["5.10", "6.12", "7.3"])
@given(CONDITIONS, LINES)
@settings(max_examples=150)
def test_goals_hold_where_the_condition_does(
    version: str, condition: Condition, lines: str
) -> None:
    """What the solver is told to reach is what the rule asks."""
    model, found = small_model(version), valuation(version, lines)
    expected = holds(condition, ComputedValues(found))
    assert (found.tri(as_one(model, condition).expr) != Tri.N) == expected
    assert all(reached(found, goal) for goal in goals_of(model, condition)) == expected


@given(CONDITIONS, LINES)
@settings(max_examples=60)
def test_lines_that_are_found_make_it_hold(condition: Condition, lines: str) -> None:
    """A plan for the goals makes the rule hold, and there is none only where nothing does."""
    model = small_model("7.3")
    config = parse_dotconfig(lines.encode(), ".config")
    solution = Session(model, config).solve(goals_of(model, condition))
    plan = getattr(solution, "plan", None)
    if plan is not None:
        after = valuation("7.3", lines + "".join(f"{line}\n" for line in plan.lines))
        assert holds(condition, ComputedValues(after))
        return
    candidates = (
        "", "CONFIG_FLAG=y\n", "CONFIG_FLAG=y\nCONFIG_COUNT=2\nCONFIG_PART=m\n",
        "CONFIG_FLAG=y\nCONFIG_COUNT=17\nCONFIG_PART=y\nCONFIG_MASK=0x3\n",
        '# CONFIG_MODULES is not set\nCONFIG_WORD="other"\n', 'CONFIG_MASK=0x17\nCONFIG_PART=m\n',
    )  # fmt: skip
    for each in candidates:
        assert not holds(condition, ComputedValues(valuation("7.3", each))), each


def test_turning_off_what_a_rule_wants_off_is_no_loss() -> None:
    model = small_model("7.3")
    condition = AnyOf((NoneOf((On("FLAG"),)), On("MISSING")))
    goals = goals_of(model, condition)
    assert goals == (as_one(model, condition),)
    assert isinstance(goals[0], Holds)
    assert goals[0].lowers == {"FLAG"}
    solution = Session(model, parse_dotconfig(b"CONFIG_FLAG=y\n", "c")).solve(goals)
    plan = getattr(solution, "plan", None)
    assert plan is not None
    assert (plan.lines, plan.lost) == (("# CONFIG_FLAG is not set",), ())


# Where a rule applies.


@pytest.mark.parametrize(
    ("bounds", "version", "inside"),
    [
        (">=4.12, <5.11", (4, 12), True),
        (">=4.12, <5.11", (5, 10, 259), True),
        (">=4.12, <5.11", (5, 11), False),
        (">=4.12, <5.11", (4, 11, 6), False),
        ("<=5.10", (5, 10, 259), True),
        (">5.10", (5, 10, 259), False),
        ("6.1", (6, 1, 170), True),
        ("6.1", (6, 10), False),
        ("!=6.1", (6, 1, 170), False),
        (">=5.10.200", (5, 10, 199), False),
        (">=v6.1", (6, 1), True),
    ],
)
def test_versions_are_bounded(bounds: str, version: tuple[int, ...], inside: bool) -> None:
    assert all(bound.takes(version) for bound in parse_bounds(bounds)) == inside


@pytest.mark.parametrize("written", ["", "4.x", "=>4", ">=4.12 <5", "4.1.2.3"])
def test_what_is_no_bound_is_refused(written: str) -> None:
    with pytest.raises(ScopeError):
        parse_bounds(written)


def test_a_compiler_is_gcc_or_clang() -> None:
    compiler = parse_compiler("gcc >= 8, < 13")
    assert compiler.name == "gcc"
    assert [bound.takes((12, 2, 0)) for bound in compiler.bounds] == [True, True]
    assert parse_compiler("clang").bounds == ()
    with pytest.raises(ScopeError, match="write gcc or clang"):
        parse_compiler("icc")
    assert Surroundings((), frozenset(), None).compiler is None
