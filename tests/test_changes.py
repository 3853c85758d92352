"""What counts as a change between two models, and what does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcheck.changes.between import Change, Difference, difference, near_changes, near_symbols
from kcheck.changes.canonical import canonical
from kcheck.comparison import Comparison, Course, Version, changed
from kcheck.model import (
    And,
    Constant,
    Expr,
    Model,
    Not,
    Or,
    Relation,
    SymbolRef,
)
from kcheck.model import (
    Comparison as Compared,
)
from kcheck.report.changes import SIGNS, change_lines, statement_text
from tests.small import read_text

BASE = """\
config A
	bool "a"
config B
	bool "b"
config C
	bool "c"
config D
	def_bool y
"""


def model(tmp_path: Path, text: str, name: str = "one") -> Model:
    (tmp_path / name).mkdir(exist_ok=True)
    return read_text(tmp_path / name, BASE + text.replace("    ", "\t"))


def said(changes: tuple[Change, ...]) -> list[str]:
    return [f"{SIGNS[each.how]} {statement_text(each.statement)}" for each in changes]


def about_x(tmp_path: Path, before: str, after: str) -> list[str]:
    """What changed about the symbol X."""
    one, other = model(tmp_path, before), model(tmp_path, after, "other")
    found = said(near_changes(one, other, "X"))
    back = said(near_changes(other, one, "X"))
    # The other way round it is the same, with the signs exchanged.
    turned = str.maketrans("+-", "-+")
    assert sorted(each[0].translate(turned) + each[1:] for each in back) == sorted(found)
    return found


X = 'config X\n    bool "x"\n'
S = "config S\n    def_bool A\n"
T = "config T\n    def_bool A\n"
SAME = {
    "text, help and line": (
        X,
        'comment "new"\nconfig X\n    bool\n    prompt "else"\n    help\n      Said.\n',
    ),
    "an if becomes depends on": (
        f"if A\nif B\n{X}endif\nendif\n",
        f"{X}    depends on B && A\n",
    ),
    "a menu's depends on": (
        f'menu "m"\n    depends on A\n{X}endmenu\n',
        f"{X}    depends on A\n",
    ),
    "two lines become one": (
        f"{X}    depends on A\n    depends on B\n",
        f"{X}    depends on B && A\n",
    ),
    "operands and negations": (
        f"{X}    depends on A || B || C=y\n    depends on !(A && B)\n",
        f"{X}    depends on y=C || (B || A)\n    depends on !B || !A\n",
    ),
    "not either": (f"{X}    depends on !(A || B)\n", f"{X}    depends on !A\n    depends on !B\n"),
    "greater and less": (f"{X}    depends on A > B\n", f"{X}    depends on !(B >= A)\n"),
    "what decides nothing": (
        f"{X}    depends on A || n\n    depends on C || (B && y)\n",
        f"{X}    depends on A\n    depends on B || C\n    depends on y\n",
    ),
    "said twice": (f"{X}    depends on A\n", f"if A\n{X}    depends on A\nendif\n"),
    "a prompt's condition and visible if": (
        'config X\n    bool "x" if A\n    default y\n',
        'menu "m"\n    visible if A\nconfig X\n    bool "x"\n    default y\nendmenu\n',
    ),
    "selects in another order": (
        f"{X}{S}    select X if B && C\n{T}    imply X\n",
        f"{X}{T}    imply X\n{S}    select X if C && B\n",
    ),
    "def_bool": (
        "config X\n    def_bool A if B\n",
        "config X\n    bool\n    default A if B\n",
    ),
    "a definition in two parts": (
        f"{X}    depends on A\nconfig X\n    bool\n    depends on A\n    default C\n",
        f"{X}    depends on A\n    default C\n",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_no_change(tmp_path: Path, name: str) -> None:
    assert about_x(tmp_path, *SAME[name]) == []


CHANGES = {
    "depends on": (
        f"{X}    depends on A\n    depends on B\n",
        f"{X}    depends on A || C\n    depends on B\n",
        ["- depends on A", "+ depends on A || C"],
    ),
    "an if around it": (X, f"if A && !B\n{X}endif\n", ["+ depends on A", "+ depends on !B"]),
    "depends on ... if": (
        f"{X}    depends on A if B\n",
        X,
        ["- depends on A || !B"],
    ),
    "type": (X, 'config X\n    tristate "x"\n', ["- type bool", "+ type tristate"]),
    "no prompt any more": (
        'config X\n    bool "x" if A && B\n    default y\n',
        "config X\n    def_bool y\n",
        ["- prompt if A && B"],
    ),
    "a prompt's condition": (
        'config X\n    bool "x" if A && B\n',
        'menu "m"\n    visible if C\nconfig X\n    bool "x" if B\nendmenu\n',
        ["- prompt only if A", "+ prompt only if C"],
    ),
    "default": (
        f"{X}    default A if B\n    default y\n",
        f"{X}    default A && C if B\n",
        ["- default A if B", "- default y", "+ default (A && C) if B"],
    ),
    "range": (
        'config X\n    int "x"\n    range 1 5 if A\n    range 2 9\n',
        'config X\n    int "x"\n    range 1 6 if A\n    range 2 9\n',
        ["- range 1 5 if A", "+ range 1 6 if A"],
    ),
    "selected": (
        f"{X}{S}    select X if B\n",
        f"{X}{S}    select X if B && C\n",
        ["- selected by S if B", "+ selected by S if B && C"],
    ),
    "selected, several ways": (
        f"{X}{S}    select X if B && (A || C)\n",
        f"{X}{S}    select X\n",
        ["- selected by S if B && (A || C)", "+ selected by S"],
    ),
    "implied instead of selected": (
        f"{X}{S}    select X\n",
        f"{X}{S}    imply X\n",
        ["- selected by S", "+ implied by S"],
    ),
    "into a choice": (
        f"{X}config Y\n    bool\n",
        f'choice\n    prompt "one"\n    default Y if A\n{X}config Y\n    bool "y"\nendchoice\n',
        ["+ in a choice with Y", "+ its choice's default Y if A"],
    ),
    "its choice's condition": (
        f'choice\n    prompt "one"\n{X}endchoice\n',
        f'choice\n    prompt "one" if A\n    depends on B\n{X}endchoice\n',
        ["+ depends on B", "+ prompt only if A"],
    ),
    "another definition": (
        f"{X}    depends on A\n    depends on B\n",
        f"if A\n{X}    depends on B\nconfig X\n    bool\n    depends on C\nendif\n",
        ["- depends on B", "+ depends on B || C", "+ prompt only if B"],
    ),
    "a macro's answer": (
        f"{X}    depends on $(success,true)\n",
        f"{X}    depends on $(success,false)\n",
        [
            "- depends on y (y: $(success,true))",
            "+ depends on n (n: $(success,false))",
        ],
    ),
    "another macro with the same answer": (
        "config S\n    def_bool y\n    select X if $(success,true)\n" + X,
        "config S\n    def_bool y\n    select X if $(success,:)\n" + X,
        [
            "- selected by S if y (y: $(success,true))",
            "+ selected by S if y (y: $(success,:))",
        ],
    ),
    "a symbol that is new": (
        "",
        f"{X}    depends on A\n    default B\nconfig S\n    def_bool A\n    select X\n",
        [
            "+ defined, bool",
            "+ depends on A",
            "+ selected by S",
            "+ prompt",
            "+ default B",
        ],
    ),
}
MACROS = "success = $(shell,if $(1); then echo y; else echo n; fi)\n"


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_a_change(tmp_path: Path, name: str) -> None:
    before, after, expected = CHANGES[name]
    assert about_x(tmp_path, MACROS + before, MACROS + after) == expected


def test_the_order_of_defaults_counts(tmp_path: Path) -> None:
    one = model(tmp_path, f"{X}    default A\n    default B\n")
    other = model(tmp_path, f"{X}    default B\n    default A\n", "other")
    assert said(near_changes(one, other, "X")) == ["~ default B"]


def test_each_change_has_its_line_in_its_own_tree(tmp_path: Path) -> None:
    one = model(tmp_path, f"{X}    depends on A\n")
    other = model(tmp_path, f"# moved\nif B\n{X}endif\n", "other")
    gone, come = near_changes(one, other, "X")
    text = {gone: tmp_path / "one" / "Kconfig", come: tmp_path / "other" / "Kconfig"}
    lines = {each: text[each].read_text().splitlines()[each.location.line - 1] for each in text}
    assert lines == {gone: "\tdepends on A", come: "if B"}


FAR = """\
config X
    bool "x"
    depends on HAVE_X
