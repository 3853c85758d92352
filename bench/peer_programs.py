"""Where the two other programs are: installed for the bench alone, the first time it runs.

kconfig-mcp and kmax, which has klocalizer, come from the Python package index, into a
folder beside the kernel trees; nothing else sees them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.results import Missing
from tests.real.fetch_trees import trees_folder

PACKAGES = {"kconfig-mcp": "kconfig-mcp==0.1.0", "klocalizer": "kmax==4.10"}
"""Each program, and what has it; other versions may answer in another way."""

_LIMIT = 600
"""Seconds to install one; about a minute is usual."""


class _NotToBeHadError(Exception):
    """Why a program cannot be had, in one line."""


def peer_programs() -> dict[str, Path | Missing]:
    """For kconfig-mcp the Python that has it, for klocalizer the program."""
    return {
        # kmax has an f-string that Python reads since 3.12, though it asks for no version.
        "kconfig-mcp": _had("kconfig-mcp", "kconfig-mcp", "python", oldest=11),
        "klocalizer": _had("klocalizer", "klocalizer", "klocalizer", oldest=12),
    }


def _had(name: str, sign: str, wanted: str, oldest: int) -> Path | Missing:
    """`wanted` of the folder bin of a venv with a program; `sign` lies there once it is in.

    Installed with this Python, or one that is at least 3.`oldest`.
    """
    # One folder each, so that neither needs what the other forbids.
    package = PACKAGES[name]
    folder = trees_folder() / "peers" / package
    if not (folder / "bin" / sign).is_file():
        try:
            python = _python_since(oldest)
            _done([python, "-m", "venv", "--clear", str(folder)])
            _done([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", package])
        except _NotToBeHadError as error:
            return Missing(name, f"cannot be installed: {error}")
    return folder / "bin" / wanted


def _python_since(oldest: int) -> str:
    """A Python 3 of at least that minor version.  Raises _NotToBeHadError."""
    if sys.version_info.minor >= oldest:
        return sys.executable
    for minor in range(oldest, oldest + 4):
        found = shutil.which(f"python3.{minor}")
        if found is not None:
            # Where pyenv keeps Pythons, one stands at that name but runs only if it is chosen.
            chosen = {**os.environ, "PYENV_VERSION": f"3.{minor}"}
            asked = [found, "-c", "import ensurepip, sys, venv; print(sys.executable)"]
            done = subprocess.run(asked, env=chosen, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return done.stdout.strip()
    raise _NotToBeHadError(f"it takes Python 3.{oldest} or later")


def _done(command: list[str]) -> None:
    """Run one step of installing.  Raises _NotToBeHadError."""
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip() or str(error)).splitlines()
        # pip warns about much else first, and advises at the end.
        told = [line for line in said if line.startswith("ERROR")] or said
        raise _NotToBeHadError(told[-1]) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _NotToBeHadError(str(error)) from error
