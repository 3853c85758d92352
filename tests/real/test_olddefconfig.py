"""Our values against those of each tree's own conf, byte for byte."""

from __future__ import annotations

from functools import lru_cache

import pytest

from kcheck.kconfig.load import Loaded
from tests.real.compare import (
    ARCHES,
    OTHERS,
    NothingToCompareError,
    base_names,
    comparisons,
    load_target,
    report,
)
from tests.real.fetch_trees import VERSIONS

FAST_SEEDS = 2
SEEDS = 10


def _cases() -> list[object]:
    fast = base_names(FAST_SEEDS)
    cases: list[object] = []
    for version in VERSIONS:
        for arch in ARCHES + OTHERS:
            for base in base_names(SEEDS):
                marks = [pytest.mark.real, pytest.mark.xdist_group(f"{version}-{arch}")]
                if arch in OTHERS or base not in fast:
                    marks.append(pytest.mark.whole)
                cases.append(
                    pytest.param(version, arch, base, marks=marks, id=f"{version}-{arch}-{base}")
                )
    return cases


@lru_cache(maxsize=1)
def _loaded(version: str, arch: str) -> Loaded | NothingToCompareError:
    """The target, or why there is none: the cases of one target share the answer."""
    try:
        return load_target(version, arch)
    except NothingToCompareError as nothing:
        return nothing


@pytest.mark.parametrize(("version", "arch", "base"), _cases())
def test_values_are_those_of_conf(version: str, arch: str, base: str) -> None:
    loaded = _loaded(version, arch)
    if isinstance(loaded, NothingToCompareError):
        pytest.skip(str(loaded))
    try:
        for compared in comparisons(loaded, version, arch, base):
            assert compared.matches, report(compared, version, arch, base)
    except NothingToCompareError as nothing:
        pytest.skip(str(nothing))
