"""Keys of what is kept from one run to the next: all that it was made from.

An answer's key is made of the tree's files, the programs that were asked, the environment and
the program's own files, so that a change to any of them is another key: nothing kept is ever
looked at again to see whether it still holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from kcheck.stamps import now, settled, stamps
from kcheck.toolchain.environment import lasting
from kcheck.toolchain.identity import identities
from kcheck.trees.directory import Tree
from kcheck.trees.snapshot import Snapshot
from kcheck.trees.target import Target

# Of a kernel tree, what Kconfig, its probes and its defconfigs are made of: whole folders, and
# files by how their names begin.
_FOLDERS = ("scripts", "tools/testing/selftests/livepatch")
_ARCH_FOLDERS = ("configs", "tools")
_NAMES = ("Kconfig", "Makefile")
_PASSED_OVER = frozenset({".git", "Documentation"})


class Stamped(msgspec.Struct, frozen=True):
    """A digest of files' names and stamps, and whether no file is so new that it may change without
    looking other."""

    digest: str
    is_settled: bool


def stamp_of(files: Iterable[Path]) -> Stamped:
    """The stamp of files, whether or not they are there."""
    paths = [str(path) for path in files]
    found = stamps(paths)
    return Stamped(key_of(paths, found), settled(found, now()))


def tree_stamp(tree: Tree | Snapshot) -> Stamped:
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


def own_stamp() -> Stamped:
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
    return key_of(lasting(target.environment), identities(target.environment))
