"""The options that make adds to every call of clang (scripts/Makefile.clang)."""

from __future__ import annotations

from kcheck.arches import subarch

_TARGETS = {
    "arm": "arm-linux-gnueabi",
    "arm64": "aarch64-linux-gnu",
    "hexagon": "hexagon-linux-musl",
    "i386": "i386-linux-gnu",
    "loongarch": "loongarch64-linux-gnusf",
    "m68k": "m68k-linux-gnu",
    "mips": "mipsel-linux-gnu",
    "powerpc": "powerpc64le-linux-gnu",
    "riscv": "riscv64-linux-gnu",
    "s390": "s390x-linux-gnu",
    "sparc": "sparc64-linux-gnu",
    "x86": "x86_64-linux-gnu",
}

# Warnings made errors, and the first version that does so.
_ERRORS = (
    ("unknown-warning-option", (2, 6)),
    ("ignored-optimization-argument", (6, 0)),
    ("option-ignored", (6, 5)),
    ("unused-command-line-argument", (6, 5)),
)


def clang_flags(numbers: tuple[int, ...], srcarch: str, prefix: str) -> str:
    """CLANG_FLAGS for a kernel of that version; `prefix` is CROSS_COMPILE."""
    flags: list[str] = []
    target = _TARGETS.get(subarch() if srcarch == "um" else srcarch)
    if prefix and numbers < (6, 3):
        target = prefix.rstrip("-").rsplit("/", 1)[-1]
    elif numbers < (5, 15):
        # Before scripts/Makefile.clang a target was named only for a cross build.
        target = None
    if target:
        flags.append(f"--target={target}")
    flags.append("-fintegrated-as" if numbers >= (5, 15) else "-fno-integrated-as")
    flags += [f"-Werror={name}" for name, since in _ERRORS if numbers >= since]
    return " ".join(flags)
