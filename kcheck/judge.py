"""The tree's own conf, built from its sources and run: the judge of what kcheck says.

Nothing is written into the tree.  Building takes flex, bison and a C compiler, running
asks the compiler what Kconfig asks it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from kcheck.errors import ToolchainError, TreeError
from kcheck.temporary import TemporaryFolder

_SOURCES = ("conf", "confdata", "expr", "menu", "preprocess", "symbol", "util")
_GRAMMARS = ("parser", "zconf")
"""The names of conf's grammar: now, and up to 4.20."""
LIMIT = 300
"""Seconds; conf takes about two."""


class Judgement(msgspec.Struct, frozen=True):
    """The .config that conf wrote, what it said on stderr, and its exit code."""

    config: bytes
    stderr: str
    returncode: int


def build_conf(tree: Path, program: Path, compiler: str = "gcc") -> None:
    """Build scripts/kconfig/conf of `tree` as `program`.

    Raises TreeError for a tree without its sources, and ToolchainError where a program is
    missing or they do not compile.
    """
    sources = tree / "scripts" / "kconfig"
    grammar = next((name for name in _GRAMMARS if (sources / f"{name}.y").is_file()), None)
    if grammar is None:
        raise TreeError(f"{sources}: no sources of conf; it takes a whole tree to build it")
    with TemporaryFolder("kcheck-build-") as name:
        work = Path(name)
        for command in _commands(sources, grammar, compiler, work):
            if shutil.which(command[0]) is None:
                raise ToolchainError(f"{command[0]}: not found; building the tree's conf takes it")
            done = subprocess.run(command, cwd=work, capture_output=True, check=False)
            if done.returncode != 0:
                said = done.stderr.decode("utf-8", "backslashreplace").strip().splitlines()
                raise ToolchainError(
                    f"{sources}: conf does not build: {said[0] if said else command[0]}"
                )
        shutil.move(work / "conf", program)


def _commands(sources: Path, grammar: str, compiler: str, work: Path) -> list[list[str]]:
    """What makes `conf` in the folder `work`."""
    text = (sources / f"{grammar}.y").read_text(errors="replace")
    # Up to 5.10 the grammar includes other files, up to 4.20 all of them.
    included = set(re.findall(r'#include "(\w+)\.c"', text))
    files = [
        str(sources / f"{name}.c")
        for name in _SOURCES
        if name not in included and (sources / f"{name}.c").is_file()
    ]
    compile_ = [
        *(compiler, "-O2", "-w", "-DYYDEBUG=1", "-DKBUILD_NO_NLS", "-D_GNU_SOURCE"),
        *(f"-I{sources.parent}/include", f"-I{sources}", "-I.", "-o", "conf", *files),
    ]
    if grammar == "parser":
        lexer, parser = "lexer.lex.c", "parser.tab.c"
        compile_ += [lexer, parser]
        header = ["--defines=parser.tab.h"]
    else:
        lexer, parser = "zconf.lex.c", "zconf.tab.c"
        compile_ += [parser]
        header = []
    shipped = sorted(sources.glob("*_shipped"))
    if shipped:
        for path in shipped:
            shutil.copy(path, work / path.name.removesuffix("_shipped"))
        return [compile_]
    source = "lexer" if grammar == "parser" else "zconf"
    return [
        ["flex", "-o", lexer, "-L", str(sources / f"{source}.l")],
        ["bison", "-t", "-l", *header, "-o", parser, str(sources / f"{grammar}.y")],
        compile_,
    ]


def run_conf(
    program: Path,
    mode: str,
    environment: Mapping[str, str],
    config: bytes | None = None,
) -> Judgement:
    """Run conf with `--mode` in a folder of its own, `config` as its .config.

    `savedefconfig` gives back the defconfig, every other mode the .config.  The tree is the
    one that the environment names as srctree.
    """

    def run(folder: Path) -> tuple[int, bytes]:
        done = subprocess.run(
            command_of(program, mode),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=LIMIT,
            check=False,
        )
        return done.returncode, done.stderr

    return judgement(mode, config, run)


def command_of(program: Path, mode: str) -> list[str]:
    """How conf is called for a mode."""
    option = f"--{mode}" if mode != "savedefconfig" else f"--{mode}=defconfig"
    return [str(program), option, "Kconfig"]


def judgement(
    mode: str, config: bytes | None, run: Callable[[Path], tuple[int, bytes]]
) -> Judgement:
    """What comes of conf in a folder that is made for it, `config` as its .config.

    `run` has it run there, and gives its exit code and what it wrote to stderr.
    """
    with TemporaryFolder("kcheck-conf-") as name:
        work = Path(name)
        if config is not None:
            (work / ".config").write_bytes(config)
        # Where auto.conf is there already conf leaves it and the twenty thousand files
        # beside it alone (confdata.c, conf_write_autoconf).
        (work / "include/config").mkdir(parents=True)
        (work / "include/config/auto.conf").touch()
        returncode, said = run(work)
        result = work / ("defconfig" if mode == "savedefconfig" else ".config")
        # A conf that says it succeeded has written its file, be it an empty one.
        content = result.read_bytes() if returncode == 0 else b""
        return Judgement(content, said.decode("utf-8", "backslashreplace"), returncode)
