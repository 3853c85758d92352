"""Where kcheck keeps what saves work the next time, and how it writes there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """kcheck's folder below $XDG_CACHE_HOME, else ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kcheck"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, its folder too; where that is not possible, nothing.

    Several processes may write the same file at once: one of them wins.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".kept-", delete=False) as file:
            try:
                file.write(content)
                file.close()
                os.replace(file.name, path)
            except OSError:
                os.unlink(file.name)
    except OSError:
        return
