"""Where kcheck keeps what saves work the next time, and how it writes there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """kcheck's folder below $XDG_CACHE_HOME, else ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kcheck"


def replace_file(path: Path, content: bytes, mode: int = 0o644, keep: Path | None = None) -> None:
    """Put a file in place, whole or not at all; what was there goes to `keep`, if that is named.

    Several processes may write the same file at once: one of them wins.  Raises OSError.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".kcheck-", delete=False) as made:
        try:
            made.write(content)
            made.close()
            os.chmod(made.name, mode)
            if keep is not None and path.is_file():
                os.replace(path, keep)
            os.replace(made.name, path)
        except OSError:
            os.unlink(made.name)
            raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a file as replace_file does, its folder too; where that is not possible, nothing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content, mode=0o600)
    except OSError:
        return
