"""What is asked about: a tree, an architecture, a compiler; and what Kconfig sees of them."""

from __future__ import annotations

import difflib
import os

import msgspec

from kcheck.arches import arch_words, canonical_arch, srcarch_of, subarch
from kcheck.errors import ArchError, TreeError
from kcheck.toolchain.clang import clang_flags
from kcheck.toolchain.probes import Answer, Prober
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import defconfig_name
from kcheck.trees.directory import Tree
from kcheck.trees.makefiles import make_facts
from kcheck.trees.snapshot import Snapshot

# NM as some architectures' Makefiles set it anew (arch/*/Makefile).
_NM_OPTIONS = {"alpha": "-B", "powerpc": "--synthetic"}


class Asked(msgspec.Struct, frozen=True):
    """A variable that make fills by asking a program: the command and its answer."""

    command: str
    answer: Answer


class Target(msgspec.Struct, frozen=True):
    """A tree seen as one architecture with one compiler.

    `environment` is what a process that conf starts would find: what make exports, on
    top of the user's own variables; `asked` says of some how they came about.
    """

    tree: Tree | Snapshot
    arch: str
    srcarch: str
    toolchain: Toolchain
    environment: dict[str, str]
    asks: frozenset[str]
    asked: dict[str, Asked] = {}

    @property
    def whole_tree(self) -> Tree:
        """The tree in a folder.  Raises TreeError for a snapshot, which lacks most of one."""
        if isinstance(self.tree, Tree):
            return self.tree
        raise TreeError(
            f"the snapshot of linux {self.tree.version} has only what bears on live patching;"
            " this takes a whole kernel tree: name one with --tree"
        )


SRCTREE = "$(srctree)"
"""What stands for the tree's folder in the commands of a snapshot, which has none."""


def make_target(tree: Tree | Snapshot, arch: str | None, toolchain: Toolchain) -> Target:
    """The target for `arch`; without one, for this machine's architecture.

    The versions of compiler, rustc and pahole are not in the environment yet, since they
    have to be asked for: see `with_versions`.  Raises ArchError for an architecture that
    the tree does not have.
    """
    arch = canonical_arch(arch) if arch else subarch()
    srcarch = srcarch_of(arch)
    _require_arch(tree, arch, srcarch)
    make = tree.arch(arch).make if isinstance(tree, Snapshot) else make_facts(tree, srcarch)
    prefix = toolchain.prefix(arch, make.seeks_compiler and subarch() != srcarch)
    environment = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
    environment |= toolchain.programs(prefix)
    if srcarch in _NM_OPTIONS:
        environment["NM"] += f" {_NM_OPTIONS[srcarch]}"
    environment |= {
        "ARCH": arch,
        "SRCARCH": srcarch,
        "srctree": SRCTREE if isinstance(tree, Snapshot) else str(tree.path),
        "objtree": ".",
        "KERNELVERSION": tree.version,
        "CROSS_COMPILE": prefix,
        "CONFIG_SHELL": "sh",
        "HOSTCC": "clang" if toolchain.llvm else "gcc",
        "KBUILD_DEFCONFIG": defconfig_name(make, arch, srcarch),
        "KCONFIG_CONFIG": ".config",
        "LC_COLLATE": "C",
        "LC_NUMERIC": "C",
        "PAHOLE": "pahole",
        "PYTHON3": "python3",
    }
    if tree.numbers >= (6, 1):
        environment |= {"RUSTC": "rustc", "BINDGEN": "bindgen", "RUSTC_BOOTSTRAP": "1"}
    if srcarch == "um":
        host = subarch()
        environment |= {"SUBARCH": host, "HEADER_ARCH": host}
    return Target(tree, arch, srcarch, toolchain, environment, make.asks)


_HIDDEN = frozenset({"CONFIG_", "LC_ALL", "KCONFIG_ALLCONFIG", "MAKEFLAGS", "MAKELEVEL"})
"""Variables of the user that make takes away from conf, or that mean something to it."""


def _require_arch(tree: Tree | Snapshot, arch: str, srcarch: str) -> None:
    known = tree.architectures()
    if srcarch in known:
        return
    words = [word for name in known for word in arch_words(name)]
    near = difflib.get_close_matches(arch, words, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ArchError(
        f"linux {tree.version} has no architecture '{arch}'{hint} (it has {', '.join(known)})"
    )


def with_versions(target: Target, prober: Prober) -> Target:
    """The target with what make learns by asking the programs for their versions."""
    environment = target.environment
    script = f"{environment['srctree']}/scripts/pahole-version.sh"
    commands = {
        "CC_VERSION_TEXT": f"LC_ALL=C {environment['CC']} --version 2>/dev/null | head -n 1"
    }
    if "RUSTC_VERSION_TEXT" in target.asks:
        commands["RUSTC_VERSION_TEXT"] = f"{environment['RUSTC']} --version 2>/dev/null"
    if "PAHOLE_VERSION" in target.asks:
        commands["PAHOLE_VERSION"] = f"{script} {environment['PAHOLE']}"
    asked = {
        name: Asked(command, prober.ask(command, f"$({name})"))
        for name, command in commands.items()
    }
    told = {name: each.answer.text.replace("#", "") for name, each in asked.items()}
    if "clang" in told["CC_VERSION_TEXT"]:
        prefix = environment["CROSS_COMPILE"]
        told["CLANG_FLAGS"] = clang_flags(target.tree.numbers, target.srcarch, prefix)
    return msgspec.structs.replace(target, environment={**environment, **told}, asked=asked)
