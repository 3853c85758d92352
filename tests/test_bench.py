"""The bench's own parts: trees cut, results counted, told and drawn."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from bench.cut import cut
from bench.growth import goals_beside
from bench.plot import draw
from bench.results import (
    Curve,
    Limit,
    Machine,
    Memory,
    Missing,
    Pair,
    Point,
    Rate,
    Results,
    Row,
    Seconds,
    TimesConf,
    read,
    save,
)
from bench.table import brief, markdown

Kcheck = Callable[..., "subprocess.CompletedProcess[str]"]

SYMBOL = 'config {0}\n\tbool "{0}"\n'


@pytest.fixture
def wide_tree(tree: Path) -> Path:
    """The small tree with drivers: twenty files of five symbols, read by one that reads them."""
    with (tree / "Kconfig").open("a") as file:
        file.write('\nsource "drivers/Kconfig"\n')
    (tree / "drivers").mkdir()
    sources = "".join(f'source "drivers/Kconfig.{number}"\n' for number in range(20))
    (tree / "drivers/Kconfig").write_text(f'menu "Drivers"\n\n{sources}\nendmenu\n')
    for number in range(20):
        names = [f"DRIVER_{number}_{each}" for each in range(5)]
        text = "".join(SYMBOL.format(name) for name in names)
        (tree / f"drivers/Kconfig.{number}").write_text(text)
    return tree


def _symbols(tree: Path) -> set[str]:
    """The symbols that a tree defines, by its files."""
    found: set[str] = set()
    for file in tree.rglob("Kconfig*"):
        found |= set(re.findall(r"^\s*(?:menu)?config (\w+)", file.read_text(), re.MULTILINE))
    return found


def test_a_cut_tree_has_the_share_of_symbols_asked_for(wide_tree: Path, tmp_path: Path) -> None:
    whole = cut(wide_tree, 1, tmp_path / "whole", "x86")
    left = cut(wide_tree, 0.5, tmp_path / "cut", "x86")
    assert left == len(_symbols(tmp_path / "cut"))
    assert 0.5 * whole <= left < 0.5 * whole + 5


def test_a_cut_tree_is_read_and_live_patching_is_as_it_was(
    wide_tree: Path, tmp_path: Path, kcheck: Kcheck
) -> None:
    small = tmp_path / "cut"
    cut(wide_tree, 0.1, small, "x86")
    assert not (small / "drivers/Kconfig").exists()
    asked = ("explain", "LIVEPATCH", "--arch", "x86_64", "--probes", "none", "--tree")
    whole, part = kcheck(*asked, str(wide_tree)), kcheck(*asked, str(small))
    assert (part.stderr, part.stdout) == (whole.stderr, whole.stdout)
    assert whole.returncode in (0, 1)


def test_the_same_cut_is_made_every_time(wide_tree: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        cut(wide_tree, 0.6, tmp_path / name, "x86")
    assert _symbols(tmp_path / "one") == _symbols(tmp_path / "two")


def test_goals_are_what_one_config_has_on_and_the_other_has_not() -> None:
    base = b"CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\n"
    other = b"CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=y\nCONFIG_D=y\nCONFIG_E=7\n"
    assert sorted(goals_beside(base, other)) == ["B", "D"]


ROW = Row("kcheck", "explain", (Pair(0.2, 1.0), Pair(0.3, 2.0), Pair(0.6, 2.0)), 60.0)


def test_medians_and_ratios_are_of_runs_in_turn() -> None:
    assert ROW.seconds == 0.3
    assert ROW.ratio == 0.2


@pytest.mark.parametrize(
    ("holds", "fails"),
    [
        (TimesConf(0.2), TimesConf(0.19)),
        (Seconds(0.3), Seconds(0.29)),
        (Rate(200, 60), Rate(200, 59)),
        (Memory(1.2, 50), Memory(1.1, 50)),
    ],
)
def test_what_is_within_a_limit_holds(holds: Limit, fails: Limit) -> None:
    assert ROW.holds(holds)
    assert not ROW.holds(fails)


def _curve(by: str, power: float, cold: bool = False, conf: float | None = None) -> Curve:
    sizes = (10.0, 100.0, 1000.0)
    points = tuple(Point(size, 0.01 * size**power, 20 * size**0.5, conf) for size in sizes)
    return Curve(by, f"ask {by}", cold, points)


def test_the_power_of_growth_is_that_of_the_last_step() -> None:
    curve = Curve("goals", "fragment", False, (Point(1, 5, 9), Point(2, 5, 9), Point(4, 20, 18)))
    assert curve.time_power() == pytest.approx(2)
    assert curve.memory_power() == pytest.approx(1)


def test_what_one_more_takes_is_the_slope() -> None:
    points = tuple(Point(size, 3 + 0.5 * size, 9) for size in (1, 2, 4))
    assert Curve("versions", "history", True, points).one_more() == pytest.approx(0.5)


@pytest.fixture
def results() -> Results:
    """A whole run's, with a limit of each kind and a program that was not there."""
    rows = (
        msgspec.structs.replace(ROW, limits=(TimesConf(0.15), Seconds(0.5))),
        Row("kcheck", "check 60 configs", (Pair(0.2, 1.0),), 55.0, (Rate(200, 60), Memory(1, 50))),
        Row("kmax==4.10", "what turns it on", (Pair(25.0, 1.0),), 370.0),
    )
    curves = (
        _curve("symbols", 1, cold=True, conf=1.5),
        _curve("symbols", 0),
        *(_curve(by, 0.5) for by in ("configs", "cone", "goals")),
        *(_curve(by, 1, cold=True) for by in ("architectures", "versions")),
    )
    machine = Machine(2, "a processor", "3.11.7", "gcc 12.2.0", "7.3.4")
    return Results(machine, rows, (Missing("kconfig-mcp==0.1.0", "no such package"),), curves)


