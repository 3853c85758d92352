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

from kcheck import judge
from kcheck.judge import Judgement, build_conf
from tests.real.conf_ready import MODES, ReadyConf
from tests.real.fetch_trees import VERSIONS, trees_folder

HERE = Path(__file__).parent


def tree_path(version: str) -> Path:
    """Where the tree of that version lies, if it was fetched."""
    return trees_folder() / f"linux-{version}"


def trees_there() -> tuple[str, ...]:
    """The versions whose trees are there, fetched or not, oldest first."""
    found = [path.name.removeprefix("linux-") for path in trees_folder().glob("linux-*")]
    return tuple(sorted(found, key=lambda name: [int(part) for part in re.findall(r"\d+", name)]))


def why_not_there(version: str) -> str:
    """Why a test of that version is skipped where `tree_path` leads to nothing."""
    if version in VERSIONS:
        return f"linux-{version} is not there; make trees"
    return f"linux-{version} is not there, and no package holds it"


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
        part = program.with_name(f"conf.{os.getpid()}")
        build_conf(tree, part)
        os.replace(part, program)
    return program


@cache
def _preloaded(name: str) -> Path:
    """The shared library that is built from a C file beside this one."""
    library = trees_folder() / "conf" / f"{name}.so"
    source = HERE / f"{name}.c"
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
) -> Judgement:
    """Run the conf of `tree`; see kcheck.judge.run_conf."""
    shim = {
        "LD_PRELOAD": str(_preloaded("popen_memo")),
        "POPEN_MEMO": _memo_answers(tree, environment.get("ARCH", "")).name,
    }
    program, environment = conf_of(tree), {**environment, **shim}
    # No test changes these trees; what it makes itself it may change at any time.
    if mode in MODES and Path(environment["srctree"]).is_relative_to(trees_folder()):
        ready = _ready(program, mode, environment)
        if ready.is_ready:
            return judge.judgement(mode, config, lambda folder: ready.answer(folder, extra))
    return judge.run_conf(program, mode, {**environment, **extra}, config)


_MOST_READY = 3
"""Some 60 MB each."""
_kept: dict[tuple[object, ...], ReadyConf] = {}


def _ready(program: Path, mode: str, environment: Mapping[str, str]) -> ReadyConf:
    """The conf that was asked for just this lately, or a new one."""
    key = (program, mode, tuple(sorted(environment.items())))
    found = _kept.pop(key, None)
    if found is None:
        both = f"{environment['LD_PRELOAD']} {_preloaded('conf_ready')}"
        found = ReadyConf(program, mode, {**environment, "LD_PRELOAD": both})
    _kept[key] = found
    while len(_kept) > _MOST_READY:
        _kept.pop(next(iter(_kept))).close()
    return found


_ABOUT_VALUES = re.compile(r"^(warning: \(|\.config:\d+:warning: |WARNING: unmet|  )")


def about_values(stderr: str) -> list[str]:
    """Of what conf wrote to stderr, the lines about the .config and unmet dependencies.

    Left out is what it says about Kconfig files, and what the probes' programs say.
    Addresses in memory, which 6.12 to 7.3 print for `BOOL != y`, are made alike.
    """
    lines = [line for line in stderr.splitlines() if _ABOUT_VALUES.match(line)]
    return [re.sub(r"<unknown type -?\d+>", "<unknown type>", line) for line in lines]
