"""The programs that make hands to Kconfig, by the names that its Makefile gives them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from kcheck.arches import SubArchitecture, srcarch_of, subarch
from kcheck.errors import ToolchainError

_GNU = {"CC": "gcc", "LD": "ld", "AR": "ar", "NM": "nm", "OBJCOPY": "objcopy"} | {
    name: name.lower() for name in ("OBJDUMP", "READELF", "STRIP")
}
_LLVM = {"CC": "clang", "LD": "ld.lld"} | {
    name: f"llvm-{name.lower()}" for name in ("AR", "NM", "OBJCOPY", "OBJDUMP", "READELF", "STRIP")
}

_SUFFIXES = ("linux", "linux-gnu", "unknown-linux-gnu")


def _prefixes(machines: tuple[str, ...], suffixes: tuple[str, ...] = _SUFFIXES) -> tuple[str, ...]:
    return tuple(f"{machine}-{suffix}-" for machine in machines for suffix in suffixes)


# Cross compilers that an architecture's Makefile looks for by itself when none is named:
# arch/*/Makefile, cc-cross-prefix.  Those of mips and loongarch need a .config first.
_SOUGHT_PREFIXES: dict[str, tuple[str, ...]] = {
    "arc": ("arc-linux-", "arceb-linux-", "arc-linux-gnu-"),
    "m68k": ("m68k-linux-gnu-", "m68k-linux-", "m68k-unknown-linux-gnu-"),
    "parisc": _prefixes(("hppa", "hppa2.0", "hppa1.1"), (*_SUFFIXES, "suse-linux")),
    "parisc64": _prefixes(("hppa64",), (*_SUFFIXES, "suse-linux")),
    "powerpc": _prefixes(("powerpc", "powerpc64", "powerpc64le")),
    "sh": ("sh-linux-", "sh-linux-gnu-", "sh-unknown-linux-gnu-"),
}


_ANY_SUFFIX = (*_SUFFIXES, "linux-gnueabihf", "linux-gnueabi")


@lru_cache(maxsize=64)
def installed_prefix(machines: tuple[str, ...]) -> str | None:
    """The prefix of a cross compiler for one of these machines, of those in PATH the first."""
    for prefix in _prefixes(machines, _ANY_SUFFIX):
        if shutil.which(f"{prefix}gcc") and shutil.which(f"{prefix}ld"):
            return prefix
    return None


class Toolchain(msgspec.Struct, frozen=True):
    """What the user says about the compiler; None where nothing was said.

    `cc` overrides the compiler alone, `cross_compile` is the prefix of all programs,
    `llvm` is make's LLVM=: "1", a suffix such as "-18", or a folder that ends in "/".
    """

    cc: str | None = None
    cross_compile: str | None = None
    llvm: str | None = None

    def programs(self, prefix: str) -> dict[str, str]:
        """make's variables for the programs (top Makefile, "Make variables (CC, etc...)")."""
        if self.llvm:
            before = self.llvm if self.llvm.endswith("/") else ""
            behind = self.llvm if self.llvm.startswith("-") else ""
            programs = {name: f"{before}{program}{behind}" for name, program in _LLVM.items()}
        else:
            programs = {name: f"{prefix}{program}" for name, program in _GNU.items()}
        if self.cc:
            programs["CC"] = self.cc
        return programs

    def prefix(self, arch: str, seek: bool) -> str:
        """CROSS_COMPILE as make ends up with: the user's, else one the Makefile finds.

        `seek` says whether this tree's Makefile looks for one.
        """
        if self.cross_compile is not None or not seek:
            return self.cross_compile or ""
        sought = _SOUGHT_PREFIXES.get(arch, ())
        return next((prefix for prefix in sought if shutil.which(f"{prefix}gcc")), "")


def require_programs(environment: Mapping[str, str]) -> None:
    """Raise ToolchainError where the compiler or the linker cannot be found."""
    for name, option in (("CC", "--cc"), ("LD", "--cross-compile or --llvm")):
        words = environment[name].split()
        if not words or shutil.which(words[0], path=environment.get("PATH")) is None:
            what = "compiler" if name == "CC" else "linker"
            raise ToolchainError(
                f"{what} '{environment[name]}' not found; install it, name another with"
                f" {option}, or use --probes none"
            )


def toolchain_for(kind: SubArchitecture, given: Toolchain) -> Toolchain:
    """What the user named; else a cross compiler for that machine if one is installed."""
    if given.cc or given.llvm or srcarch_of(kind.arch) == srcarch_of(subarch()):
        return given
    return msgspec.structs.replace(given, cross_compile=installed_prefix(kind.machines))
