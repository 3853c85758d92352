"""The names of architectures: what users say, what make calls ARCH, where Kconfig lies."""

from __future__ import annotations

import os
import re

# ARCH words that share another's folder (top Makefile, "Additional ARCH settings").
_SHARED_FOLDERS = {
    "i386": "x86",
    "x86_64": "x86",
    "sparc32": "sparc",
    "sparc64": "sparc",
    "parisc64": "parisc",
    "sh64": "sh",
}

# Names of machines and of distributions' ports, and the ARCH that they mean.
_ALIASES = {
    "aarch64": "arm64",
    "amd64": "x86_64",
    "arm64el": "arm64",
    "armel": "arm",
    "armhf": "arm",
    "armv7l": "arm",
    "i586": "i386",
    "i686": "i386",
    "loong64": "loongarch",
    "loongarch64": "loongarch",
    "mips64el": "mips",
    "mipsel": "mips",
    "ppc": "powerpc",
    "ppc64": "powerpc",
    "ppc64el": "powerpc",
    "ppc64le": "powerpc",
    "riscv32": "riscv",
    "riscv64": "riscv",
    "s390x": "s390",
}

# scripts/subarch.include: uname -m made into an ARCH, the first pattern that fits.
_MACHINES = (
    (r"i.86", "x86"),
    (r"x86_64", "x86"),
    (r"sun4u", "sparc64"),
    (r"aarch64.*|arm64", "arm64"),
    (r"arm.*|sa110", "arm"),
    (r"s390x", "s390"),
    (r"ppc.*", "powerpc"),
    (r"mips.*", "mips"),
    (r"sh[234].*", "sh"),
    (r"riscv.*", "riscv"),
    (r"loongarch.*", "loongarch"),
)


def canonical_arch(name: str) -> str:
    """The ARCH that make knows for a name that people use; unknown names stay."""
    return _ALIASES.get(name, name)


def srcarch_of(arch: str) -> str:
    """The folder below arch/ that holds the Kconfig of that ARCH."""
    return _SHARED_FOLDERS.get(arch, arch)


def arch_words(srcarch: str) -> tuple[str, ...]:
    """All ARCH words whose Kconfig lies in that folder."""
    return (srcarch, *(word for word, folder in _SHARED_FOLDERS.items() if folder == srcarch))


def subarch() -> str:
    """This machine's architecture as the Makefile's SUBARCH has it: make's default ARCH.

    On x86 that is the word x86, with which Kconfig offers 64BIT as a setting.
    """
    machine = os.uname().machine
    for pattern, arch in _MACHINES:
        if re.fullmatch(pattern, machine):
            return arch
    return machine
