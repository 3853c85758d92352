"""A .config read for trying lines has the values that conf gives it, whatever was tried before."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kcheck.dotconfig import parse_dotconfig
from kcheck.errors import KconfigSyntaxError
from kcheck.evaluate.conf import olddefconfig
from kcheck.evaluate.order import conditions, mentioned
from kcheck.evaluate.program import program_of
from kcheck.evaluate.valuation import SymbolState, Valuation
from kcheck.model import Model, Tri
from kcheck.solve.session import Session
from tests.random_tree import random_tree
from tests.small import ALL_VERSIONS, read_folder


def effective(valuation: Valuation) -> dict[str, SymbolState]:
    """The states, without what a .config says of hidden symbols, which means nothing."""
    return {
        name: state if state.visibility != Tri.N else msgspec.structs.replace(state, user=None)
        for name, state in valuation.states.items()
    }


def hang_on_each_other(model: Model) -> bool:
    """Whether members of a choice mention each other: then order decides, which is conf's."""
    symbols = program_of(model).interner.symbols
    for names in model.choice_members.values():
        members = {symbols[name] for name in names}
        named = (each for one in members for node in conditions(one) for each in mentioned(node))
        if not members.isdisjoint(named):
            return True
    return False


@pytest.mark.parametrize("version", ["4.4", "4.14", "5.4", "5.10", "6.1", "6.12", "7.3"])
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_base_has_the_values_of_conf(version: str, chance: Random) -> None:
    made = random_tree(chance, ALL_VERSIONS[version])
    with tempfile.TemporaryDirectory(prefix="kcheck-base-") as name:
        (Path(name) / "Kconfig").write_text(made.kconfig)
        try:
            model = read_folder(Path(name), version)
            program_of(model)
        except KconfigSyntaxError:
            assume(False)
    assume(not hang_on_each_other(model))
    config = parse_dotconfig(made.config.encode(), "config")
    session = Session(model, config)
    if chance.random() < 0.5:
        # What was tried before must not show.
        some = chance.sample(config.lines, min(2, len(config.lines)))
        session.with_lines(tuple(each.text for each in some if each.symbol in model.symbols))
    expected = olddefconfig(model, config).valuation
    assert effective(session.valuation) == effective(expected), (made.kconfig, made.config)
