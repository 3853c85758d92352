"""What a tree's model is made from, so far as files tell it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from kcheck import __version__
from kcheck.model import Model
from kcheck.stamps import stamps
from kcheck.toolchain.probes import TIME_LIMIT
from kcheck.trees.target import Target

_WORD = re.compile(r"[^\s\"'`;|&<>(){}$=,]+")
_NAME = re.compile(r"[A-Za-z_][\w.+-]*")
_INCLUDES = ("/usr/include", "/usr/local/include")


def own_files() -> tuple[object, ...]:
    """What tells this kcheck from one that may read a tree otherwise."""
    top = Path(__file__).parent.parent
    folders = (top, *(top / name for name in ("kconfig", "model", "toolchain", "trees")))
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    return __version__, sys.version_info[:2], stamps(map(str, files))


def made_from(target: Target, model: Model, mode: str, record: Path) -> Iterator[str]:
    """The files and folders, there or not, that tell whether the model would be the same."""
    top = target.whole_tree.path
    yield from (f"{top}/{file}" for file in model.files)
    yield from (f"{top}/Makefile", f"{top}/arch/{target.srcarch}/Makefile")
    yield from _files_in(top / "scripts/kconfig")
    if mode == "recorded":
        yield str(record)
    if mode != "run":
        return
    yield from _files_in(top / "scripts")
    environment = target.environment
    yield from filter(None, environment.get("PATH", "").split(os.pathsep))
    yield from _INCLUDES
    yield from _searched_by(target)
    commands = {probe.command for probe in model.probes}
    commands |= {asked.command for asked in target.asked.values()}
    for word in {word for command in commands for word in _WORD.findall(command)}:
        slash = word.find("/")
        if slash >= 0 and not word.startswith("/dev/"):
            yield word[slash:]
        elif _NAME.fullmatch(word):
            program = shutil.which(word, path=environment.get("PATH"))
            if program is not None:
                yield program


def _files_in(folder: Path) -> Iterator[str]:
    yield str(folder)
    try:
        with os.scandir(folder) as entries:
            yield from (entry.path for entry in entries if entry.is_file())
    except OSError:
        return


def _searched_by(target: Target) -> Iterator[str]:
    """The folders in which the compiler looks for its programs and libraries.

    It calls others, above all the compiler proper, that stand in no command.
    """
    environment = target.environment
    try:
        said = subprocess.run(
            ["/bin/sh", "-c", f"{environment['CC']} -print-search-dirs"],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return
    for line in said.decode("utf-8", "surrogateescape").splitlines():
        for folder in line.partition("=")[2].split(os.pathsep):
            if folder.startswith("/"):
                yield os.path.normpath(folder)
