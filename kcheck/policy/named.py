"""Which configs a command line names: files, folders, and lists of both."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kcheck.compressed import Problem, is_compressed, read_content
from kcheck.errors import ConfigError

_LOOKED_AT = 1 << 16
"""Bytes of a file in a folder in which a config has a line that sets a symbol."""
_SETS = re.compile(rb"^(?:CONFIG_\w+=|# CONFIG_\w+ is not set)", re.MULTILINE)
_LISTED = 1 << 26
"""Bytes of a list."""
_SHOWN = 3
_BESIDE = (".old", ".fragment")
"""What kcheck, and conf, leave beside a config."""


def named_configs(words: Sequence[str], say: Callable[[str], None]) -> list[Path]:
    """The configs that the words of a command line name, in their order.

    A folder stands for the files below it that set a symbol, in the order of their names; `say`
    is told which others there are.  What belongs to a config beside it (CONFIG.old,
    CONFIG.fragment) is left out, too.  `@FILE` is a list of files and folders, a line each, or
    with a NUL behind each; `@-` is one on stdin.

    Raises ConfigError for a list that cannot be read, for a folder without a config and for an
    empty name.
    """
    found: list[Path] = []
    for word in words:
        for name in _listed(word[1:]) if word.startswith("@") else (word,):
            if not name:
                # Path("") would be the current folder, which nobody has named.
                raise ConfigError("'': names no config; is a variable of the command empty?")
            path = Path(name)
            found += _configs_below(path, say) if os.path.isdir(path) else [path]
    return found


def _listed(file: str) -> Iterator[str]:
    shown = "stdin" if file == "-" else file
    try:
        with open(0 if file == "-" else file, "rb", closefd=file != "-") as stream:
            content = stream.read(_LISTED + 1)
    except OSError as error:
        raise ConfigError(f"@{file}: cannot be read: {error.strerror}; name a list") from None
    if len(content) > _LISTED:
        raise ConfigError(f"{shown}: longer than {_LISTED >> 20} MiB, no list of configs")
    names = content.split(b"\0" if b"\0" in content else b"\n")
    listed = [os.fsdecode(name.removesuffix(b"\r")) for name in names if name.strip()]
    if not listed:
        raise ConfigError(f"{shown}: names no config")
    yield from listed


def _configs_below(folder: Path, say: Callable[[str], None]) -> list[Path]:
    configs: list[Path] = []
    others: list[Path] = []
    beside: list[Path] = []
    for path in _files(folder):
        if path.suffix in _BESIDE and os.path.isfile(path.with_suffix("")):
            beside.append(path)
        else:
            (configs if _sets_symbols(path) else others).append(path)
    if not configs:
        raise ConfigError(f"{folder}: no file below it has a line that sets a symbol; name another")
    for left_out, why in (
        (others, "no files that set a symbol"),
        (beside, "of configs beside them"),
    ):
        if left_out:
            names = ", ".join(str(path.relative_to(folder)) for path in left_out[:_SHOWN])
            more = f" and {len(left_out) - _SHOWN} more" if len(left_out) > _SHOWN else ""
            say(f"{folder}: left out, {why}: {names}{more}")
    return configs


def _files(folder: Path) -> Iterator[Path]:
    """What is below a folder and is none itself, but for hidden ones; a .config is not hidden.

    A link to a folder is not followed: it may lead round in a circle.
    """

    def fail(error: OSError) -> None:
        raise ConfigError(f"{error.filename}: cannot be read: {error.strerror}") from None

    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names += [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in sorted(names):
            if name == ".config" or not name.startswith("."):
                yield Path(place, name)


def _sets_symbols(path: Path) -> bool:
    """Whether a file is a config; one that is called so and cannot be read counts, so that the
    error is told.
    """
    if not os.path.isfile(path):
        leads_nowhere = path.is_symlink() and not os.path.exists(path)
        return leads_nowhere and "config" in path.name
    try:
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT)
    except OSError:
        return True
    if is_compressed(start):
        content = read_content(path)
        if isinstance(content, Problem):
            return "config" in path.name
        start = content[:_LOOKED_AT]
    return b"\0" not in start and _SETS.search(start) is not None
