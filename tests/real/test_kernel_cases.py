"""The kernel's own test cases for its conf, scripts/kconfig/tests of 7.3, run by kcheck.

TABLE says of each case folder how it is run here; none is left out.  Not applicable are
parts of cases: the prompts that oldaskconfig and oldconfig print, and the list of changed
input that KCONFIG_WARN_CHANGED_INPUT asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kcheck.dotconfig import DotConfig, parse_dotconfig, read_dotconfig
from kcheck.errors import KconfigSyntaxError
from kcheck.evaluate import conf
from kcheck.evaluate.program import program_of
from kcheck.kconfig.dialect import dialect_of
from kcheck.kconfig.parser import Parser
from kcheck.model import Model
from kcheck.toolchain.probes import RunProber
from tests.real.kernel_conf import run_conf, tree_path
from tests.small import VERSIONS, read_folder

pytestmark = pytest.mark.real
VERSION = "7.3"


def _folder(name: str) -> Path:
    folder = tree_path(VERSION) / "scripts" / "kconfig" / "tests" / name
    if not folder.is_dir():
        pytest.skip(f"linux-{VERSION} is not there; make trees")
    return folder


def _read(folder: Path) -> Model:
    return read_folder(folder, dialect=dialect_of(tree_path(VERSION), VERSIONS[VERSION]))


def _config(path: Path) -> DotConfig:
    return DotConfig(".config", read_dotconfig(path).lines)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def _contains(text: bytes, expected: Path) -> bool:
    return expected.read_text() in text.decode()


def all_configs(folder: Path) -> None:
    """The expected lines stand in what each of the all*config modes makes."""
    model = _read(folder)
    for name, mode in (
        ("allyes", conf.allyesconfig),
        ("allmod", conf.allmodconfig),
        ("allno", conf.allnoconfig),
        ("alldef", conf.alldefconfig),
    ):
        assert _contains(mode(model).text, folder / f"{name}_expected_config")


def numbered_configs(folder: Path) -> None:
    """test_configN gives expected_configN."""
    model = _read(folder)
    for number in (1, 2, 3):
        outcome = conf.olddefconfig(model, _config(folder / f"test_config{number}"))
        assert outcome.text.decode() == (folder / f"expected_config{number}").read_text()


def random_choices(folder: Path) -> None:
    """What conf's randconfig makes of it is a fixed point for us too."""
    model = _read(folder)
    for seed in range(20):
        made = run_conf(
            tree_path(VERSION), "randconfig", _environment(folder), KCONFIG_SEED=str(seed)
        )
        given = parse_dotconfig(made.config, ".config")
        assert conf.olddefconfig(model, given).text == made.config


def same_as_conf(folder: Path) -> None:
    """The case itself is interactive; what conf makes of its config alone is ours too."""
    model = _read(folder)
    path = folder / "config"
    config = path.read_bytes() if path.exists() else b""
    made = run_conf(tree_path(VERSION), "olddefconfig", _environment(folder), config)
    ours = conf.olddefconfig(model, parse_dotconfig(config, ".config"))
    assert made.returncode == 0
    assert ours.text == made.config


def refused(folder: Path) -> None:
    """Refused by conf and by us, at a place that conf names."""
    with pytest.raises(KconfigSyntaxError) as error:
        program_of(_read(folder))
    expected = (folder / "expected_stderr").read_text()
    message = str(error.value)
    if "recursive dependency" in expected:
        assert "recursive dependency: A depends on A" in message
    elif "Recursive inclusion" in expected:
        assert "recursive inclusion of Kconfig.inc1" in message
    else:
        assert message.partition(": ")[0] in expected
        assert message.partition(": ")[2].split(",")[0] in expected


def transitional(folder: Path) -> None:
    """Old names are carried over."""
    outcome = conf.olddefconfig(_read(folder), _config(folder / "initial_config"))
    assert _contains(outcome.text, folder / "expected_config")


def changed_input(folder: Path) -> None:
    """Values that Kconfig changes; the list of them is not kcheck's, the values are."""
    model = _read(folder)
    config = _config(folder / "config")
    assert (
        conf.olddefconfig(model, config).text.decode() == (folder / "expected_config").read_text()
    )
    saved = conf.savedefconfig(model, config).decode()
    assert saved == (folder / "expected_defconfig").read_text()


def messages(folder: Path) -> None:
    """What the macros print."""
    parser = _parse(folder)
    for name in ("expected_stdout", "expected_stderr"):
        path = folder / name
        if path.exists():
            for line in _lines(path.read_text()):
                assert line in parser.messages


def circular_variable(folder: Path) -> None:
    """A variable that refers to itself is refused where conf refuses it."""
    with pytest.raises(KconfigSyntaxError) as error:
        _parse(folder)
    place, _, rest = str(error.value).partition(": ")
    assert (folder / "expected_stderr").read_text().startswith(place)
    assert "refers to itself (eventually)" in rest


def _parse(folder: Path) -> Parser:
    environment = {"PATH": "/usr/bin:/bin"}
    with RunProber(environment) as prober:
        dialect = dialect_of(tree_path(VERSION), VERSIONS[VERSION])
        parser = Parser(folder, dialect, environment, prober)
        parser.parse("Kconfig")
    return parser


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "srctree": str(folder), "ARCH": "x", "SRCARCH": "x"}


TABLE: dict[str, Callable[[Path], None]] = {
    "auto_submenu": same_as_conf,
    "choice": all_configs,
    "choice_randomize": random_choices,
    "choice_randomize2": random_choices,
    "conditional_dep": numbered_configs,
    "err_recursive_dep": refused,
    "err_recursive_inc": refused,
    "err_repeated_inc": refused,
    "err_transitional": refused,
    "new_choice_with_dep": same_as_conf,
    "no_write_if_dep_unmet": same_as_conf,
    "preprocess/builtin_func": messages,
    "preprocess/circular_expansion": circular_variable,
    "preprocess/escape": messages,
    "preprocess/variable": messages,
    "transitional": transitional,
    "warn_changed_input": changed_input,
}


@pytest.mark.parametrize("name", TABLE)
def test_case_folder(name: str) -> None:
    TABLE[name](_folder(name))


def test_the_table_names_every_folder() -> None:
    top = _folder("choice").parent
    found = {
        path.parent.relative_to(top).as_posix()
        for path in top.rglob("__init__.py")
        if (path.parent / "Kconfig").exists()
    }
    assert found == set(TABLE)
