"""Where kcheck keeps what saves work the next time, and how it puts a file in place."""

from __future__ import annotations

import os
import stat
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


def replace_file(
    path: Path, content: bytes, mode: int | None = None, keep: Path | None = None
) -> None:
    """Put a file in place, whole or not at all; what was there goes to `keep`, if that is named.

    Its `mode` is that of any new file where none is given.  A device, a pipe or a terminal stays,
    and is written to.  Several processes may write the same file at once: one of them wins.
    Raises OSError.
    """
    import tempfile

    from kcheck.signals import undisturbed

    if _is_to_stay(path):
        path.write_bytes(content)
        return
    # Nothing is left beside it by a signal that asks to end.
    with (
        undisturbed(),
        tempfile.NamedTemporaryFile(dir=path.parent, prefix=TEMPORARY, delete=False) as made,
    ):
        try:
            made.write(content)
            made.close()
            os.chmod(made.name, 0o666 & ~_umask() if mode is None else mode)
            if keep is not None and path.is_file():
                os.replace(path, keep)
            os.replace(made.name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(made.name)
            raise


def _is_to_stay(path: Path) -> bool:
    """Whether a name stands for what no file may take the place of.

    /dev/stdout and its like are links through /proc, even to a file.
    """
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
    places = [path.parent.resolve()]
    if path.is_symlink():
        places.append(Path(os.path.normpath(places[0] / path.readlink())))
    return not is_file or any(each.is_relative_to("/proc") for each in places)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
