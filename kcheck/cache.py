"""Keys of what is kept from one run to the next: all that it was made from.

An answer's key is made of the tree's files, the programs that were asked, the environment and
the program's own files, so that a change to any of them is another key: nothing kept is ever
looked at again to see whether it still holds.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from kcheck.toolchain.record import identities
from kcheck.trees.directory import Tree
from kcheck.trees.snapshot import Snapshot
from kcheck.trees.target import Target

_FRESH = 2 * 10**9
"""Nanoseconds.  A file may change once more within the tick of its clock, and look the same."""

# What changes from one shell to the next and means nothing to a compiler.
_PASSING = frozenset(
    {"_", "COLUMNS", "LINES", "OLDPWD", "PWD", "SHLVL", "TERM", "WINDOWID", "COLORTERM"}
)

# Of a kernel tree, what Kconfig, its probes and its defconfigs are made of: whole folders, and
# files by how their names begin.
_FOLDERS = ("scripts", "tools/testing/selftests/livepatch")
_ARCH_FOLDERS = ("configs", "tools")
_NAMES = ("Kconfig", "Makefile")
_PASSED_OVER = frozenset({".git", "Documentation"})


class Stamp(msgspec.Struct, frozen=True):
    """A digest of files' names, sizes and times; `newest` is the latest time, nanoseconds."""

    digest: str
    newest: int

    @property
    def is_settled(self) -> bool:
        """Whether no file is so new that it may change without looking other."""
        return time.time_ns() - self.newest > _FRESH


def stamp_of(files: Iterable[Path]) -> Stamp:
    """The stamp of files, whether or not they are there."""
    digest = hashlib.sha256()
    newest = 0
    for path in files:
        try:
            status = path.stat()
        except OSError:
            digest.update(f"{path}\0missing\0".encode("utf-8", "surrogateescape"))
            continue
        times = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_mode}"
        digest.update(f"{path}\0{times}\0".encode("utf-8", "surrogateescape"))
        newest = max(newest, status.st_mtime_ns, status.st_ctime_ns)
    return Stamp(digest.hexdigest(), newest)


def tree_stamp(tree: Tree | Snapshot) -> Stamp:
    """The stamp of all in a tree that an answer may be made from, or of a snapshot's file."""
    if isinstance(tree, Snapshot):
        return stamp_of([tree.file, Path(tree.version)])
    return stamp_of(sorted(_files(tree.path)))


def _files(top: Path) -> Iterator[Path]:
    whole = {str(top / name) for name in _FOLDERS}
    for folder, folders, names in os.walk(top):
        inside = Path(folder).relative_to(top).parts
        if not inside:
            folders[:] = [name for name in folders if name not in _PASSED_OVER]
        takes_all = any(folder == each or folder.startswith(f"{each}/") for each in whole) or (
            len(inside) > 2 and inside[0] == "arch" and inside[2] in _ARCH_FOLDERS
        )
        is_include = inside == ("include", "linux")
        for name in names:
            if (
                takes_all
                or name.startswith(_NAMES)
                or (is_include and name.startswith(("compiler", "kconfig")))
            ):
                yield Path(folder, name)


def own_stamp() -> Stamp:
    """The stamp of kcheck's own files."""
    return stamp_of(sorted(Path(__file__).parent.rglob("*.py")))


def key_of(*parts: object) -> str:
    """A key for these parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(repr(part).encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()


def programs_key(target: Target) -> str:
    """A key for what probes may ask and in what surroundings."""
    environment = {
        name: value for name, value in target.environment.items() if name not in _PASSING
    }
    return key_of(sorted(environment.items()), identities(target.environment))
