"""The tree's own conf, built from its sources and run: the judge of what kcheck says.

Nothing is written into the tree.  Building takes flex, bison and a C compiler, running
asks the compiler what Kconfig asks it.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kcheck.errors import ToolchainError, TreeError

_SOURCES = ("conf", "confdata", "expr", "menu", "preprocess", "symbol", "util")
_LIMIT = 300
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
    if not (sources / "parser.y").is_file():
        raise TreeError(f"{sources}: no sources of conf; it takes a whole tree to build it")
    for tool in ("flex", "bison", compiler):
        if shutil.which(tool) is None:
            raise ToolchainError(f"{tool}: not found; building the tree's conf takes it")
    # Up to 5.10 parser.y includes menu.c.
    includes_menu = '#include "menu.c"' in (sources / "parser.y").read_text(errors="replace")
    files = [str(sources / f"{name}.c") for name in _SOURCES if name != "menu" or not includes_menu]
    with tempfile.TemporaryDirectory(prefix="kcheck-build-") as name:
        work = Path(name)
        for command in (
            ["flex", "-o", "lexer.lex.c", "-L", str(sources / "lexer.l")],
            ["bison", "-t", "-l", "--defines=parser.tab.h", "-o", "parser.tab.c",
             str(sources / "parser.y")],
            [compiler, "-O2", "-w", "-DYYDEBUG=1", f"-I{tree}/scripts/include", f"-I{sources}",
             "-I.", "-o", "conf", *files, "lexer.lex.c", "parser.tab.c"],
        ):  # fmt: skip
            done = subprocess.run(command, cwd=work, capture_output=True, check=False)
            if done.returncode != 0:
                said = done.stderr.decode("utf-8", "backslashreplace").strip().splitlines()
                raise ToolchainError(
                    f"{sources}: conf does not build: {said[0] if said else command[0]}"
                )
        shutil.move(work / "conf", program)


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
    with tempfile.TemporaryDirectory(prefix="kcheck-conf-") as name:
        work = Path(name)
        if config is not None:
            (work / ".config").write_bytes(config)
        # Where auto.conf is there already conf leaves it and the twenty thousand files
        # beside it alone (confdata.c, conf_write_autoconf).
        (work / "include/config").mkdir(parents=True)
        (work / "include/config/auto.conf").touch()
        option = f"--{mode}" if mode != "savedefconfig" else f"--{mode}=defconfig"
        done = subprocess.run(
            [str(program), option, "Kconfig"],
            cwd=work,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_LIMIT,
            check=False,
        )
        result = work / ("defconfig" if mode == "savedefconfig" else ".config")
        # A conf that says it succeeded has written its file, be it an empty one.
        content = result.read_bytes() if done.returncode == 0 else b""
        said = done.stderr.decode("utf-8", "backslashreplace")
        return Judgement(content, said, done.returncode)
