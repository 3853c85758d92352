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
    return open_tree(place) if isinstance(place, Path) else _opened(place)


@lru_cache(maxsize=32)
def _opened(place: SnapshotPlace) -> Snapshot:
    """One process is asked about many architectures of the same snapshots."""
    for each in listed(place.file):
        if each.version == place.version:
            return open_snapshot(each, place.file)
    raise TreeError(f"{place.file}: no snapshot of linux {place.version}")
