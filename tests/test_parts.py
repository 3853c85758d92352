"""An answer from a part of a model is the answer from the whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kcheck import question
from kcheck.dotconfig import DotConfig, parse_dotconfig
from kcheck.errors import KcheckError
from kcheck.evaluate.conf import olddefconfig
from kcheck.evaluate.program import program_of
from kcheck.explain.answer import explain, explain_in_part
from kcheck.kconfig.dialect import dialect_for_version
from kcheck.kconfig.load import Loaded
from kcheck.model import Model
from kcheck.parts import Parts
from kcheck.question import Question
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import Tree
from kcheck.trees.target import Target
from tests.random_tree import random_tree
from tests.small import VERSIONS, plan_of, read_folder, read_text

SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def random_model(version: str, chance: Random, most: int = 12) -> Iterator[tuple[Model, DotConfig]]:
    """A random tree that can be read, perhaps with dependencies in a circle, and a .config."""
    dialect = dialect_for_version(VERSIONS[version])
    made = random_tree(chance, VERSIONS[version], most=most)
    with tempfile.TemporaryDirectory(prefix="kcheck-parts-") as name:
        (Path(name) / "Kconfig").write_text(made.kconfig)
        try:
            model = read_folder(Path(name), dialect=dialect)
        except KcheckError:
            assume(False)
        yield model, parse_dotconfig(made.config.encode(), "config")


@pytest.mark.parametrize("version", ["5.10", "6.12", "7.3"])
@given(chance=st.randoms(use_true_random=False))
@SETTINGS
def test_readers_are_the_reverse_of_sources(version: str, chance: Random) -> None:
    with random_model(version, chance, most=20) as (model, _):
        parts = Parts.of(model)
        for name in parts.defined:
            hanging = {each for each in parts.defined if name in parts.sources(each)}
            if name == model.modules:
                hanging = set(parts.defined)
            assert {each for each in parts.readers(name) if parts.defines(each)} == hanging


@pytest.mark.parametrize("version", ["5.10", "6.12", "7.3"])
@given(chance=st.randoms(use_true_random=False))
@SETTINGS
def test_no_circle_is_overlooked(version: str, chance: Random) -> None:
    with random_model(version, chance) as (model, _):
        if not Parts.of(model).index.may_loop:
            program_of(model)


CIRCLES = {
    "depends": "config A\n\tbool\n\tdepends on B\nconfig B\n\tbool\n\tdepends on A\n",
    "itself": 'config A\n\tbool "a" if A\n',
    "select": "config A\n\tbool\n\tselect B\nconfig B\n\tbool\n\tdepends on X\n\tselect A\n",
    "condition of a select": "config A\n\tbool\n\tselect B if C\nconfig B\n\tbool\n"
    "config C\n\tbool\n\tdefault B\n",
    "block": 'if A\nconfig B\n\tbool\nendif\nconfig A\n\tbool "a"\n\tdepends on B\n',
    "menu": 'menu "m"\n\tdepends on B\nconfig A\n\tbool\nendmenu\nconfig B\n\tdef_bool A\n',
    "range": "config A\n\tint\n\trange 0 B\n\tdefault 1\nconfig B\n\tint\n\tdefault A\n",
}


@pytest.mark.parametrize("kconfig", CIRCLES.values(), ids=CIRCLES)
def test_every_kind_of_circle_is_seen(tmp_path: Path, kconfig: str) -> None:
    assert Parts.of(read_text(tmp_path, kconfig)).index.may_loop


def test_a_default_of_a_choice_is_no_circle(tmp_path: Path) -> None:
    kconfig = (
        'choice\n\tprompt "c"\n\tdefault A\nconfig A\n\tbool "a"\nconfig B\n\tbool "b"\nendchoice\n'
    )
    assert not Parts.of(read_text(tmp_path, kconfig)).index.may_loop


def asked(model: Model, config: DotConfig | None) -> Question:
    """The question about a model that stands in no tree."""
    tree = Tree(Path(model.target.source), model.target.version)
    target = Target(tree, "test", "test", Toolchain(), {"CROSS_COMPILE": ""}, frozenset())
    return Question(Loaded(target, Parts.of(model), ()), config, "config", False)


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are taken of small models, too, and never given up for the whole."""
    monkeypatch.setattr(question, "_SMALL", -1)
    monkeypatch.setattr(question, "_MOST", 0)


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("version", ["5.10", "6.12", "7.3"])
@given(chance=st.randoms(use_true_random=False))
@SETTINGS
def test_the_answer_is_that_of_the_whole(version: str, chance: Random) -> None:
    with random_model(version, chance, most=20) as (model, config):
        try:
            config = parse_dotconfig(olddefconfig(model, config).text, "config")
        except KcheckError:
            assume(False)
        # Old versions forget numbers that are out of range, which leaves nothing proved.
        assume(not (model.dialect.resets_out_of_range and "range" in str(model.entries).lower()))
        asking = asked(model, config)
        session = question.session_of(asking, question.outcome_of(asking))
        for name in model.symbols:
            whole, part = explain(session, config, name), explain_in_part(asking, name)
            told = f"{name}\n{model.entries}\n{config}\n{whole}\n{part}"
            for what in ("value", "verdict", "conditions", "origins", "definitions", "rests_on"):
                assert getattr(whole, what) == getattr(part, what), told
            one, other = plan_of(whole), plan_of(part)
            assert (one is None) == (other is None), told
            if one is not None and other is not None:
                # Of plans that cost the same any may be found.
                assert len(one.lost) == len(other.lost), told
                assert len(one.lines) == len(other.lines), told
                if one.fewest_changes and other.fewest_changes:
                    assert len(one.effects) == len(other.effects), told
