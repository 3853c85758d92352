"""What was found for one .config and told of another is what would be found for that one."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcheck.dotconfig import DotConfig, parse_dotconfig
from kcheck.evaluate.near import Near
from kcheck.findings import NeedsToolchain, Plan, Reachable, Solution, Unreachable
from kcheck.goals import AtLeast, Exactly, Goal
from kcheck.model import Model, SymbolType, Tri
from kcheck.question import about
from kcheck.solve import known as known_answers
from kcheck.solve.known import Known
from kcheck.solve.session import Session
from tests.real.mutate import mutated
from tests.small import read_text
from tests.test_near import random_near

_TRISTATES = (SymbolType.BOOL, SymbolType.TRISTATE)


class Sought:
    """Counts the questions for which an answer had to be looked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        whole = Known.answer

        def answer(known: Known, question: object, here: object, beside: object, find: object):  # type: ignore[no-untyped-def]
            def counted() -> object:
                self.times += 1
                return find()  # type: ignore[operator]

            return whole(known, question, here, beside, counted)  # type: ignore[arg-type]

        monkeypatch.setattr(Known, "answer", answer)


def goals_in(model: Model, chance: Random) -> list[tuple[Goal, ...]]:
    names = [name for name, each in model.symbols.items() if each.type in _TRISTATES]
    made: list[tuple[Goal, ...]] = [
        (Exactly(name, chance.choice(list(Tri))),)
        for name in chance.sample(names, min(3, len(names)))
    ]
    made += [(AtLeast(name, Tri.M),) for name in chance.sample(names, min(2, len(names)))]
    return [*made, tuple(goal for goals in made[:2] for goal in goals)]


def with_probes(kconfig: str, chance: Random) -> str:
    """Some of the conditions hang on what a program answers, which is no."""
    lines = kconfig.split("\n")
    for number, line in enumerate(lines):
        keyword, found, condition = line.partition("depends on ")
        if found and chance.random() < 0.4:
            joined = chance.choice(("&&", "||"))
            asked = "$(shell,false && echo y || echo n)"
            lines[number] = f"{keyword}{found}{asked} {joined} {condition}"
    return "\n".join(lines)


@pytest.mark.parametrize("version", ["4.14", "5.10", "6.1", "6.12", "7.3"])
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_trees_under_one_config_after_the_other(version: str, chance: Random) -> None:
    def changed(kconfig: str) -> str:
        # Before 4.18 a Kconfig file could put no question.
        return kconfig if version == "4.14" else with_probes(kconfig, chance)

    made, model, near = random_near(chance, version, 10, changed)
    asked = goals_in(model, chance)
    known = Known()
    text = made.config.encode()
    for number in range(5):
        config = about(parse_dotconfig(text, "config"), model)
        text = mutated(text, f"{number}{chance.random()}", chance.randint(1, 2))
        if not near.read(config):
            continue
        base = near.base()
        here, afresh = Session(model, config, base=base, known=known), Session(model, config)
        for goals in asked:
            assert here.solve(goals) == afresh.solve(goals), (goals, text.decode())
        together = tuple(goal for goals in asked[:3] for goal in goals)
        doubtful = tuple(range(1, len(together)))
        assert here.together(together, doubtful) == afresh.together(together, doubtful)


TREE = """config WANTED
	bool "wanted" if GATE
	depends on NEEDED
	depends on !AGAINST
config GATE
	bool "gate"
config NEEDED
	bool "needed"
	select PULLED
config PULLED
	bool
	depends on SIDE
config AGAINST
	bool "against"
config SIDE
	bool "side"
config OTHER
	bool "other"
config STOOD
	bool "stood"
	depends on !NEEDED
	default y if WATCHED
config WATCHED
	bool "watched"
config SEEN
	bool "seen"
	depends on NEEDED
config NEVER
	bool "never"
	depends on MISSING && GATE
"""
WANTED: Goal = AtLeast("WANTED", Tri.Y)


