"""On random small trees the solver agrees with trying out every fragment there is."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kcheck.dotconfig import DotConfig, parse_dotconfig
from kcheck.errors import KconfigSyntaxError
from kcheck.evaluate.conf import olddefconfig
from kcheck.evaluate.order import conditions, mentioned
from kcheck.evaluate.program import Program, program_of
from kcheck.evaluate.valuation import Valuation
from kcheck.findings import Costly, NeedsToolchain, Reachable, Unreachable
from kcheck.goals import AtLeast, Exactly, Goal, HasText
from kcheck.kconfig.dialect import dialect_for_version
from kcheck.model import Model, SymbolType, Tri
from kcheck.solve.effects import as_lines
from kcheck.solve.planned import reached
from kcheck.solve.session import Session
from tests.random_tree import random_tree
from tests.small import VERSIONS, read_folder

LOGICAL = (SymbolType.BOOL, SymbolType.TRISTATE)
VALUES = {
    SymbolType.BOOL: "yn",
    SymbolType.TRISTATE: "ymn",
    SymbolType.INT: ("0", "1", "4", "5", "6", "63", "64", "65", "-3", "-4", "2"),
    SymbolType.HEX: ("0x0", "0x1", "0x2", "0x10", "0x11", "0xf", "0xff", "ff", "0x1f", "0x40"),
    SymbolType.STRING: ("", "a", "b c", "z"),
}
MOST = 1500
"""Fragments tried for one tree."""


def _with(config: DotConfig, lines: tuple[str, ...]) -> DotConfig:
    text = "".join(f"{line}\n" for line in lines).encode()
    return DotConfig("config", (*config.lines, *parse_dotconfig(text, "fragment").lines))


def _fragments(model: Model, program: Program) -> list[list[tuple[str, str] | None]]:
    """For each symbol with a prompt: no line, or a line with any of its values."""
    return [
        [None, *((name, value) for value in VALUES[symbol.type])]
        for name, symbol in model.symbols.items()
        if program.interner.symbols[name].prompts and symbol.type in VALUES
    ]


def _goal(model: Model, chance: Random) -> Goal:
    name = chance.choice([each for each in model.symbols if model.symbols[each].type in VALUES])
    symbol_type = model.symbols[name].type
    if symbol_type not in LOGICAL:
        return HasText(name, chance.choice(VALUES[symbol_type]))
    goals: list[Goal] = [AtLeast(name, Tri.M), Exactly(name, Tri.N), Exactly(name, Tri.Y)]
    if symbol_type is SymbolType.TRISTATE:
        goals.append(Exactly(name, Tri.M))
    return chance.choice(goals)


def _lost(model: Model, before: Valuation, after: Valuation, goal: Goal) -> set[str]:
    return {
        name
        for name, symbol in model.symbols.items()
        if symbol.type in LOGICAL
        and after.state(name).tri < before.state(name).tri
        and not (isinstance(goal, Exactly) and goal.symbol == name)
        and not _is_m_again(name, before, after)
    }


def _is_m_again(name: str, before: Valuation, after: Valuation) -> bool:
    """Whether a symbol that was y for want of modules comes to be m, as its line asks."""
    state = before.state(name)
    is_promoted = state.tri is Tri.Y and state.user == "m" and state.visibility != Tri.N
    return is_promoted and after.state(name).tri is Tri.M


def _costs(model: Model, config: DotConfig, goal: Goal) -> Iterator[tuple[int, int, int]]:
    """Of every fragment that reaches the goal: symbols lost, lines, symbols changed."""
    before = olddefconfig(model, config).valuation
    for fragment in itertools.product(*_fragments(model, program_of(model))):
        values = dict(line for line in fragment if line is not None)
        after = olddefconfig(model, _with(config, as_lines(model, values))).valuation
        # A line that does not come out as it asks is none that anybody would put there.
        survive = all(after.state(name).value == value for name, value in values.items())
        if survive and reached(after, goal):
            changed = sum(
                before.state(name).value != after.state(name).value for name in model.symbols
            )
            yield len(_lost(model, before, after, goal)), len(values), changed


def _hang_on_each_other(model: Model, program: Program) -> bool:
    """Whether members of one choice mention each other: conf's answer is then its order's."""
    for names in model.choice_members.values():
        members = {program.interner.symbols[name] for name in names}
        if any(
            each in members
            for member in members
            for condition in conditions(member)
            for each in mentioned(condition)
        ):
            return True
    return False


@pytest.mark.parametrize("version", ["5.10", "6.12", "7.3"])
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_beats_the_plan(version: str, chance: Random) -> None:
    dialect = dialect_for_version(VERSIONS[version])
    made = random_tree(chance, VERSIONS[version], most=6)
    with tempfile.TemporaryDirectory(prefix="kcheck-plans-") as name:
        folder = Path(name)
        (folder / "Kconfig").write_text(made.kconfig)
        try:
            model = read_folder(folder, dialect=dialect)
            program = program_of(model)
        except KconfigSyntaxError:
            assume(False)
    size = 1
    for lines in _fragments(model, program):
        size *= len(lines)
    assume(size <= MOST and not _hang_on_each_other(model, program))
    config = parse_dotconfig(made.config.encode(), "config")
    # Old versions forget numbers that are out of range, which leaves nothing proved.
    assume(not (dialect.resets_out_of_range and "range" in made.kconfig))
    if chance.random() < 0.7:
        config = parse_dotconfig(olddefconfig(model, config).text, "config")
    goal = _goal(model, chance)
    best = min(_costs(model, config, goal), default=None)
    solution = Session(model, config).solve((goal,))
    told = f"{made.kconfig}\n{made.config}\n{goal}"
    match solution:
        case Reachable(plan) | Costly(plan):
            changed = {each.symbol for each in plan.effects}
            after = olddefconfig(model, _with(config, plan.lines)).valuation
            before = olddefconfig(model, config).valuation
            assert reached(after, goal), told
            differ = {
                each
                for each in model.symbols
                if before.state(each).value != after.state(each).value
            }
            assert changed <= differ, told
            assert {each.symbol for each in plan.lost} == _lost(model, before, after, goal), told
            assert isinstance(solution, Costly) == bool(plan.lost), told
            if any(_is_m_again(each, before, after) for each in differ):
                # What the clauses take for y is m then, and so little is proved.
                assert best is not None, told
                told_least = best[:2] == (len(plan.lost), len(plan.lines))
                assert told_least or not plan.proved_minimal, told
            else:
                assert best == (len(plan.lost), len(plan.lines), len(differ)), told
                assert plan.proved_minimal, told
        case Unreachable(proof):
            assert best is None, told
            assert proof.core, told
        case NeedsToolchain():
            raise AssertionError("no probe in this tree")
