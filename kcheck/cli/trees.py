"""The trees that a command line names, several of them: folders, snapshots, git revisions."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kcheck.comparison import Version
    from kcheck.trees.directory import Tree
    from kcheck.trees.snapshot import Snapshot

    Opened = tuple[Tree | Snapshot, Version]


def open_word(stack: ExitStack, word: str, repository: Path) -> Opened:
    """The tree that a word means; it lasts as long as `stack`.

    That is a folder, a version of which there is a snapshot, or else a revision of the git
    checkout that `repository` is in.  Raises TreeError and ToolchainError for none of these.
    """
    from kcheck.comparison import Version
    from kcheck.trees.directory import open_tree
    from kcheck.trees.revision import revision_tree
    from kcheck.trees.snapshot import snapshot_of

    if os.path.exists(word):
        opened = open_tree(Path(word))
        return opened, Version(opened.path.name, opened.version, str(opened.path))
    snapshot = snapshot_of(word)
    if snapshot is not None:
        return snapshot, version_of(snapshot)
    found = stack.enter_context(revision_tree(word, repository))
    source = f"{repository.resolve()}@{found.commit}"
    return found.tree, Version(word, found.tree.version, source, found.commit)


def built_in() -> list[Opened]:
    """All snapshots that come with the program, oldest first."""
    from kcheck.trees.snapshot import listed, open_snapshot

    snapshots = [open_snapshot(each) for each in listed()]
    return [(each, version_of(each)) for each in snapshots]


def version_of(snapshot: Snapshot) -> Version:
    """What to call a snapshot among other trees: the version without its sublevel."""
    from kcheck.comparison import Version

    name = ".".join(map(str, snapshot.numbers[:2]))
    return Version(name, snapshot.version, snapshot.label, is_snapshot=True)