class TestWhatDiffers:
    """An answer is told again only where nothing that it was found from differs."""

    @pytest.fixture
    def model(self, tmp_path: Path) -> Model:
        return read_text(tmp_path, TREE)

    def solved(self, model: Model, known: Known, near: Near, *on: str) -> Solution:
        text = "".join(f"CONFIG_{name}=y\n" for name in on).encode()
        config: DotConfig = parse_dotconfig(text, "config")
        assert near.read(config)
        session = Session(model, config, base=near.base(), known=known)
        found = session.solve((WANTED,))
        assert found == Session(model, config).solve((WANTED,))
        return found

    def test_lines_that_have_nothing_to_do_with_it(
        self, model: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sought, known, near = Sought(monkeypatch), Known(), Near(model)
        first = self.solved(model, known, near)
        assert self.solved(model, known, near, "OTHER") == first
        assert self.solved(model, known, near) == first
        assert sought.times == 1

    @pytest.mark.parametrize("line", ["GATE", "NEEDED", "AGAINST", "STOOD", "WATCHED", "SEEN"])
    def test_lines_on_which_it_hangs(
        self, model: Model, monkeypatch: pytest.MonkeyPatch, line: str
    ) -> None:
        """Conditions, what the plan pulls, and what goes off by it though nobody asked for it."""
        sought, known, near = Sought(monkeypatch), Known(), Near(model)
        first = self.solved(model, known, near)
        self.solved(model, known, near, line)
        assert sought.times == 2
        assert self.solved(model, known, near) == first
        assert sought.times == 2

    def test_what_a_plan_tells_of_who_pulls(self, model: Model) -> None:
        known, near = Known(), Near(model)
        found = self.solved(model, known, near, "SIDE")
        assert isinstance(found, Reachable)
        assert isinstance(found.plan, Plan)
        assert {(each.symbol, each.cause, each.by) for each in found.plan.effects} == {
            ("PULLED", "select", "NEEDED")
        }

    def test_proofs(self, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        sought, known, near = Sought(monkeypatch), Known(), Near(model)
        goals: tuple[Goal, ...] = (AtLeast("NEVER", Tri.Y),)
        for lines in (b"", b"CONFIG_OTHER=y\n", b"CONFIG_SIDE=y\n"):
            config = parse_dotconfig(lines, "config")
            assert near.read(config)
            found = Session(model, config, base=near.base(), known=known).solve(goals)
            assert isinstance(found, Unreachable)
            assert found == Session(model, config).solve(goals)
        assert sought.times == 1

    def test_questions_asked_long_ago_are_forgotten(
        self, model: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(known_answers, "_QUESTIONS", 2)
        sought, known, near = Sought(monkeypatch), Known(), Near(model)
        assert near.read(parse_dotconfig(b"", "config"))
        session = Session(model, None, base=near.base(), known=known)
        found = {name: session.solve((AtLeast(name, Tri.Y),)) for name in ("GATE", "SIDE")}
        for name in ("GATE", "OTHER", "GATE", "SIDE"):
            again = session.solve((AtLeast(name, Tri.Y),))
            assert found.setdefault(name, again) == again
        # SIDE again: GATE and OTHER were asked behind it.
        assert sought.times == 4

    def test_other_programs_bases(self, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        sought, known = Sought(monkeypatch), Known()
        for near in (Near(model), Near(model)):
            self.solved(model, known, near)
        assert sought.times == 2


PROBED = """config CAN
	def_bool $(shell,false && echo y || echo n)
config WANTED
	bool "wanted"
	depends on CAN && NEEDED
config NEEDED
	bool "needed"
config OTHER
	bool "other"
"""


class TestOtherAnswers:
    """What another toolchain would allow is found on a base of its own, where other symbols are
    looked at."""

    @pytest.fixture
    def model(self, tmp_path: Path) -> Model:
        return read_text(tmp_path, PROBED)

    def lines(self, model: Model, known: Known, near: Near, text: bytes) -> tuple[str, ...]:
        config = parse_dotconfig(text, "config")
        assert near.read(config)
        found = Session(model, config, base=near.base(), known=known).solve((WANTED,))
        assert found == Session(model, config).solve((WANTED,))
        assert isinstance(found, NeedsToolchain)
        return found.plan.lines

    def test_they_are_told_again(self, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        sought, known, near = Sought(monkeypatch), Known(), Near(model)
        first = self.lines(model, known, near, b"")
        assert self.lines(model, known, near, b"CONFIG_OTHER=y\n") == first
        assert sought.times == 1

    def test_but_not_where_a_line_bears_on_them_alone(
        self, model: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sought, known, near = Sought(monkeypatch), Known(), Near(model)
        assert "CONFIG_NEEDED=y" in self.lines(model, known, near, b"")
        assert "CONFIG_NEEDED=y" not in self.lines(model, known, near, b"CONFIG_NEEDED=y\n")
        assert sought.times == 2

    def test_what_was_let_go_of_can_be_asked_again(
        self, model: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sought, known, near = Sought(monkeypatch), Known(), Near(model)
        first = self.lines(model, known, near, b"")
        known.close()
        assert self.lines(model, known, near, b"") == first
        assert sought.times == 2
