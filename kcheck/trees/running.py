"""The kernel that runs: its release, its config and its build tree, wherever a system has them."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path

import msgspec

from kcheck.compressed import Missing, Problem, read_content

_PACKED = ("", ".gz", ".xz", ".zst")
_RELEASE = re.compile(r"(\d+)\.(\d+)")
_MOST_LINKS = 40
"""As the kernel itself (MAXSYMLINKS, include/linux/namei.h)."""


class System(msgspec.Struct, frozen=True, dict=True):
    """A system below `root`, with what uname says of its kernel."""

    root: Path
    release: str
    machine: str

    @cached_property
    def numbers(self) -> tuple[int, int] | None:
        """Version and patch level; None where the release does not begin with them.

        Vendors keep a number for years and take over later changes, so a rule that hangs on
        it holds for kernel.org's kernels and may not for theirs.
        """
        match = _RELEASE.match(self.release)
        return None if match is None else (int(match[1]), int(match[2]))


class FoundConfig(msgspec.Struct, frozen=True):
    """The config of a running kernel, None where none was found.

    `passed_over` says of each file that is there and of no use why, as in
    `/boot/config-6.1.0: cannot be read: Permission denied`.
    """

    path: Path | None
    passed_over: tuple[str, ...]


def running_system() -> System:
    """This machine."""
    names = os.uname()
    return System(Path("/"), names.release, names.machine)


def build_trees(system: System) -> tuple[Path, ...]:
    """What /lib/modules/RELEASE has as `build` and `source`, where those are folders.

    `make modules_install` links both: `build` to where the kernel was built, `source` to its
    sources where those lie elsewhere (Makefile, since 2.6).  Packages of headers do likewise.
    """
    modules = f"/lib/modules/{system.release}"
    found = [below(system.root, f"{modules}/{name}") for name in ("build", "source")]
    return tuple(dict.fromkeys(folder for folder in found if _is_folder(folder)))


def config_names(release: str) -> tuple[str, ...]:
    """Where the config of a running kernel may be, best first: only /proc's is surely its own
    (IKCONFIG_PROC; kernel/configs.c)."""
    plain = (f"/boot/config-{release}", f"/lib/modules/{release}/config")
    return ("/proc/config.gz", *(name + packed for name in plain for packed in _PACKED))


def find_config(system: System) -> FoundConfig:
    """The first of `config_names` that can be read and has a line about a symbol."""
    passed_over: list[str] = []
    for name in config_names(system.release):
        path = below(system.root, name)
        content = read_content(path)
        if isinstance(content, bytes):
            if b"CONFIG_" in content and b"\0" not in content:
                return FoundConfig(path, tuple(passed_over))
            content = Problem("no .config")
        if not isinstance(content, Missing) or _is_entry(system.root, name):
            passed_over.append(f"{name}: {content.text}")
    return FoundConfig(None, tuple(passed_over))


def below(root: Path, name: str) -> Path:
    """The file that `name`, an absolute name, stands for to one whose root folder is `root`.

    Links are followed there, too, so that an absolute one does not lead out of it.
    """
    at = root
    left = _parts(name)
    links = 0
    while left:
        part = left.pop()
        if part == "..":
            at = at if at == root else at.parent
            continue
        try:
            target = os.readlink(at / part)
        except OSError:
            # No link, or nothing that can be seen; whoever opens it is told which.
            at = at / part
            continue
        links += 1
        if links > _MOST_LINKS:
            return at / part
        if target.startswith("/"):
            at = root
        left += _parts(target)
    return at


def _parts(name: str) -> list[str]:
    """The parts of a path, last first."""
    return [part for part in reversed(name.split("/")) if part not in ("", ".")]


def _is_entry(root: Path, name: str) -> bool:
    """Whether its folder has that name, if only as a link to nowhere."""
    folder, _, last = name.rpartition("/")
    return os.path.lexists(below(root, folder) / last)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
