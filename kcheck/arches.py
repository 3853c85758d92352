"""The names of architectures: what users say, what make calls ARCH, where Kconfig lies."""

from __future__ import annotations

import os
import re

import msgspec


class SubArchitecture(msgspec.Struct, frozen=True):
    """A kind of machine by the name that people have for it.

    `arch` is make's ARCH; `defconfig` stands for it where that is not what `make defconfig`
    takes; the names of its cross compilers begin with one of `machines`.  Its .configs have
    each symbol of `marks` on or off as said there, those of its siblings do not; a whole
    .config of its has a line about one of `tells`.
    """

    name: str
    arch: str
    machines: tuple[str, ...]
    defconfig: str | None = None
    marks: tuple[tuple[str, bool], ...] = ()
    told_by: tuple[str, ...] = ()

    @property
    def tells(self) -> tuple[str, ...]:
        """The marks themselves, where nothing else is said."""
        return self.told_by or tuple(symbol for symbol, _ in self.marks)


BUILT_FOR = frozenset({"64BIT", "32BIT", "CPU_BIG_ENDIAN", "CPU_LITTLE_ENDIAN"})
"""What makes a kernel run on another kind of machine when it changes."""

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

# Folders below arch/ that several kinds of machine share.
_KINDS = {
    "parisc": (
        SubArchitecture("parisc", "parisc", ("hppa",), marks=(("64BIT", False),)),
        SubArchitecture("parisc64", "parisc64", ("hppa64",), marks=(("64BIT", True),)),
    ),
    "powerpc": (
        SubArchitecture(
            "ppc32", "powerpc", ("powerpc",), "pmac32_defconfig", marks=(("PPC64", False),)
        ),
        SubArchitecture(
            "ppc64",
            "powerpc",
            ("powerpc64",),
            "ppc64_defconfig",
            marks=(("PPC64", True), ("CPU_LITTLE_ENDIAN", False)),
        ),
        SubArchitecture(
            "ppc64le",
            "powerpc",
            ("powerpc64le",),
            "ppc64le_defconfig",
            marks=(("PPC64", True), ("CPU_LITTLE_ENDIAN", True)),
        ),
    ),
    "sparc": (
        SubArchitecture("sparc32", "sparc32", ("sparc", "sparc64"), marks=(("64BIT", False),)),
        SubArchitecture("sparc64", "sparc64", ("sparc64",), marks=(("64BIT", True),)),
    ),
    "x86": (
        # X86_64 has no prompt, and so seldom a line where it is off.
        SubArchitecture(
            "i386",
            "i386",
            ("i686", "i386"),
            marks=(("X86_64", False),),
            told_by=("X86_32", "X86_64"),
        ),
        SubArchitecture("x86_64", "x86_64", ("x86_64",), marks=(("X86_64", True),)),
    ),
}

# What the names of compilers begin with, where that is not the folder's name.
_MACHINE_WORDS = {
    "arm64": ("aarch64",),
    "loongarch": ("loongarch64",),
    "mips": ("mips", "mipsel", "mips64", "mips64el"),
    "openrisc": ("or1k", "openrisc"),
    "riscv": ("riscv64", "riscv32"),
    "s390": ("s390x",),
    "sh": ("sh4", "sh"),
    "um": (),
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


def sub_architectures(srcarch: str) -> tuple[SubArchitecture, ...]:
    """The kinds of machine whose Kconfig lies in that folder, by name."""
    machines = _MACHINE_WORDS.get(srcarch, (srcarch,))
    return _KINDS.get(srcarch, (SubArchitecture(srcarch, srcarch, machines),))


def subarch() -> str:
    """This machine's architecture as the Makefile's SUBARCH has it: make's default ARCH.

    On x86 that is the word x86, with which Kconfig offers 64BIT as a setting.
    """
    machine = os.uname().machine
    for pattern, arch in _MACHINES:
        if re.fullmatch(pattern, machine):
            return arch
    return machine