config HAVE_X
    bool
config ARCH
    def_bool y
    select HAVE_X if FAR
config FAR
    def_bool y
    depends on D
config APART
    bool "no part of it"
"""


def test_near_are_the_symbol_and_its_own_dependencies(tmp_path: Path) -> None:
    one = model(tmp_path, FAR)
    text = FAR.replace("if FAR", "if FAR && A").replace("depends on D", "depends on C")
    other = model(tmp_path, text.replace("part of it", "part").replace("APART", "LATER"), "other")
    assert near_symbols(one, other, "X") == ("X", "HAVE_X")
    found = difference(one, other, ["X"])
    assert [each.symbol for each in found.changes] == ["HAVE_X", "HAVE_X", "FAR", "FAR"]
    assert found.near == (("X", "HAVE_X"),)
    # In either model: D only before, A and C only after.
    assert found.hangs_on == (frozenset({"X", "HAVE_X", "ARCH", "FAR", "D", "A", "C"}),)


def test_a_dependency_on_either_side_is_near(tmp_path: Path) -> None:
    one = model(tmp_path, f"{X}    depends on A\n")
    other = model(tmp_path, f"{X}    depends on B\n", "other")
    assert near_symbols(one, other, "X") == ("X", "A", "B")


def test_a_symbol_of_neither_has_no_changes(tmp_path: Path) -> None:
    one = model(tmp_path, "")
    assert near_changes(one, one, "NONE") == ()


# Over architectures.


def compared(*steps: tuple[str, Difference | None]) -> Comparison:
    versions = (Version("a", "1", ""), Version("b", "2", ""))
    courses = tuple(Course(arch, (None, None), (step,)) for arch, step in steps)
    return Comparison(("X",), versions, courses)


def shown(found: Comparison) -> list[str]:
    what = changed(found, 0)
    return [
        re.sub(" +", " ", f"{line.text} {line.cost}".strip())
        for line in change_lines((*what.near, *what.far))
    ]


def test_equal_changes_of_architectures_are_one(tmp_path: Path) -> None:
    old = model(tmp_path, FAR)
    new = model(tmp_path, FAR.replace("on HAVE_X", "on HAVE_X && A"), "other")
    more = model(tmp_path, FAR.replace("on HAVE_X", "on HAVE_X && A && B"), "more")
    one, two = difference(old, new, ["X"]), difference(old, more, ["X"])
    found = compared(("p", one), ("q", two), ("r", None))
    assert shown(found) == ["X", "+ depends on A", "+ depends on B [q]"]


def test_where_a_symbol_comes_to_one_more_architecture_only_that_is_told(tmp_path: Path) -> None:
    here = model(tmp_path, FAR)
    nowhere = model(tmp_path, "config ARCH\n    def_bool y\n", "other")
    found = compared(
        ("p", difference(here, here, ["X"])),
        ("q", difference(nowhere, here, ["X"])),
        ("r", difference(nowhere, nowhere, ["X"])),
    )
    assert shown(found)[:5] == [
        "X",
        "+ defined, bool [q]",
        "HAVE_X",
        "+ defined, bool [q]",
        "+ selected by ARCH if FAR [q]",
    ]
    assert "+ depends on D" not in " ".join(shown(found))
    # What changed wherever the symbol was before is general, without the newcomer's word.
    text = FAR.replace("on HAVE_X", "on HAVE_X && A")
    more = model(tmp_path, text, "more")
    both = compared(("p", difference(here, more, ["X"])), ("q", difference(nowhere, more, ["X"])))
    assert shown(both)[:3] == ["X", "+ depends on A", "+ defined, bool [q]"]
    new = compared(("q", difference(nowhere, here, ["X"])))
    assert shown(new)[:4] == ["X", "+ defined, bool", "+ depends on HAVE_X", "+ prompt"]


def test_the_members_of_a_choice_share_a_line(tmp_path: Path) -> None:
    members = "".join(f'config M{each}\n    bool "m"\n' for each in range(3))
    choice = f'choice\n    prompt "one"\n{X}{members}endchoice\n'
    found = compared(("p", difference(model(tmp_path, X), model(tmp_path, choice, "o"), ["X"])))
    assert shown(found)[:2] == ["X", "+ in a choice with M0, M1, M2"]


# Conditions.

NAMES = (SymbolRef("A"), SymbolRef("B"), Constant("y"), Constant("n"), Constant("m"))


def expressions() -> st.SearchStrategy[Expr]:
    simple: st.SearchStrategy[Expr] = st.sampled_from(NAMES)
    related = st.builds(
        Compared, st.sampled_from(Relation), st.sampled_from(NAMES), st.sampled_from(NAMES)
    )

    def larger(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(inner.map(Not), several.map(And), several.map(Or))

    return st.recursive(simple | related, larger, max_leaves=6)


def value(expr: Expr, values: dict[str, int]) -> int:
    match expr:
        case SymbolRef(name):
            return values[name]
        case Constant(text):
            return "nmy".index(text)
        case Not(operand):
            return 2 - value(operand, values)
        case And(operands):
            return min(value(each, values) for each in operands)
        case Or(operands):
            return max(value(each, values) for each in operands)
        case Compared(relation, left, right):
            one, other = value(left, values), value(right, values)
            holds = {
                Relation.EQUAL: one == other,
                Relation.UNEQUAL: one != other,
                Relation.LESS: one < other,
                Relation.LESS_EQUAL: one <= other,
                Relation.GREATER: one > other,
                Relation.GREATER_EQUAL: one >= other,
            }
            return 2 if holds[relation] else 0


WORLDS = [{"A": a, "B": b} for a in range(3) for b in range(3)]


@given(expressions(), expressions())
def test_one_form_means_one_value(one: Expr, other: Expr) -> None:
    if canonical(one) == canonical(other):
        assert [value(one, each) for each in WORLDS] == [value(other, each) for each in WORLDS]


@given(expressions())
def test_the_form_of_a_negation_is_told_apart(expr: Expr) -> None:
    assert canonical(Not(Not(expr))) == canonical(expr)
    opposite = [2 - value(expr, each) for each in WORLDS]
    if opposite != [value(expr, each) for each in WORLDS]:
        assert canonical(Not(expr)) != canonical(expr)
