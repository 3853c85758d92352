#!/usr/bin/env python3
"""Make the configs in sample_configs: whole configs of real kernels, cut down to live patching.

    python -m tests.real.make_samples            all, from the trees that `make trees` fetches

Each is a config that Debian ships, or a tree's own defconfig, as the tree's Kconfig files
leave it.  Of the minimal defconfig for that, those lines are kept without which one of the
symbols that live patching asks for (kcheck/livepatching.py) would have another value or
another visibility, and those that tell the kind of machine.  No compiler is asked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from kcheck.arches import sub_architectures
from kcheck.dotconfig import DotConfig, parse_dotconfig
from kcheck.evaluate.conf import olddefconfig, savedefconfig
from kcheck.evaluate.valuation import Valuation
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.livepatching import all_symbols
from kcheck.question import default_question, outcome_of
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from kcheck.trees.snapshot import snapshot_of
from tests.real.fetch_trees import debian_config, trees_folder

FOLDER = Path(__file__).parent.parent.parent / "sample_configs"


class Sample(msgspec.Struct, frozen=True):
    """A sample and what it is made of.

    `debian` is the name that Debian has for the architecture; without, it is the defconfig
    that the tree has for `arch`.  `lines` are put behind it, and `also` are symbols whose
    values are to be the same as well.
    """

    name: str
    version: str
    arch: str
    debian: str | None = None
    lines: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return FOLDER / self.name


SAMPLES = (
    Sample("x86_64-7.3-enabled.config", "7.3", "x86_64", "amd64"),
    Sample("s390-5.10-enabled.config", "5.10", "s390"),
    Sample("x86_64-6.1-can-be-enabled.config", "6.1", "x86_64"),
    Sample("s390-6.12-can-be-enabled.config", "6.12", "s390", "s390x"),
    Sample("arm64-7.2-can-be-enabled.config", "7.2", "arm64", "arm64"),
    Sample("loongarch-7.3-can-be-enabled.config", "7.3", "loongarch", "loong64"),
    Sample(
        "x86_64-6.12-conflict.config", "6.12", "x86_64", "amd64", ("CONFIG_TRIM_UNUSED_KSYMS=y",)
    ),
    Sample("powerpc-7.3-blocked-by-toolchain.config", "7.3", "powerpc", "ppc64el"),
    Sample(
        "x86_64-6.12-blocked-by-toolchain.config", "6.12", "x86_64", "amd64", also=("BPF_SYSCALL",)
    ),
    Sample("i386-6.1-impossible.config", "6.1", "i386", "i386"),
    Sample("riscv-7.2-not-defined.config", "7.2", "riscv", "riscv64"),
)


class Whole(msgspec.Struct, frozen=True):
    """The config that a sample is cut out of, as its tree leaves it, and what it is."""

    loaded: Loaded
    config: DotConfig
    origin: str


def tree_of(sample: Sample) -> Path:
    """Where the tree lies that a sample is made from."""
    return trees_folder() / f"linux-{sample.version}"


def is_there(sample: Sample) -> bool:
    """Whether what a sample is made of has been fetched."""
    if sample.debian is not None and debian_config(sample.version, sample.debian) is None:
        return False
    return tree_of(sample).is_dir()


def whole_of(sample: Sample) -> Whole:
    """Read what a sample is made of."""
    loaded = load(open_tree(tree_of(sample)), sample.arch, Toolchain(), ProbeMode.NONE)
    if sample.debian is None:
        question = default_question(loaded)
        origin, text = question.config_name, outcome_of(question).text
    else:
        found = debian_config(sample.version, sample.debian)
        assert found is not None
        origin, text = f"Debian's {found.name}", found.read_bytes()
    if sample.lines:
        origin += f" with {', '.join(sample.lines)}"
        text += "".join(f"{line}\n" for line in sample.lines).encode()
    made = olddefconfig(loaded.model, parse_dotconfig(text, "base"))
    return Whole(loaded, parse_dotconfig(made.text, "whole"), origin)


def make(sample: Sample, whole: Whole) -> str:
    """The text of a sample."""
    snapshot = snapshot_of(sample.version)
    assert snapshot is not None
    small = load(snapshot, sample.arch, Toolchain(), ProbeMode.NONE)
    names = all_symbols().union(sample.also)
    aim = states(olddefconfig(whole.loaded.model, whole.config).valuation, names)
    minimal = parse_dotconfig(savedefconfig(whole.loaded.model, whole.config), "minimal")
    kinds = sub_architectures(small.target.srcarch)
    marks = {name for kind in kinds for name, _ in kind.marks} & whole.config.by_symbol.keys()
    told = [whole.config.by_symbol[name].text for name in sorted(marks)]

    def is_enough(lines: Sequence[str]) -> bool:
        config = parse_dotconfig("\n".join([*told, *lines]).encode(), "sample")
        return states(olddefconfig(small.model, config).valuation, names) == aim

    lines = [line.text for line in minimal.lines if line.symbol in small.model.symbols]
    assert is_enough(lines), f"{sample.name}: the snapshot makes something else of it"
    kept = [line for line in without_spare(lines, is_enough) if line not in told]
    header = next(line.text for line in whole.config.lines if line.text.startswith("# Linux/"))
    head = ("#", "# Automatically generated file; DO NOT EDIT.", header, "#")
    about = f"# Of {whole.origin}: what bears on live patching."
    return "".join(f"{line}\n" for line in (*head, about, *told, *kept))


def states(valuation: Valuation, names: frozenset[str]) -> dict[str, tuple[str, int]]:
    """Value and visibility of each symbol of `names` that there is."""
    named = sorted(names & valuation.states.keys())
    found = ((name, valuation.states[name]) for name in named)
    return {name: (state.value, int(state.visibility)) for name, state in found}


def without_spare(lines: Sequence[str], is_enough: Callable[[Sequence[str]], bool]) -> list[str]:
    """Those of `lines` of which none, nor any run of them tried, can be left out."""
    kept = list(lines)
    size = len(kept)
    while size:
        at = 0
        while at < len(kept):
            rest = kept[:at] + kept[at + size :]
            if is_enough(rest):
                kept = rest
            else:
                at += size
        size //= 2
    return kept


def main() -> None:
    """Write them all."""
    missing = sorted({sample.version for sample in SAMPLES if not is_there(sample)})
    if missing:
        sys.exit(f"make_samples: no tree or no config of {', '.join(missing)}; make trees")
    for sample in SAMPLES:
        text = make(sample, whole_of(sample))
        sample.path.write_text(text)
        print(f"{sample.name}: {text.count(chr(10))} lines")


if __name__ == "__main__":
    main()
