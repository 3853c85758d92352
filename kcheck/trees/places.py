"""Where a tree or a snapshot lies: short enough to be handed to another process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from kcheck.errors import TreeError
from kcheck.trees.directory import Tree, open_tree
from kcheck.trees.snapshot import Snapshot, listed, open_snapshot


class SnapshotPlace(msgspec.Struct, frozen=True):
    """A version in a file of snapshots."""

    file: Path
    version: str


Place = Path | SnapshotPlace
"""A tree's folder, or a snapshot."""


def place_of(tree: Tree | Snapshot) -> Place:
    """Where it lies."""
    return tree.path if isinstance(tree, Tree) else SnapshotPlace(tree.file, tree.version)


def open_place(place: Place) -> Tree | Snapshot:
    """What lies there.  Raises TreeError where nothing does."""
    if isinstance(place, Path):
        return open_tree(place)
    for each in listed(place.file):
        if each.version == place.version:
            return open_snapshot(each, place.file)
    raise TreeError(f"{place.file}: no snapshot of linux {place.version}")


def open_again(place: Place) -> Tree | Snapshot:
    """Likewise, for those who ask again and again, of one architecture after the other: snapshots
    stay in memory, some megabytes each.
    """
    return open_place(place) if isinstance(place, Path) else _kept(place)


@lru_cache(maxsize=32)
def _kept(place: SnapshotPlace) -> Tree | Snapshot:
    return open_place(place)
