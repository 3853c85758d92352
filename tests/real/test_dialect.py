"""The dialect that a version number stands for is the one that its sources show."""

from __future__ import annotations

import pytest

from kcheck.kconfig.dialect import dialect_for_version, dialect_of
from tests.real.kernel_conf import tree_path, why_not_there
from tests.small import ALL_VERSIONS


@pytest.mark.real
@pytest.mark.parametrize("version", ALL_VERSIONS)
def test_version_and_sources_agree(version: str) -> None:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(why_not_there(version))
    number = ALL_VERSIONS[version]
    assert dialect_for_version(number) == dialect_of(tree, number)
