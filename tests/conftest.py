"""Shared fixtures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine may be slow at any moment; and what lands must not hang on new chance:
# fresh examples are for the desk, where a failure is looked into.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

SMALL_TREE = Path(__file__).parent.parent / "sample_configs" / "small-tree"

Kcheck = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the small tree that a test may break."""
    return Path(shutil.copytree(SMALL_TREE, tmp_path / "tree"))


@pytest.fixture(autouse=True)
def _own_cache(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a test keeps is its own; real trees take long to read, and are kept as users' are."""
    if request.node.get_closest_marker("real") is None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def kcheck(tmp_path: Path) -> Kcheck:
    """Run the program as a user would, with a cache folder and terminal of its own."""

    def run(
        *arguments: str, cwd: Path | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("NO_COLOR", "FORCE_COLOR", "KCHECK_DEBUG", "ARCH", "CROSS_COMPILE")
        }
        return subprocess.run(
            [sys.executable, "-m", "kcheck", *arguments],
            cwd=cwd or tmp_path,
            env={**kept, "XDG_CACHE_HOME": str(tmp_path / "cache"), **extra},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
