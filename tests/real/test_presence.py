"""Which ints, hexes and strings conf writes, told by a condition, on real trees."""

from __future__ import annotations

import pytest

from kcheck.evaluate.conf import allmodconfig, allnoconfig, allyesconfig
from kcheck.model import SymbolType, Tri
from kcheck.policy.presence import is_written
from tests.real.compare import NothingToCompareError, load_target

TEXTS = (SymbolType.INT, SymbolType.HEX, SymbolType.STRING)


@pytest.mark.real
@pytest.mark.parametrize(
    ("version", "arch"), [("5.10", "x86_64"), ("6.12", "powerpc"), ("7.3", "s390")]
)
def test_the_condition_is_what_is_written(version: str, arch: str) -> None:
    try:
        model = load_target(version, arch).model
    except NothingToCompareError as nothing:
        pytest.skip(str(nothing))
    conditions = {
        name: is_written(model, name)
        for name, symbol in model.symbols.items()
        if symbol.type in TEXTS
    }
    assert len(conditions) > 100
    for make in (allmodconfig, allnoconfig, allyesconfig):
        valuation = make(model).valuation
        told = {name: valuation.tri(each) for name, each in conditions.items()}
        assert Tri.M not in told.values()
        found = {name for name, each in told.items() if each is Tri.Y}
        assert found == {name for name in conditions if valuation.state(name).written}
