"""Values of trees that no package holds, 4.0 to 7.0, against each tree's own conf.

Nobody can fetch them for these tests: where one lies beside Debian's trees it is compared,
elsewhere its cases are skipped.  `kcheck` reads most of them by rules that no other tree
here follows (kconfig/dialect.py).
"""

from __future__ import annotations

import pytest

from tests.real.compare import arches_of, base_names, check_against_conf
from tests.real.kernel_conf import tree_path, why_not_there
from tests.small import OTHER_VERSIONS

SEEDS = 2
FAST = {("4.0", "i386"), ("4.4", "powerpc"), ("4.14", "s390"), ("4.20", "x86_64"), ("5.4", "arm64")}
FAST_BASES = ("allmodconfig", "defconfig", "rand-1")


def _cases() -> list[object]:
    cases: list[object] = []
    for version in OTHER_VERSIONS:
        marks = [pytest.mark.real]
        if not tree_path(version).is_dir():
            skip = pytest.mark.skip(reason=why_not_there(version))
            cases.append(pytest.param(version, "", "", marks=[*marks, skip], id=version))
            continue
        for arch in arches_of(version):
            for base in base_names(SEEDS):
                here = [*marks, pytest.mark.xdist_group(f"{version}-{arch}")]
                if (version, arch) not in FAST or base not in FAST_BASES:
                    here.append(pytest.mark.whole)
                name = f"{version}-{arch}-{base}"
                cases.append(pytest.param(version, arch, base, marks=here, id=name))
    return cases


@pytest.mark.parametrize(("version", "arch", "base"), _cases())
def test_values_are_those_of_conf(version: str, arch: str, base: str) -> None:
    check_against_conf(version, arch, base)
