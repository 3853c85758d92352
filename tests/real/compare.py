"""kcheck beside a tree's own conf: what to compare, and a script that shows where they part.

    python -m tests.real.compare --tree 7.3 --arch x86_64 --seeds 2
    python -m tests.real.compare --tree 6.1 --arch s390 --base rand-7
    python -m tests.real.compare --tree 4.4 --arch all

prints one line a comparison, and the first lines that differ; exit code 1 if any do.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec
import pytest

from kcheck.dotconfig import DotConfig, merge_dotconfigs, parse_dotconfig, read_dotconfig
from kcheck.errors import ArchError
from kcheck.evaluate import conf
from kcheck.judge import Judgement
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.matrix import kinds_of
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import default_configs
from kcheck.trees.directory import open_tree
from tests.real.fetch_trees import VERSIONS
from tests.real.kernel_conf import about_values, run_conf, tree_path, trees_there, why_not_there
from tests.real.mutate import mutated

ARCHES = ("x86_64", "i386", "arm64", "powerpc", "s390", "riscv", "loongarch", "arm", "mips")
OTHERS = (
    "alpha", "arc", "c6x", "csky", "h8300", "hexagon", "ia64", "m68k", "microblaze", "nds32",
    "nios2", "openrisc", "parisc", "parisc64", "sh", "sparc32", "sparc64", "um", "xtensa",
)  # fmt: skip
ALL = {
    "alldefconfig": conf.alldefconfig,
    "allnoconfig": conf.allnoconfig,
    "allyesconfig": conf.allyesconfig,
    "allmodconfig": conf.allmodconfig,
}
PROBE_SECONDS = 60
"""Time limit of a probe: generous, since the machine is busy with these tests."""


class NothingToCompareError(Exception):
    """The tree is not there, lacks the architecture, or has no defconfig for it."""


class Comparison(msgspec.Struct, frozen=True):
    """One question to both, and the two answers: a file, and warnings where they count."""

    name: str
    expected: bytes
    ours: bytes
    expected_warnings: tuple[str, ...] = ()
    our_warnings: tuple[str, ...] = ()

    @property
    def differing(self) -> list[str]:
        """The lines that only one of the two has, as a diff without context."""
        return [
            *_diff(_text_lines(self.expected), _text_lines(self.ours)),
            *_diff(self.expected_warnings, self.our_warnings),
        ]

    @property
    def matches(self) -> bool:
        """Whether the files are the same to the byte, and the warnings to the letter."""
        return self.expected == self.ours and self.expected_warnings == self.our_warnings


def base_names(seeds: int) -> tuple[str, ...]:
    """The configs to begin with, `seeds` of them random ones."""
    return (*ALL, "defconfig", *(f"rand-{seed}" for seed in range(1, seeds + 1)))


def load_target(version: str, arch: str) -> Loaded:
    """The model of that tree for `arch`.  Raises NothingToCompareError."""
    path = tree_path(version)
    if not path.is_dir():
        raise NothingToCompareError(why_not_there(version))
    try:
        return load(open_tree(path), arch, Toolchain(), ProbeMode.RUN, PROBE_SECONDS)
    except ArchError:
        raise NothingToCompareError(f"linux {version} has no {arch}") from None


@lru_cache(maxsize=1)
def _loaded(version: str, arch: str) -> Loaded | NothingToCompareError:
    """The target, or why there is none: the cases of one target share the answer."""
    try:
        return load_target(version, arch)
    except NothingToCompareError as nothing:
        return nothing


def check_against_conf(version: str, arch: str, base: str) -> None:
    """The body of a test: fails at the first difference, skips where there is nothing."""
    loaded = _loaded(version, arch)
    if isinstance(loaded, NothingToCompareError):
        pytest.skip(str(loaded))
    try:
        for compared in comparisons(loaded, version, arch, base):
            assert compared.matches, report(compared, version, arch, base)
    except NothingToCompareError as nothing:
        pytest.skip(str(nothing))


def comparisons(loaded: Loaded, version: str, arch: str, base: str) -> Iterator[Comparison]:
    """The config `base`, where kcheck too can make it; then what becomes of it.

    Raises NothingToCompareError where there is no such config.
    """
    tree, environment = loaded.target.whole_tree.path, loaded.target.environment
    made, our_own = _base(loaded, base)
    if our_own is not None:
        yield _comparison(base, made, our_own)
    for name, text in (
        (base, made.config),
        (f"{base}, mutated", mutated(made.config, f"{version} {arch} {base}")),
    ):
        given = parse_dotconfig(text, ".config")
        updated = _checked(run_conf(tree, "olddefconfig", environment, text))
        yield _comparison(
            f"olddefconfig of {name}", updated, conf.olddefconfig(loaded.model, given)
        )
        saved = _checked(run_conf(tree, "savedefconfig", environment, text))
        ours = conf.savedefconfig(loaded.model, given)
        yield Comparison(f"savedefconfig of {name}", saved.config, ours)


def _base(loaded: Loaded, base: str) -> tuple[Judgement, conf.Outcome | None]:
    tree, environment = loaded.target.whole_tree.path, loaded.target.environment
    if base in ALL:
        return _checked(run_conf(tree, base, environment)), ALL[base](loaded.model)
    if base == "defconfig":
        defaults = _defaults(loaded)
        text = "\n".join(line.text for line in defaults.lines) + "\n"
        made = run_conf(tree, "defconfig=.config", environment, text.encode())
        return _checked(made), conf.defconfig(loaded.model, defaults)
    seed = base.removeprefix("rand-")
    return _checked(run_conf(tree, "randconfig", environment, KCONFIG_SEED=seed)), None


def _defaults(loaded: Loaded) -> DotConfig:
    target = loaded.target
    files = default_configs(target.whole_tree, target.arch, target.srcarch)
    if not files:
        raise NothingToCompareError(f"{target.arch} of {target.tree.version} has no defconfig file")
    return merge_dotconfigs(".config", [read_dotconfig(file) for file in files])


def _checked(made: Judgement) -> Judgement:
    """`made`, if conf did its work; a conf that failed must not pass for an answer."""
    if made.returncode != 0:
        raise RuntimeError(f"conf failed with {made.returncode}: {made.stderr[-500:]}")
    return made


def _comparison(name: str, theirs: Judgement, ours: conf.Outcome) -> Comparison:
    return Comparison(
        name,
        theirs.config,
        ours.text,
        tuple(about_values(theirs.stderr)),
        tuple(about_values("".join(ours.warnings))),
    )


def _text_lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "backslashreplace").split("\n")


def _diff(expected: list[str] | tuple[str, ...], ours: list[str] | tuple[str, ...]) -> list[str]:
    lines = difflib.unified_diff(expected, ours, "conf", "kcheck", lineterm="", n=0)
    return [line for line in lines if not line.startswith(("@@", "--- ", "+++ "))]


def report(compared: Comparison, version: str, arch: str, base: str) -> str:
    """What differs, shortened, and the command that shows it again."""
    lines = compared.differing
    return "\n".join(
        [
            f"{compared.name}: {len(lines)} lines differ (- conf, + kcheck)",
            *lines[:20],
            f"again: python -m tests.real.compare --tree {version} --arch {arch} --base {base}",
        ]
    )


def main() -> int:
    """Compare as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.real.compare")
    parser.add_argument(
        "--tree", choices=trees_there(), action="append", help="default: those that are fetched"
    )
    parser.add_argument(
        "--arch", action="append", help="default: nine; 'all': all that the tree has"
    )
    parser.add_argument("--seeds", type=int, default=2, help="how many randconfigs")
    parser.add_argument("--base", action="append", help="this config alone, such as rand-7")
    asked = parser.parse_args()
    known = base_names(max(asked.seeds, 0))
    bases = asked.base or known
    for base in bases:
        if base not in known and not base.removeprefix("rand-").isdigit():
            parser.error(f"--base {base}: not one of {', '.join(base_names(0))}, rand-SEED")
    parted = 0
    for version in asked.tree or VERSIONS:
        for arch in _arches(version, asked.arch or ARCHES):
            parted += _compare_target(version, arch, bases)
    print(f"{parted} mismatches")
    return int(parted > 0)


def _arches(version: str, asked: Sequence[str]) -> Sequence[str]:
    return arches_of(version) if "all" in asked else asked


def arches_of(version: str) -> tuple[str, ...]:
    """Every architecture that the tree of that version can be read for."""
    return tuple(sorted({kind.arch for kind in kinds_of(open_tree(tree_path(version)))}))


def _compare_target(version: str, arch: str, bases: tuple[str, ...] | list[str]) -> int:
    """Print a line a comparison; give back how many did not match."""
    parted = 0
    try:
        loaded = load_target(version, arch)
    except NothingToCompareError as nothing:
        print(f"{version} {arch}: {nothing}")
        return 0
    for base in bases:
        try:
            for compared in comparisons(loaded, version, arch, base):
                verdict = "same" if compared.matches else report(compared, version, arch, base)
                print(f"{version} {arch} {compared.name}: {verdict}", flush=True)
                parted += not compared.matches
        except NothingToCompareError as nothing:
            print(f"{version} {arch} {base}: {nothing}")
    return parted


if __name__ == "__main__":
    sys.exit(main())
