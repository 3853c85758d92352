"""What a git repository holds, read through the git program; nothing in it is changed."""

from __future__ import annotations

import enum
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from kcheck.errors import ToolchainError, TreeError

_LARGEST = 64 << 20
"""Bytes; the largest file that Kconfig or a probe reads is below 1 MiB."""


class Kind(enum.Enum):
    """What a path of a commit is, by the mode that git keeps for it.

    Submodules are none of these: of them a commit holds no content.
    """

    FILE = "100644"
    PROGRAM = "100755"
    LINK = "120000"


class Item(msgspec.Struct, frozen=True):
    """A path of a commit, relative to the repository's top, and what lies there."""

    path: str
    kind: Kind
    content: str
    """The name of the object with the content; of a link, that is its target."""


class Commit(msgspec.Struct, frozen=True):
    """A commit, its whole and its short name; `inside` is where in the repository somebody
    stood who named it: empty at the top, else with a slash at the end.
    """

    repository: Path
    name: str
    short: str
    inside: str


def find_commit(repository: Path, revision: str) -> Commit:
    """The commit that `revision` means in the repository around the folder `repository`.

    Raises TreeError where there is no repository or no such commit, ToolchainError without
    a git program.
    """
    where = _git(repository, "rev-parse", "--show-prefix")
    if where.returncode:
        raise TreeError(
            f"{revision}: no such folder, and {repository} is in no git checkout"
            f" ({_complaint(where)}); name a folder, or a checkout with --tree"
        )
    # No branch, tag or commit can be called so; as a word of git's it would be an option.
    named = None if revision.startswith("-") else _resolved(repository, revision)
    if named is None:
        raise TreeError(
            f"{revision}: no such folder, and no commit of the git checkout {repository};"
            " name a folder, branch, tag or commit"
        )
    short = _git(repository, "rev-parse", "--short", named).stdout.decode().strip()
    return Commit(repository, named, short, os.fsdecode(where.stdout).rstrip("\n"))


def _resolved(repository: Path, revision: str) -> str | None:
    found = _git(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    return None if found.returncode else found.stdout.decode().strip()


def items_of(commit: Commit) -> Iterator[Item]:
    """All that the commit holds, files and links."""
    listed = _git(commit.repository, "ls-tree", "-r", "-z", "--full-tree", commit.name)
    if listed.returncode:
        raise TreeError(f"{commit.short}: git cannot list its files: {_complaint(listed)}")
    kinds = {kind.value: kind for kind in Kind}
    for entry in listed.stdout.split(b"\0")[:-1]:
        facts, _, path = entry.partition(b"\t")
        mode, _, name = facts.decode().split(" ")
        # Commits that were made long ago have other bits for plain files.
        kind = kinds.get(mode, Kind.FILE if mode.startswith("100") else None)
        if kind is not None:
            yield Item(os.fsdecode(path), kind, name)


def contents(commit: Commit, items: Sequence[Item]) -> Iterator[tuple[Item, bytes]]:
    """Each item with its content, in that order.

    Raises TreeError for content that is not there or is too large to be a Kconfig file.
    """
    with tempfile.TemporaryFile() as names:
        # A file instead of a pipe: git does not wait for us to write while we wait to read.
        names.write("".join(f"{item.content}\n" for item in items).encode())
        names.seek(0)
        words = ["git", "-C", str(commit.repository), "cat-file", "--batch"]
        with subprocess.Popen(
            words, stdin=names, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            for item in items:
                head = process.stdout.readline().split()
                if len(head) != 3 or int(head[2]) > _LARGEST:
                    process.kill()
                    what = "larger than 64 MiB" if len(head) == 3 else "not in the repository"
                    raise TreeError(f"{item.path!r} of {commit.short}: its content is {what}")
                content = process.stdout.read(int(head[2]))
                process.stdout.read(1)
                yield item, content


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except FileNotFoundError:
        raise ToolchainError(
            "git: no such program, and a revision needs it; install git or name a folder"
        ) from None


def _complaint(made: subprocess.CompletedProcess[bytes]) -> str:
    """The first line of what git says on stderr, without its prefix."""
    lines = made.stderr.decode(errors="replace").splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"it ended with {made.returncode}"
