"""The kernel's own conf, built from each tree's sources: the judge of these tests."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from tests.real.fetch_trees import trees_folder

HERE = Path(__file__).parent
_SOURCES = ("conf", "confdata", "expr", "menu", "preprocess", "symbol", "util")


class Output(msgspec.Struct, frozen=True):
    """What one run of conf left behind."""

    config: bytes
    stderr: str
    returncode: int


def tree_path(version: str) -> Path:
    """Where the tree of that version lies, if it was fetched."""
    return trees_folder() / f"linux-{version}"


@cache
def conf_of(tree: Path) -> Path:
    """The conf of `tree`, built once for its sources; nothing is written into the tree."""
    sources = tree / "scripts" / "kconfig"
    digest = hashlib.sha256()
    for path in sorted([*sources.glob("*.[chyl]"), *(tree / "scripts/include").glob("*.h")]):
        digest.update(path.read_bytes())
    program = trees_folder() / "conf" / digest.hexdigest()[:16] / "conf"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as name:
            _build(tree, sources, Path(name))
            os.replace(Path(name, "conf"), program)
    return program


def _build(tree: Path, sources: Path, work: Path) -> None:
    subprocess.run(
        ["flex", "-o", "lexer.lex.c", "-L", str(sources / "lexer.l")], cwd=work, check=True
    )
    subprocess.run(
        ["bison", "-t", "-l", "--defines=parser.tab.h", "-o", "parser.tab.c",
         str(sources / "parser.y")],
        cwd=work, check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    # Up to 5.10 parser.y includes menu.c.
    includes_menu = '#include "menu.c"' in (sources / "parser.y").read_text()
    files = [str(sources / f"{name}.c") for name in _SOURCES if name != "menu" or not includes_menu]
    subprocess.run(
        ["gcc", "-O2", "-w", "-DYYDEBUG=1", f"-I{tree}/scripts/include", f"-I{sources}", "-I.",
         "-o", "conf", *files, "lexer.lex.c", "parser.tab.c"],
        cwd=work, check=True,
    )  # fmt: skip


@cache
def _memo() -> Path:
    """The shim that answers repeated questions to the compiler from a file."""
    library = trees_folder() / "conf" / "popen_memo.so"
    source = HERE / "popen_memo.c"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        library.parent.mkdir(parents=True, exist_ok=True)
        part = library.with_suffix(f".{os.getpid()}")
        subprocess.run(
            ["gcc", "-O2", "-w", "-shared", "-fPIC", "-o", str(part), str(source)], check=True
        )
        os.replace(part, library)
    return library


@cache
def _memo_answers(tree: Path, arch: str) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="kcheck-popen-")


def run_conf(
    tree: Path,
    mode: str,
    environment: Mapping[str, str],
    config: bytes | None = None,
    **extra: str,
) -> Output:
    """Run conf with `--mode` in a folder of its own, `config` as its .config.

    `savedefconfig` gives back the defconfig, every other mode the .config.
    """
    with tempfile.TemporaryDirectory(prefix="kcheck-conf-") as name:
        work = Path(name)
        if config is not None:
            (work / ".config").write_bytes(config)
        # Where auto.conf is there already conf leaves it and the twenty thousand files
        # beside it alone (confdata.c, conf_write_autoconf).
        (work / "include/config").mkdir(parents=True)
        (work / "include/config/auto.conf").touch()
        option = f"--{mode}" if "=" in mode or mode != "savedefconfig" else f"--{mode}=defconfig"
        shim = {
            "LD_PRELOAD": str(_memo()),
            "POPEN_MEMO": _memo_answers(tree, environment.get("ARCH", "")).name,
        }
        done = subprocess.run(
            [str(conf_of(tree)), option, "Kconfig"],
            cwd=work,
            env={**environment, **shim, **extra},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        result = work / ("defconfig" if mode == "savedefconfig" else ".config")
        # A conf that says it succeeded has written its file, be it an empty one.
        content = result.read_bytes() if done.returncode == 0 else b""
        return Output(content, done.stderr.decode("utf-8", "backslashreplace"), done.returncode)


_ABOUT_VALUES = re.compile(r"^(\.config:\d+:warning: |WARNING: unmet|  )")


def about_values(stderr: str) -> list[str]:
    """Of what conf wrote to stderr, the lines about the .config and unmet dependencies.

    Left out is what it says about Kconfig files, and what the probes' programs say.
    Addresses in memory, which 6.12 to 7.3 print for `BOOL != y`, are made alike.
    """
    lines = [line for line in stderr.splitlines() if _ABOUT_VALUES.match(line)]
    return [re.sub(r"<unknown type -?\d+>", "<unknown type>", line) for line in lines]
