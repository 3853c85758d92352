"""Lines fit the terminal, and what is to be copied stays whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kcheck.model import Location
from kcheck.report.layout import WIDTH, Line, Places, aligned, laid_out, wrapped

_words = st.lists(st.text("ABC_", min_size=1, max_size=20), min_size=1, max_size=30)


def test_a_file_named_last_is_left_out() -> None:
    places = Places()
    named = [places.name(Location(file, line)) for file, line in (("a", 1), ("a", 2), ("b", 2))]
    assert named == ["a:1", ":2", "b:2"]
    assert places.name(None) == ""


def test_a_short_line_is_one_row() -> None:
    assert laid_out(Line("A = n", 1, "Kconfig:3", "~1 line")) == ["  A = n   Kconfig:3   ~1 line"]


def test_what_does_not_fit_goes_below() -> None:
    rows = laid_out(Line("A" * 60, 0, "drivers/some/where/Kconfig:300"))
    assert rows == ["A" * 60, "    drivers/some/where/Kconfig:300"]


def test_a_note_goes_below_whole() -> None:
    rows = laid_out(Line("A" * 60, 0, ":3", note="<- yours to set (off at config:1)"))
    assert rows == ["A" * 60 + "   :3", "    <- yours to set (off at config:1)"]


def test_neighbours_share_columns() -> None:
    rows = aligned(
        [Line("A = n", 0, "Kconfig:3", "~1 line"), Line("BCD = n", 0, ":17", "~2 lines")]
    )
    assert [laid_out(row) for row in rows] == [
        ["A = n     Kconfig:3   ~1 line"],
        ["BCD = n   :17         ~2 lines"],
    ]


def test_a_word_longer_than_the_terminal_is_not_broken() -> None:
    word = "CONFIG_" + "X" * WIDTH
    assert laid_out(Line(word)) == [word]


@given(_words, st.integers(0, 5))
def test_rows_fit_and_nothing_is_lost(words: list[str], level: int) -> None:
    rows = laid_out(Line(" ".join(words), level, "Kconfig:1", "~1 line"))
    assert all(len(row) <= WIDTH for row in rows)
    assert " ".join(rows).split() == [*words, "Kconfig:1", "~1", "line"]


@given(_words)
def test_lists_fit_and_nothing_is_lost(words: list[str]) -> None:
    rows = wrapped(words, ", ", 40)
    assert all(len(row) <= 40 for row in rows)
    assert " ".join(rows).split(", ") == words
