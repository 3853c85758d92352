"""A kernel tree in a folder."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import msgspec

from kcheck.errors import TreeError

_NEEDED = ("Makefile", "Kconfig", "arch")
_VERSION_LINE = re.compile(r"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \t]*=[ \t]*(\S*)", re.M)
_LEADING_NUMBER = re.compile(r"[0-9]+")


class Tree(msgspec.Struct, frozen=True, dict=True):
    """A kernel tree: its folder, absolute, and its version as make computes it."""

    path: Path
    version: str

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Version, patch level and sublevel."""
        return tuple(int(number) for number in _LEADING_NUMBER.findall(self.version)[:3])

    @property
    def label(self) -> str:
        """What to call it in a report."""
        return str(self.path)

    def architectures(self) -> tuple[str, ...]:
        """The folders below arch/ that hold a Kconfig, sorted."""
        return tuple(
            sorted(
                folder.name
                for folder in (self.path / "arch").iterdir()
                if (folder / "Kconfig").is_file()
            )
        )


def open_tree(path: Path | None) -> Tree:
    """The tree at `path`; without one, that of the current folder or one above it.

    Raises TreeError where there is none, or only a part of one.
    """
    folder = surrounding_tree() if path is None else path
    if folder is None:
        raise TreeError(f"{Path.cwd()}: not in a kernel tree; go into one or name it with --tree")
    if not folder.is_dir():
        what = "neither a folder nor a file of snapshots" if folder.exists() else "no such folder"
        raise TreeError(f"{folder}: {what}; name a kernel tree with --tree")
    for name in _NEEDED:
        if not (folder / name).exists():
            raise TreeError(
                f"{folder}: no kernel tree, {name} is missing; name a whole one with --tree"
            )
    return Tree(folder.resolve(), _version(folder / "Makefile"))


def surrounding_tree() -> Path | None:
    """The kernel tree that the current folder is in; None where it is in none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "Kconfig").is_file() and (folder / "arch").is_dir():
            return folder
    return None


def _version(makefile: Path) -> str:
    """KERNELVERSION (top Makefile): VERSION.PATCHLEVEL.SUBLEVEL and EXTRAVERSION."""
    try:
        text = makefile.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise TreeError(f"{makefile}: cannot be read: {error.strerror}") from None
    parts = dict(reversed(_VERSION_LINE.findall(text)))
    if not parts.get("VERSION", "").isdigit() or not parts.get("PATCHLEVEL", "").isdigit():
        raise TreeError(f"{makefile}: names no kernel version; name a kernel tree with --tree")
    sublevel = parts.get("SUBLEVEL", "")
    version = f"{parts['VERSION']}.{parts['PATCHLEVEL']}"
    return f"{version}{'.' if sublevel else ''}{sublevel}{parts.get('EXTRAVERSION', '')}"
