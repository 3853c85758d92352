"""Where kcheck keeps what saves work the next time, and how it puts a file in place."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NOWHERE = Path(os.devnull, "kcheck")
"""The cache folder of who has no home: below no folder, so that nothing is ever there."""
TEMPORARY = ".kcheck-"
"""How the names of files begin that are being written."""


def cache_folder() -> Path:
    """kcheck's folder below $XDG_CACHE_HOME, else ~/.cache; NOWHERE without a home."""
    # Each of the two would lengthen commands that keep nothing.
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("kcheck")
    except RuntimeError:
        return NOWHERE
    # Older versions of platformdirs leave `~` as it is where nobody knows what it stands for.
    return folder if folder.is_absolute() else NOWHERE


def replace_file(path: Path, content: bytes, mode: int = 0o644, keep: Path | None = None) -> None:
    """Put a file in place, whole or not at all; what was there goes to `keep`, if that is named.

    Several processes may write the same file at once: one of them wins.  Raises OSError.
    """
    import tempfile

    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=TEMPORARY, delete=False) as made:
        try:
            made.write(content)
            made.close()
            os.chmod(made.name, mode)
            if keep is not None and path.is_file():
                os.replace(path, keep)
            os.replace(made.name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(made.name)
            raise
