"""Random small trees: ours against each version's conf, byte for byte."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcheck.dotconfig import parse_dotconfig
from kcheck.errors import KconfigSyntaxError
from kcheck.evaluate import conf
from kcheck.evaluate.program import program_of
from kcheck.kconfig.dialect import dialect_of
from tests.random_tree import random_tree
from tests.real.kernel_conf import about_values, run_conf, tree_path, why_not_there
from tests.small import ALL_VERSIONS, OTHER_VERSIONS, VERSIONS, read_folder

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    "version",
    [*VERSIONS, *(pytest.param(each, marks=pytest.mark.whole) for each in OTHER_VERSIONS)],
)
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_tree(version: str, chance: Random) -> None:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(why_not_there(version))
    dialect = dialect_of(tree, ALL_VERSIONS[version])
    made = random_tree(chance, ALL_VERSIONS[version])
    with tempfile.TemporaryDirectory(prefix="kcheck-random-") as name:
        folder = Path(name)
        (folder / "Kconfig").write_text(made.kconfig)
        environment = {"PATH": "/usr/bin:/bin", "srctree": name, "ARCH": "", "SRCARCH": ""}
        given_config = parse_dotconfig(made.config.encode(), ".config")
        theirs = run_conf(tree, "olddefconfig", environment, made.config.encode())
        try:
            model = read_folder(folder, dialect=dialect)
            program_of(model)
        except KconfigSyntaxError:
            assert theirs.returncode != 0, made.kconfig
            return
        assert theirs.returncode == 0, made.kconfig + theirs.stderr
        ours = conf.olddefconfig(model, given_config)
        assert ours.text == theirs.config, made.kconfig + made.config
        assert about_values("".join(ours.warnings)) == about_values(theirs.stderr)
        saved = run_conf(tree, "savedefconfig", environment, made.config.encode())
        assert conf.savedefconfig(model, given_config) == saved.config
        for mode, function in (
            ("allyesconfig", conf.allyesconfig),
            ("allmodconfig", conf.allmodconfig),
            ("allnoconfig", conf.allnoconfig),
        ):
            assert function(model).text == run_conf(tree, mode, environment).config, mode
