"""The dialect that a version number stands for is the one that its sources show."""

from __future__ import annotations

import pytest

from kcheck.kconfig.dialect import dialect_for_version, dialect_of
from tests.real.kernel_conf import tree_path
from tests.small import VERSIONS


@pytest.mark.real
@pytest.mark.parametrize("version", VERSIONS)
def test_version_and_sources_agree(version: str) -> None:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    assert dialect_for_version(VERSIONS[version]) == dialect_of(tree, VERSIONS[version])
