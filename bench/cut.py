"""A kernel tree with a part of its symbols, which conf and kcheck read as they read the whole."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

_SOURCE = re.compile(r'^\s*source\s+"([^"]+)"')
_SYMBOL = re.compile(r"^\s*(?:menu)?config\s+(\w+)", re.MULTILINE)

# What live patching asks for and hangs on most closely; the rest of the tree is cut.
_KEPT = (
    *("Kconfig", "scripts/Kconfig.include", "init/Kconfig", "arch/Kconfig", "lib/Kconfig.debug"),
    *("kernel/livepatch/", "kernel/module/", "kernel/trace/", "fs/sysfs/"),
)


@dataclass(frozen=True)
class _File:
    """A Kconfig file: the symbols that it defines, and the files that it reads."""

    symbols: frozenset[str]
    sources: frozenset[str]


def cut(tree: Path, share: float, destination: Path, srcarch: str = "x86") -> int:
    """Copy `tree` to `destination` as it is for one architecture, with a share of its symbols.

    Whole Kconfig files go, by chance but always the same ones, those that read no others (any
    more) first, and with each the lines that read it.  What is left over refers to symbols that
    are no longer defined, as architectures do to each other's.  What live patching asks for
    stays, so the share may not be had in full.  Returns how many symbols are left.
    """
    files = _files(tree, srcarch)
    chosen = _chosen(files, share, random.Random(0), srcarch)
    _copy(tree, destination, chosen, srcarch)
    return len({name for path in chosen for name in files[path].symbols})


def _files(tree: Path, srcarch: str) -> dict[str, _File]:
    """The Kconfig files that an architecture reads, by path."""
    found: dict[str, _File] = {}
    waiting = ["Kconfig"]
    while waiting:
        path = waiting.pop()
        if path not in found:
            text = (tree / path).read_text(errors="replace")
            read = (_read_by(line, srcarch) for line in text.splitlines())
            sources = frozenset(each for each in read if each is not None)
            found[path] = _File(frozenset(_SYMBOL.findall(text)), sources)
            waiting += sorted(sources)
    return found


def _read_by(line: str, srcarch: str) -> str | None:
    """The file that a line reads, if it is such a line."""
    match = _SOURCE.match(line)
    return match[1].replace("$(SRCARCH)", srcarch) if match else None


def _chosen(
    files: dict[str, _File], share: float, chance: random.Random, srcarch: str
) -> frozenset[str]:
    """The files that stay."""
    kept = (*_KEPT, f"arch/{srcarch}/Kconfig")
    staying = set(files)
    definitions = Counter(name for file in files.values() for name in file.symbols)
    wanted = share * len(definitions)
    order = sorted(path for path in files if not path.startswith(kept))
    chance.shuffle(order)
    # A file that reads others can go once they have, so there is another round after each
    # that took some away.
    went = True
    while went:
        went = False
        for path in order:
            file = files[path]
            alone = [name for name in file.symbols if definitions[name] == 1]
            if path not in staying or file.sources & staying:
                continue
            if len(definitions) - len(alone) >= wanted:
                staying.remove(path)
                definitions -= Counter(dict.fromkeys(file.symbols, 1))
                went = True
    return frozenset(staying)


def _copy(tree: Path, destination: Path, chosen: Collection[str], srcarch: str) -> None:
    def gone(folder: str, names: list[str]) -> list[str]:
        place = Path(folder).relative_to(tree)
        foreign = place.parts[:1] == ("arch",) and place.parts[1:2] not in ((), (srcarch,))
        return [
            name
            for name in names
            if (foreign or name.startswith("Kconfig"))
            and (Path(folder) / name).is_file()
            and str(place / name) not in chosen
        ]

    shutil.copytree(tree, destination, ignore=gone, symlinks=True)
    for path in chosen:
        file = destination / path
        lines = file.read_text(errors="surrogateescape").splitlines(keepends=True)
        left = [line for line in lines if (_read_by(line, srcarch) or path) in chosen]
        file.write_text("".join(left), errors="surrogateescape")
