"""The options that all commands share, and the way from them to a question."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kcheck.errors import UsageError

if TYPE_CHECKING:
    from kcheck.kconfig.load import ProbeMode
    from kcheck.question import Question
    from kcheck.report.text import Subject

TreeOption = Annotated[
    Path | None,
    typer.Option(
        "--tree",
        help="Kernel tree, file of snapshots, or version (6.12) of a snapshot; default: the"
        " tree around the current folder, the running kernel's, the snapshot of its version.",
    ),
]
WholeTreeOption = Annotated[
    Path | None,
    typer.Option(
        "--tree",
        help="Kernel tree; default: the tree around the current folder, the running kernel's.",
    ),
]
ArchOption = Annotated[
    str | None,
    typer.Option(
        "--arch", help="Architecture; default: this machine's, for a snapshot the config's."
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="The .config; default: the tree's, else its defaults; without a tree the running"
        " kernel's.",
    ),
]
CcOption = Annotated[str | None, typer.Option("--cc", help="The C compiler, as make CC=.")]
CrossOption = Annotated[
    str | None,
    typer.Option("--cross-compile", help="Prefix of the compiler's programs, as make's."),
]
LlvmOption = Annotated[
    str | None, typer.Option("--llvm", help="Use LLVM: 1, a suffix (-18) or a folder (dir/).")
]
ProbesOption = Annotated[
    str,
    typer.Option(
        "--probes",
        help="Ask the compiler (run), take saved answers (recorded), or start nothing (none).",
    ),
]

JobsOption = Annotated[
    int | None, typer.Option("--jobs", min=1, help="Processes at a time; default: one a processor.")
]


def ask(
    tree: Path | None,
    arch: str | None,
    config: Path | None,
    cc: str | None,
    cross_compile: str | None,
    llvm: str | None,
    probes: str,
) -> Question:
    """What the options ask about, read; what the user should know of it goes to stderr.

    Raises the errors of kcheck.sources.
    """
    from kcheck.sources import open_question, sources
    from kcheck.toolchain.programs import Toolchain
    from kcheck.trees.running import running_system

    found = sources(tree, config, arch, running_system())
    toolchain = Toolchain(cc, cross_compile, llvm)
    processes = os.cpu_count() or 1
    question, notes = open_question(found, toolchain, probe_mode(probes), processes)
    for note in notes:
        warn(note)
    return question


def probe_mode(probes: str) -> ProbeMode:
    """The option's value.  Raises UsageError for none that it takes."""
    from kcheck.kconfig.load import ProbeMode

    try:
        return ProbeMode(probes)
    except ValueError:
        raise UsageError(f"--probes '{probes}': not run, recorded or none") from None


def subject_of(question: Question) -> Subject:
    """What a report says that it is about."""
    from kcheck.question import short_compiler
    from kcheck.report.text import Subject
    from kcheck.trees.snapshot import Snapshot

    facts = question.loaded.facts
    version = facts.version
    if isinstance(question.loaded.target.tree, Snapshot):
        version += " (snapshot)"
    return Subject(version, facts.arch, short_compiler(facts.compiler), question.full_name)


def warn(message: str) -> None:
    """One line on stderr, whatever names of files are in it."""
    from kcheck.printable import one_line

    sys.stderr.write(f"kcheck: {one_line(message)}\n")
