"""What a snapshot keeps of a kernel version: facts of its Kconfig files, for all architectures.

An entry that several architectures read is kept once.  A line that rests on a probe's answer
is kept as it is written, since the answer is another compiler's each time; of every other
line the meaning alone.  Texts of prompts, menus and helps are not kept.
"""

from __future__ import annotations

import msgspec

from kcheck.model import Dialect, Entry, Kept, Location, Operand


class StoredLine(msgspec.Struct, frozen=True, array_like=True):
    """A statement as the file has it, but for the text of a prompt."""

    location: Location
    text: str


class StoredEntry(msgspec.Struct, frozen=True, array_like=True):
    """An entry whose properties rest on no probe, and the lines to be read besides.

    The entry's `parent` means nothing.  Each line stands before the property at its number;
    for an `if` the line has its condition.
    """

    entry: Entry
    lines: tuple[tuple[int, StoredLine], ...] = ()


class StoredAssignment(msgspec.Struct, frozen=True, array_like=True):
    """A macro's definition, read when `before` entries of the architecture have been."""

    before: int
    line: StoredLine


class MakeFacts(msgspec.Struct, frozen=True, array_like=True):
    """What the Makefiles say of what conf gets to see.

    `seeks_compiler`: the architecture's own looks for a cross compiler where none is named;
    `asks`: the variables that the top one fills by asking programs for their version;
    `defconfigs`: what KBUILD_DEFCONFIG is set to, in the order written.
    """

    seeks_compiler: bool
    asks: frozenset[str]
    defconfigs: tuple[str, ...]


class StoredDefconfig(msgspec.Struct, frozen=True, array_like=True):
    """A defconfig's lines about the symbols that are kept, each with its number."""

    name: str
    lines: tuple[tuple[int, str], ...]


class StoredArch(msgspec.Struct, frozen=True, array_like=True):
    """One ARCH: which of the version's entries it reads, and what else differs.

    `steps` lead from one entry's number to the next one's, `depths` from an entry back to the
    block around it (0: none); `mentioned` are steps likewise.  `default` is the defconfig that
    make takes there; `symbols` counts those that the whole tree has.
    """

    srcarch: str
    modules: str | None
    steps: tuple[int, ...]
    depths: tuple[int, ...]
    mentioned: tuple[int, ...]
    assignments: tuple[StoredAssignment, ...]
    make: MakeFacts
    default: str | None
    defconfigs: tuple[StoredDefconfig, ...]
    symbols: int


class StoredVersion(msgspec.Struct, frozen=True, array_like=True):
    """A kernel version as make computes it; `arches` are StoredArch, by ARCH."""

    version: str
    dialect: Dialect
    entries: tuple[StoredEntry, ...]
    operands: tuple[Operand, ...]
    kept: Kept
    arches: dict[str, msgspec.Raw]


def steps_of(numbers: list[int]) -> tuple[int, ...]:
    """Numbers as differences, which are small and alike."""
    return tuple(each - before for before, each in zip([0, *numbers], numbers, strict=False))


def numbers_of(steps: tuple[int, ...]) -> list[int]:
    """The numbers that such differences stand for."""
    numbers: list[int] = []
    at = 0
    for step in steps:
        at += step
        numbers.append(at)
    return numbers