def test_results_come_back_from_their_file(results: Results, tmp_path: Path) -> None:
    save(results, tmp_path / "results.json")
    assert read(tmp_path / "results.json") == results


def test_the_table_says_what_was_measured_and_what_holds(results: Results) -> None:
    page = markdown(results)
    assert "2 processors (a processor), Python 3.11.7, gcc 12.2.0; linux 7.3.4" in page
    assert "takes 1.00 s" in page
    assert "| kcheck | explain | 3 | 0.30 | 0.20 | 60 | 0.15 of conf; 0.5 s | **no**; yes |" in page
    assert "| 200 configs/s; 1 times 50 MiB | yes, 300/s; **no**, 1.10 times |" in page
    assert "| kmax==4.10 | what turns it on | 1 | 25.00 | 25.00 | 370 |  |  |" in page
    assert "| kconfig-mcp==0.1.0 | not measured: no such package |" in page


def test_the_table_says_how_it_grows(results: Results) -> None:
    page = markdown(results)
    assert "`kcheck ask symbols`, cold: time to the power 1.00, memory\n0.50;" in page
    assert "one more takes 10 ms." in page
    assert "| 1,000 | 10.00 | 632 | 1.50 | 6.67 |" in page
    assert page.count("### Symbols") == 1


def test_what_does_not_hold_is_named(results: Results) -> None:
    assert brief(results) == "2 of 4 limits hold; not those of explain, check 60 configs"


def test_the_figure_shows_every_row_and_is_the_same_each_time(
    results: Results, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        draw(results, tmp_path / f"{name}.png", tmp_path / f"{name}.svg")
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn == (tmp_path / "two.svg").read_text()
    # Texts are drawn as shapes, each with its words in a comment.
    for words in ("kcheck: explain", "kcheck: check 60 configs", "kmax==4.10: what turns it on"):
        assert f"<!-- {words} -->" in drawn
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
