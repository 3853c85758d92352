"""The whole way: `kcheck olddefconfig` against `make olddefconfig`, as users run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real.fetch_trees import VERSIONS
from tests.real.kernel_conf import tree_path
from tests.real.mutate import mutated

pytestmark = pytest.mark.real
TARGETS = ((), ("ARCH=i386",), ("ARCH=arm64",), ("ARCH=um",))


def _options(variables: tuple[str, ...]) -> list[str]:
    return [f"--{name.lower()}={value}" for name, _, value in (v.partition("=") for v in variables)]


@pytest.mark.parametrize(
    "variables", TARGETS, ids=lambda variables: " ".join(variables) or "native"
)
@pytest.mark.parametrize("version", VERSIONS)
def test_olddefconfig(version: str, variables: tuple[str, ...], tmp_path: Path) -> None:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    output = tmp_path / "out"
    output.mkdir()
    make = ["make", "-s", "-C", str(tree), f"O={output}", *variables]
    environment = {name: value for name, value in os.environ.items() if name != "ARCH"}
    subprocess.run([*make, "alldefconfig"], check=True, capture_output=True, env=environment)
    given = tmp_path / "given"
    given.write_bytes(mutated((output / ".config").read_bytes(), version, 100))
    (output / ".config").write_bytes(given.read_bytes())
    subprocess.run([*make, "olddefconfig"], check=True, capture_output=True, env=environment)
    ours = subprocess.run(
        [sys.executable, "-m", "kcheck", "olddefconfig", "--tree", str(tree), *_options(variables),
         "--config", str(given), "--output", "-"],
        check=True, capture_output=True, env=environment,
    )  # fmt: skip
    assert ours.stdout == (output / ".config").read_bytes()
