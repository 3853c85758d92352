"""Values found from what differs from the config before are conf's, whatever came before."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kcheck.dotconfig import DotConfig, parse_dotconfig
from kcheck.errors import KconfigSyntaxError
from kcheck.evaluate.conf import olddefconfig
from kcheck.evaluate.near import Near
from kcheck.kconfig.load import ProbeMode, load
from kcheck.model import Model, SymbolType
from kcheck.question import about, default_question
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.snapshot import snapshot_of
from tests.random_tree import RandomTree, random_tree
from tests.real.mutate import mutated
from tests.small import ALL_VERSIONS, read_folder, read_text
from tests.test_base import effective


def values(near: Near, model: Model) -> dict[str, str]:
    return {name: near.symbol(name).value for name in model.symbols}


def conf_values(model: Model, config: DotConfig) -> dict[str, str]:
    valuation = olddefconfig(model, config).valuation
    return {name: valuation.state(name).value for name in model.symbols}


def follow(near: Near, model: Model, configs: list[bytes]) -> int:
    """Hold each config's values against conf's; how many could be told so."""
    told = 0
    for number, text in enumerate(configs):
        config = about(parse_dotconfig(text, f"config-{number}"), model)
        if near.read(config):
            assert values(near, model) == conf_values(model, config), text.decode()
            told += 1
            lend(near, model, config, number)
    return told


def lend(near: Near, model: Model, config: DotConfig, number: int) -> None:
    """All else that a symbol has is conf's, too; and lines that are tried leave nothing behind."""
    base = near.base()
    assert base is not None
    expected = olddefconfig(model, config).valuation
    assert effective(base.valuation) == effective(expected), config
    settable = [each for each in base.user if each.type is SymbolType.BOOL and not each.is_choice]
    if settable and number % 2:
        tried = settable[number % len(settable)]
        base.with_lines({tried.name: "n" if tried.value == "y" else "y"})


def random_near(
    chance: Random, version: str, most: int, changed: Callable[[str], str] = str
) -> tuple[RandomTree, Model, Near]:
    """A tree made by chance, its text `changed`, read, and to be followed from one config to the
    next.
    """
    made = random_tree(chance, ALL_VERSIONS[version], most)
    with tempfile.TemporaryDirectory(prefix="kcheck-near-") as name:
        (Path(name) / "Kconfig").write_text(changed(made.kconfig))
        try:
            model = read_folder(Path(name), version)
            near = Near(model)
        except KconfigSyntaxError:
            assume(False)
    assume(near.can_follow)
    return made, model, near


@pytest.mark.parametrize("version", ["4.4", "4.14", "5.4", "5.10", "6.1", "6.12", "7.3"])
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_trees_under_one_config_after_the_other(version: str, chance: Random) -> None:
    made, model, near = random_near(chance, version, 20)
    configs = [made.config.encode()]
    for number in range(6):
        # Sometimes from the last one, sometimes from the first, sometimes with none of its lines.
        base = chance.choice([configs[-1], configs[0], b""])
        configs.append(mutated(base, f"{number}{chance.random()}", chance.randint(1, 5)))
    follow(near, model, configs)


@pytest.mark.parametrize(
    ("version", "arch"),
    [("4.4", "x86_64"), ("5.10", "mips"), ("6.1", "arm64"), ("6.12", "s390"), ("7.3", "x86_64")],
)
def test_kernels_under_one_config_after_the_other(version: str, arch: str) -> None:
    snapshot = snapshot_of(version)
    assert snapshot is not None
    loaded = load(snapshot, arch, Toolchain(), ProbeMode.NONE)
    model = loaded.model
    start = olddefconfig(model, default_question(loaded).config).text
    near = Near(model)
    assert near.can_follow
    configs = [mutated(start, f"{arch}-{number}", 1 + 10 * (number % 4)) for number in range(12)]
    assert follow(near, model, [start, *configs, start]) > 10


CHOICE = """config MODULES
	bool "m"
	modules
	default y
choice
	prompt "one"
config A
	bool "a"
config B
	bool "b"
config C
	bool "c" if OPEN
endchoice
config OPEN
	bool "open"
config LOG
	int "log"
	range 1 9
	default 5
config HANGS
	bool "hangs" if OPEN
	default y if B
"""


@pytest.mark.parametrize("version", ["6.1", "7.3"])
def test_members_of_a_choice_in_another_order(tmp_path: Path, version: str) -> None:
    model = read_text(tmp_path, CHOICE, version)
    configs = [
        b"CONFIG_A=y\nCONFIG_B=y\n",
        b"CONFIG_B=y\nCONFIG_A=y\n",
        b"CONFIG_B=y\n# CONFIG_A is not set\n",
        b"# CONFIG_A is not set\n# CONFIG_B is not set\n",
        b"CONFIG_C=y\nCONFIG_OPEN=y\n",
        b"CONFIG_C=y\n",
        b"",
    ]
    assert follow(Near(model), model, [*configs, *reversed(configs)]) == 2 * len(configs)


def test_a_symbol_of_which_a_file_speaks_twice(tmp_path: Path) -> None:
    model = read_text(tmp_path, CHOICE, "7.3")
    configs = [b"CONFIG_OPEN=y\n", b"CONFIG_OPEN=y\nCONFIG_OPEN=n\n", b"CONFIG_OPEN=y\n"]
    assert follow(Near(model), model, configs) == 3


def test_numbers_that_conf_forgets_are_not_told(tmp_path: Path) -> None:
    model = read_text(tmp_path, CHOICE, "6.1")
    near = Near(model)
    assert near.read(parse_dotconfig(b"CONFIG_LOG=4\n", "in range"))
    assert not near.read(parse_dotconfig(b"CONFIG_LOG=44\n", "out of range"))
    assert near.read(parse_dotconfig(b"CONFIG_LOG=4\n", "in range"))
    assert near.symbol("LOG").value == "4"


def test_members_that_wait_on_each_other_cannot_be_followed(tmp_path: Path) -> None:
    text = CHOICE.replace("\tmodules\n", "\toption modules\n")
    waiting = text.replace('bool "b"', 'bool "b"\n\tdepends on C')
    assert not Near(read_text(tmp_path, waiting, "4.4")).can_follow
    assert Near(read_text(tmp_path, text, "4.4")).can_follow
