"""With --probes none no process is started, whatever a real tree's Kconfig files ask."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.real.fetch_trees import VERSIONS
from tests.real.kernel_conf import tree_path
from tests.test_probes import WITHOUT_PROCESSES

pytestmark = pytest.mark.real


@pytest.mark.parametrize("arch", ["x86_64", "arm64", "powerpc", "um"])
@pytest.mark.parametrize("version", VERSIONS)
def test_none_starts_nothing(version: str, arch: str) -> None:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROCESSES, "explain", "LIVEPATCH", "--tree", str(tree),
         "--arch", arch, "--probes", "none"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    assert "assumed" in done.stdout
