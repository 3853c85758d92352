"""Which programs those are that Kconfig asks: by what they are known from one run to the next."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping

from kcheck.stamps import stamps
from kcheck.toolchain.environment import OF_THE_TREE, lasting

_PROGRAMS = ("CC", "LD", "RUSTC", "PAHOLE", "BINDGEN")
# Variables that make the same compiler another one (gcc's manual, "Environment Variables
# Affecting GCC"; the dynamic linker's).
_SURROUNDINGS = ("COMPILER_PATH", "CPATH", "C_INCLUDE_PATH", "GCC_EXEC_PREFIX", "LD_LIBRARY_PATH")

_SCRIPT_READ = 4096
"""Bytes.  A script that calls a compiler is short."""
_WORD = re.compile(r"[^\s\"'`;|&<>(){}$=,]+")
_VERSION = re.compile(r"[-.\d]+$")


def identities(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Which programs these are: each command, with its file, size and time, and the variables
    that they listen to.

    Where one of them calls another, by what it may find that: the folders in $PATH, files with
    its name there, the programs that it names, and all variables.
    """
    commands = [environment.get(name, "") for name in _PROGRAMS]
    # The compiler calls it by itself.
    commands.append(f"{environment.get('CROSS_COMPILE', '')}as")
    path = environment.get("PATH", os.defpath)
    found = {each: _program_of(each, path) for each in commands}
    programs = (part for each in commands for part in (each, _file_identity(found[each])))
    known = (*programs, *(environment.get(name, "") for name in _SURROUNDINGS))
    callers = [each for each in commands if _calls_another(each, found[each], path)]
    if not callers:
        return known
    paths = sorted({each for command in callers for each in _called(command, path)})
    kept = [each for each in lasting(environment) if each[0] not in OF_THE_TREE]
    return (*known, repr(kept), repr(paths), repr(stamps(paths)))


def _program_of(command: str, path: str) -> str | None:
    words = command.split()
    return shutil.which(words[0], path=path) if words else None


def _file_identity(found: str | None) -> str:
    if found is None:
        return "missing"
    status = os.stat(found)
    return f"{os.path.realpath(found)} {status.st_size} {status.st_mtime_ns}"


def _calls_another(command: str, found: str | None, path: str) -> bool:
    """Whether the program that a command begins with may have another one answer: a script, a
    link to what is called otherwise, as those of ccache are, or what stands before a name."""
    if found is None:
        return False
    name, real = (_plain(each) for each in (found, os.path.realpath(found)))
    # ld may be ld.bfd, and ld.lld is lld.
    is_itself = name == real or real.startswith(f"{name}.") or name.endswith(f".{real}")
    return (
        not is_itself
        or _script(found).startswith("#!")
        or any(shutil.which(word, path=path) for word in command.split()[1:])
    )


def _plain(program: str) -> str:
    """A program's name without machine and version: gcc for x86_64-linux-gnu-gcc-12."""
    return _VERSION.sub("", os.path.basename(program)).rpartition("-")[2]


def _called(command: str, path: str) -> Iterator[str]:
    """The folders and programs that decide which other program a command calls."""
    folders = [folder for folder in path.split(os.pathsep) if folder]
    yield from folders
    for word in command.split():
        yield from (os.path.join(folder, os.path.basename(word)) for folder in folders)
        found = shutil.which(word, path=path)
        if found is not None:
            yield found
            yield from _named_in(found, path)


def _named_in(script: str, path: str) -> Iterator[str]:
    """The programs that a script names, also those below its own folder by a variable."""
    here = os.path.dirname(script)
    for word in set(_WORD.findall(_script(script))):
        names = [word]
        if "/" in word:
            below = word[word.index("/") :]
            names += [os.path.join(here, word), below, here + below]
        for name in names:
            found = shutil.which(name, path=path)
            if found is not None:
                yield found


def _script(program: str) -> str:
    """How a program begins where that is a script; else nothing."""
    try:
        if not stat.S_ISREG(os.stat(program).st_mode):
            return ""
        with open(program, "rb") as file:
            text = file.read(_SCRIPT_READ)
    except OSError:
        return ""
    return text.decode("utf-8", "surrogateescape") if text.startswith(b"#!") else ""
