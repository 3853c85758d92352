"""A git revision as a tree: the files that Kconfig and its probes read, in a folder for a while."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from kcheck.errors import TreeError
from kcheck.temporary import TemporaryFolder
from kcheck.trees.directory import Tree, open_tree
from kcheck.trees.git import Commit, Item, Kind, contents, find_commit, items_of

# What Kconfig, the probes that it runs, scripts/kconfig and the search for a defconfig read.
# Files of other names that a Kconfig file sources are found there.
_READ = re.compile(
    r"(?:.*/)?(?:Kconfig|Makefile|Kbuild)[^/]*"
    r"|scripts/.*"
    r"|arch/[^/]+/(?:configs|tools|scripts)/.*"
    r"|(?:.*/)?(?:[^/]*_)?defconfig"
    r"|(?:.*/)?[^/]*\.config"
    r"|include/linux/(?:compiler[^/]*|kconfig)\.h",
    re.S,
)
_SOURCED = re.compile(rb'^[ \t]*source[ \t]+"?([^"\s]+)', re.M)


class Revision(msgspec.Struct, frozen=True):
    """A tree made of a commit; `name` is what the user called it, `commit` its short name."""

    tree: Tree
    name: str
    commit: str


@contextmanager
def revision_tree(name: str, repository: Path) -> Iterator[Revision]:
    """The tree of the revision `name` of the git repository around the folder `repository`.

    It lies in a folder of its own, which vanishes at the end; the repository, its index and
    its checkout stay as they are.  Of a repository that has the kernel in one of its folders,
    that is taken which `repository` is or is in.

    Raises TreeError where there is no such revision, or no kernel tree in it, and
    ToolchainError without a git program.
    """
    commit = find_commit(repository, name)
    items = _kernel(commit, name)
    with TemporaryFolder("kcheck-revision-") as folder:
        top = Path(folder).resolve()
        try:
            _write(commit, items, top)
        except OSError as error:
            raise TreeError(f"{name}: cannot be written to {top}: {error.strerror}") from None
        try:
            tree = open_tree(top)
        except TreeError as error:
            what = str(error).replace(str(top), name).split(";")[0]
            raise TreeError(f"{what}; name another revision") from None
        yield Revision(tree, name, commit.short)


def _kernel(commit: Commit, name: str) -> dict[str, Item]:
    """What the commit holds below the kernel's top folder, by the path from there."""
    items = {item.path: item for item in items_of(commit)}
    top = commit.inside
    # Many a folder of a kernel has a Kconfig and a Makefile of its own.
    while f"{top}Kconfig" not in items or not any(path.startswith(f"{top}arch/") for path in items):
        if not top:
            raise TreeError(
                f"{name}: no kernel tree: no folder of commit {commit.short} around here has"
                " Kconfig and arch; name another revision"
            )
        top = top[: top.rstrip("/").rfind("/") + 1]
    return {path[len(top) :]: item for path, item in items.items() if path.startswith(top)}


def _write(commit: Commit, items: dict[str, Item], top: Path) -> None:
    """Write what is read into the empty folder `top`, and nothing anywhere else."""
    links: dict[str, bytes] = {}
    wanted = [path for path in items if _READ.fullmatch(path)]
    seen = set(wanted)
    while wanted:
        named: set[str] = set()
        found = contents(commit, [items[path] for path in wanted])
        for path, (item, content) in zip(wanted, found, strict=True):
            folder = _folder(top, path)
            if item.kind is Kind.LINK:
                links[path] = content
                target = posixpath.join(posixpath.dirname(path), os.fsdecode(content))
                named.add(posixpath.normpath(target))
                continue
            folder.mkdir(parents=True, exist_ok=True)
            mode = 0o755 if item.kind is Kind.PROGRAM else 0o644
            # Only a new file: a commit made by hand may hold one path twice.
            file = os.open(top / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(file, "wb") as stream:
                stream.write(content)
            if "Kconfig" in path:
                named.update(map(os.fsdecode, _SOURCED.findall(content)))
        wanted = sorted((named & items.keys()) - seen)
        seen.update(wanted)
    _link(top, links)


def _folder(top: Path, path: str) -> Path:
    """The folder of a path.  Raises TreeError for a path that leaves `top`."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts):
        raise TreeError(f"{path!r}: no path of a kernel tree; this commit was made by hand")
    return top.joinpath(*parts[:-1])


def _link(top: Path, links: dict[str, bytes]) -> None:
    """Make links, and take those away again that lead out of `top`."""
    # All folders first: none can come to lie behind a link.
    for path in links:
        _folder(top, path).mkdir(parents=True, exist_ok=True)
    made = [path for path, target in links.items() if target and b"\0" not in target]
    for path in made:
        os.symlink(links[path], os.fsencode(top / path))
    for path in made:
        if not Path(os.path.realpath(top / path)).is_relative_to(top):
            os.unlink(top / path)
