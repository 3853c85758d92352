"""A kernel tree made into a snapshot: the cone of some symbols, for many architectures."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from kcheck.arches import sub_architectures
from kcheck.dotconfig import merge_dotconfigs, read_dotconfig
from kcheck.kconfig.parser import Parser
from kcheck.kconfig.reader import read_with_statements
from kcheck.model import (
    Comment,
    Constant,
    Definition,
    Elsewhere,
    Entry,
    If,
    Kept,
    Location,
    Menu,
    Model,
    Operand,
    Prompt,
    Property,
)
from kcheck.parts import parts_of
from kcheck.toolchain.assume import AssumingProber
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import default_configs, defconfig_name, named_configs
from kcheck.trees.directory import Tree
from kcheck.trees.makefiles import make_facts
from kcheck.trees.stored import (
    StoredArch,
    StoredAssignment,
    StoredDefconfig,
    StoredEntry,
    StoredLine,
    StoredVersion,
    steps_of,
)
from kcheck.trees.target import make_target, with_versions

_CALLED = re.compile(r"\$\(\s*([A-Za-z0-9_-]+)")
_ASSIGNED = re.compile(r"\s*([A-Za-z0-9_-]+)\s*(?:\+|:)?=")
_WITH_TEXT = re.compile(
    r"""((?:bool|boolean|tristate|int|hex|string|prompt)\s+)"""
    r"""["']((?:(?<=")(?:[^"\\]|\\.)*(?="))|(?:(?<=')(?:[^'\\]|\\.)*(?=')))["']"""
)
"""A type or `prompt` with the text of a prompt behind it."""


class Part(msgspec.Struct, frozen=True):
    """What one process reads for one ARCH.

    `model` is the cone's, `entries` are its entries as they are kept; `defined` are all
    symbols that the whole tree defines there.
    """

    arch: str
    srcarch: str
    model: Model
    entries: tuple[StoredEntry, ...]
    assignments: tuple[StoredAssignment, ...]
    default: str | None
    defconfigs: tuple[StoredDefconfig, ...]
    defined: frozenset[str]


def read_part(tree: Tree, arch: str, names: frozenset[str]) -> Part:
    """Read `tree` for `arch` and keep the cone of `names`; no program is asked anything.

    Raises ArchError and KconfigSyntaxError.
    """
    prober = AssumingProber()
    target = with_versions(make_target(tree, arch, Toolchain()), prober)
    whole, parser = read_with_statements(target, prober)
    parts = parts_of(whole)
    kept = parts.cone(names)
    model = parts.part(kept)
    entries = tuple(_stored(entry, parser.unsettled) for entry in model.entries)
    default, defconfigs = _defconfigs(tree, arch, target.srcarch, kept)
    return Part(
        arch,
        target.srcarch,
        model,
        entries,
        _assignments(parser, tuple(parts.standing(kept)), entries),
        default,
        defconfigs,
        frozenset(whole.symbols),
    )


def version_of(tree: Tree, parts: Sequence[Part], names: frozenset[str]) -> StoredVersion:
    """The parts, read for `names`, put together: what they share is kept once."""
    entries: dict[StoredEntry, int] = {}
    operands: dict[Operand, int] = {}
    arches: dict[str, msgspec.Raw] = {}
    for part in parts:
        numbers = [entries.setdefault(each, len(entries)) for each in part.entries]
        mentioned = [operands.setdefault(each, len(operands)) for each in part.model.mentioned]
        arch = StoredArch(
            part.srcarch,
            part.model.modules,
            steps_of(numbers),
            tuple(
                place - entry.parent if entry.parent >= 0 else 0
                for place, entry in enumerate(part.model.entries)
            ),
            steps_of(mentioned),
            part.assignments,
            make_facts(tree, part.srcarch),
            part.default,
            part.defconfigs,
            len(part.defined),
        )
        arches[part.arch] = msgspec.Raw(msgspec.msgpack.encode(arch))
    return StoredVersion(
        tree.version,
        parts[0].model.dialect,
        tuple(entries),
        tuple(operands),
        Kept(names, _elsewhere(parts)),
        arches,
    )


def _stored(entry: Entry, unsettled: Mapping[Location, str]) -> StoredEntry:
    """The entry without its texts and its place; lines that rest on probes as written."""
    if isinstance(entry, If):
        text = unsettled.get(entry.location)
        if text is None:
            return StoredEntry(msgspec.structs.replace(entry, parent=-1))
        bare_if = msgspec.structs.replace(entry, parent=-1, condition=Constant("n"), probes=())
        return StoredEntry(bare_if, ((0, StoredLine(entry.location, text.strip())),))
    settled: list[Property] = []
    lines: dict[Location, tuple[int, StoredLine]] = {}
    for item in entry.properties:
        text = unsettled.get(item.location)
        if text is None:
            settled.append(
                msgspec.structs.replace(item, text=_left_of(item.text))
                if isinstance(item, Prompt)
                else item
            )
        else:
            line = StoredLine(item.location, _without_prompt(text.strip()))
            lines.setdefault(item.location, (len(settled), line))
    bare = msgspec.structs.replace(entry, parent=-1, properties=tuple(settled))
    if isinstance(bare, Menu | Comment):
        bare = msgspec.structs.replace(bare, title=_left_of(bare.title))
    return StoredEntry(bare, tuple(lines.values()))


def _without_prompt(text: str) -> str:
    found = _WITH_TEXT.match(text)
    return f'{found[1]}"{_left_of(found[2])}"{text[found.end() :]}' if found else text


def _left_of(text: str) -> str:
    """What is left of a text: whether there is any, since an entry without has no submenu."""
    return "-" if text else ""


def _assignments(
    parser: Parser, kept: tuple[int, ...], entries: Iterable[StoredEntry]
) -> tuple[StoredAssignment, ...]:
    """The macros that the kept lines call, near and far, each before the entry it preceded."""
    by_name: dict[str, list[StoredAssignment]] = {}
    for each in parser.assignments:
        found = _ASSIGNED.match(each.line.text)
        if found:
            by_name.setdefault(found[1], []).append(each)
    waiting = [line.text for entry in entries for _, line in entry.lines]
    called: set[str] = set()
    while waiting:
        for name in set(_CALLED.findall(waiting.pop())) - called:
            called.add(name)
            waiting += (each.line.text for each in by_name.get(name, ()))
    needed = [each for each in parser.assignments if _name(each) in called]
    return tuple(
        StoredAssignment(
            bisect_left(kept, each.before),
            StoredLine(each.line.location, each.line.text.strip()),
        )
        for each in needed
    )


def _name(assignment: StoredAssignment) -> str:
    found = _ASSIGNED.match(assignment.line.text)
    return found[1] if found else ""


def _defconfigs(
    tree: Tree, arch: str, srcarch: str, names: frozenset[str]
) -> tuple[str | None, tuple[StoredDefconfig, ...]]:
    """The name of what `make defconfig` takes there, and every defconfig that may be asked for."""
    found: dict[str, StoredDefconfig] = {}
    default = None
    files = default_configs(tree, arch, srcarch)
    if files:
        default = (
            files[0].name
            if len(files) == 1
            else defconfig_name(make_facts(tree, srcarch), arch, srcarch)
        )
        found[default] = _defconfig(default, files, names)
    for kind in sub_architectures(srcarch):
        if kind.defconfig is not None and kind.arch == arch:
            files = named_configs(tree, srcarch, kind.defconfig)
            if files:
                found[kind.defconfig] = _defconfig(kind.defconfig, files, names)
    return default, tuple(found.values())


def _defconfig(name: str, files: Sequence[Path], names: frozenset[str]) -> StoredDefconfig:
    merged = merge_dotconfigs(name, [read_dotconfig(each) for each in files])
    lines = ((line.number, line.text) for line in merged.lines if line.symbol in names)
    return StoredDefconfig(name, tuple(lines))


def _elsewhere(parts: Sequence[Part]) -> dict[str, Elsewhere]:
    """The kept symbols that some architecture lacks: where they are defined, and for which."""
    places: dict[str, set[Location]] = {}
    for part in parts:
        for entry in part.model.entries:
            if isinstance(entry, Definition):
                places.setdefault(entry.symbol, set()).add(entry.location)
    return {
        name: Elsewhere(
            tuple(sorted(places[name])),
            tuple(sorted({part.srcarch for part in parts if name in part.defined})),
        )
        for name in sorted(places)
        if any(name not in part.defined for part in parts)
    }
