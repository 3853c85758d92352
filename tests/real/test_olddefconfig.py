"""Our values against those of each tree's own conf, byte for byte."""

from __future__ import annotations

import pytest

from tests.real.compare import (
    ARCHES,
    OTHERS,
    base_names,
    check_against_conf,
)
from tests.real.fetch_trees import VERSIONS

SEEDS = 10
FAST = dict.fromkeys(ARCHES, ("allmodconfig", "defconfig", "rand-1")) | {"x86_64": base_names(1)}
"""What the fast slice begins with, of each version."""


def _cases() -> list[object]:
    cases: list[object] = []
    for version in VERSIONS:
        for arch in ARCHES + OTHERS:
            for base in base_names(SEEDS):
                marks = [pytest.mark.real, pytest.mark.xdist_group(f"{version}-{arch}")]
                if base not in FAST.get(arch, ()):
                    marks.append(pytest.mark.whole)
                cases.append(
                    pytest.param(version, arch, base, marks=marks, id=f"{version}-{arch}-{base}")
                )
    return cases


@pytest.mark.parametrize(("version", "arch", "base"), _cases())
def test_values_are_those_of_conf(version: str, arch: str, base: str) -> None:
    check_against_conf(version, arch, base)
