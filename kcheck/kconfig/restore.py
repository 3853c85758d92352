"""A snapshot of a tree, for one target, back into a Model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from kcheck.errors import KconfigSyntaxError, ToolchainError
from kcheck.kconfig.draft import Draft
from kcheck.kconfig.library import token_of
from kcheck.kconfig.parser import Parser
from kcheck.kconfig.reader import facts_of
from kcheck.model import Choice, Comment, Definition, Entry, If, Menu, Model
from kcheck.toolchain.probes import Prober
from kcheck.trees.snapshot import Snapshot
from kcheck.trees.stored import StoredArch, StoredEntry, StoredLine, numbers_of
from kcheck.trees.target import Target

_IF = token_of("if")


def restore_model(snapshot: Snapshot, target: Target, prober: Prober) -> Model:
    """The model of what the snapshot kept, asking `prober` what its lines ask.

    Raises ProbeError where a probe has no answer, and ToolchainError where a line cannot be read
    with the answer to one.
    """
    stored = snapshot.stored
    arch = snapshot.arch(target.arch)
    parser = Parser(Path(), stored.dialect, target.environment, prober, target.asked)
    entries = _entries(parser, stored.entries, arch)
    mentioned = dict.fromkeys(stored.operands[number] for number in numbers_of(arch.mentioned))
    mentioned |= dict.fromkeys(parser.mentioned)
    return Model(
        target=facts_of(target, prober),
        dialect=stored.dialect,
        title="",
        modules=arch.modules,
        entries=entries,
        probes=tuple(parser.probes),
        files=tuple(dict.fromkeys(entry.location.file for entry in entries)),
        mentioned=tuple(mentioned),
        kept=stored.kept,
    )


def _entries(
    parser: Parser, stored: tuple[StoredEntry, ...], arch: StoredArch
) -> tuple[Entry, ...]:
    made: list[Entry] = []
    waiting = list(reversed(arch.assignments))
    for place, (number, depth) in enumerate(zip(numbers_of(arch.steps), arch.depths, strict=True)):
        while waiting and waiting[-1].before <= place:
            parser.read_line(waiting.pop().line)
        kept = stored[number]
        entry = msgspec.structs.replace(kept.entry, parent=place - depth if depth else -1)
        if kept.lines:
            with _answers_blamed(parser):
                entry = _with_lines(parser, entry, kept.lines)
        made.append(entry)
    return tuple(made)


def _with_lines(parser: Parser, entry: Entry, lines: tuple[tuple[int, StoredLine], ...]) -> Entry:
    if isinstance(entry, If):
        statement = parser.read_line(lines[0][1])
        statement.require(_IF)
        condition = statement.expr()
        statement.end()
        return msgspec.structs.replace(entry, condition=condition, probes=statement.probes)
    draft = Draft(_kind(entry), "", entry.location)
    at = 0
    for number, line in lines:
        draft.properties += entry.properties[at:number]
        at = number
        parser.read_property(line, draft)
    draft.properties += entry.properties[at:]
    return msgspec.structs.replace(entry, properties=tuple(draft.properties))


@contextmanager
def _answers_blamed(parser: Parser) -> Iterator[None]:
    """A line was sound when it was kept; so it is an answer that it cannot be read with."""
    try:
        yield
    except KconfigSyntaxError:
        asked = [parser.probes[number] for number in parser.line_probes]
        if not asked:
            raise
        # Where only one answer is empty, that is the one.
        probe = next((each for each in asked if not each.answer), asked[-1])
        raise ToolchainError(
            f"{parser.location}: cannot be read, since '{probe.command.strip()}' answers"
            f" '{probe.answer}' with compiler '{parser.environment['CC']}'; name another with --cc,"
            " --cross-compile or --llvm, or use --probes none"
        ) from None


def _kind(entry: Definition | Choice | Menu | Comment) -> str:
    return str(entry.__struct_config__.tag)
