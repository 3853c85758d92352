"""The configuration that `make defconfig` takes for an architecture."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kcheck.arches import subarch
from kcheck.trees.directory import Tree
from kcheck.trees.makefiles import make_facts, text_of
from kcheck.trees.stored import MakeFacts

_POWERPC_FALLBACK = re.compile(r"\$\(uname\),(\w+)\)_defconfig")


def defconfig_name(make: MakeFacts, arch: str, srcarch: str) -> str:
    """KBUILD_DEFCONFIG as arch/SRCARCH/Makefile sets it before anything is configured.

    The few Makefiles that decide by ARCH or by the machine are decided here alike.
    """
    named = make.defconfigs
    machine = os.uname().machine
    if srcarch == "x86":
        word = ("x86_64" if machine == "x86_64" else "i386") if arch == "x86" else arch
        return f"{word}_defconfig"
    if srcarch == "um":
        host = subarch()
        if host == "x86":
            return "x86_64_defconfig" if machine == "x86_64" else "i386_defconfig"
        return f"{host}_defconfig"
    if srcarch == "sparc":
        return "sparc64_defconfig" if arch == "sparc64" else "sparc32_defconfig"
    if srcarch == "parisc":
        return f"generic-{'64' if arch == 'parisc64' else '32'}bit_defconfig"
    if srcarch == "powerpc":
        match = _POWERPC_FALLBACK.search(" ".join(named))
        fallback = match[1] if match else "ppc64"
        return f"{machine if machine.startswith('ppc') else fallback}_defconfig"
    plain = [name for name in named if "$" not in name]
    return plain[-1] if plain else "defconfig"


def default_configs(tree: Tree, arch: str, srcarch: str) -> tuple[Path, ...]:
    """The files that `make defconfig` merges, in order; empty where the tree has none."""
    folder = tree.path / "arch" / srcarch
    named = named_configs(tree, srcarch, defconfig_name(make_facts(tree, srcarch), arch, srcarch))
    if named:
        return named
    for path in (folder / "configs" / "generic_defconfig", folder / "configs" / "defconfig"):
        if path.is_file():
            return (path,)
    return ()


def named_configs(tree: Tree, srcarch: str, name: str) -> tuple[Path, ...]:
    """The files that `make name` merges for a defconfig, in order; empty where there is none."""
    folder = tree.path / "arch" / srcarch
    for path in (folder / "configs" / name, folder / name):
        if path.is_file():
            return (path,)
    return _merged(folder, name)


def _merged(folder: Path, name: str) -> tuple[Path, ...]:
    """A defconfig that powerpc's Makefile makes of others (merge_into_defconfig)."""
    call = r"\n\t\$\(call merge_into_defconfig(?:_override)?,([^,)]+),([^)]*)\)"
    rule = re.search(rf"^{re.escape(name)}:[^\n]*{call}", text_of(folder / "Makefile"), re.M)
    if rule is None:
        return ()
    fragments = [f"{fragment}.config" for fragment in rule[2].replace("\\", " ").split()]
    paths = tuple(folder / "configs" / each for each in (rule[1].strip(), *fragments))
    return paths if all(path.is_file() for path in paths) else ()
