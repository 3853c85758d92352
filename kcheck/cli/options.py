"""The options that all commands share, and the way from them to a question."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kcheck.errors import UsageError

if TYPE_CHECKING:
    from kcheck.kconfig.load import Loaded
    from kcheck.question import Question
    from kcheck.report.text import Subject

TreeOption = Annotated[
    Path | None,
    typer.Option("--tree", help="Kernel tree; default: the current folder or one above it."),
]
ArchOption = Annotated[
    str | None, typer.Option("--arch", help="Architecture; default: this machine's.")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The .config; default: the tree's, else its defaults."),
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


def load_tree(
    tree: Path | None,
    arch: str | None,
    cc: str | None,
    cross_compile: str | None,
    llvm: str | None,
    probes: str,
) -> Loaded:
    """Read the tree as the options say.  Raises the errors of kcheck.kconfig.load.load."""
    from kcheck.kconfig.load import ProbeMode, load
    from kcheck.toolchain.programs import Toolchain
    from kcheck.trees.directory import open_tree

    try:
        mode = ProbeMode(probes)
    except ValueError:
        raise UsageError(f"--probes '{probes}': not run, recorded or none") from None
    loaded = load(open_tree(tree), arch, Toolchain(cc, cross_compile, llvm), mode)
    for note in loaded.notes:
        warn(note)
    return loaded


def choose_config(loaded: Loaded, path: Path | None) -> Question:
    """The config to look at: the one named, the tree's .config, or the tree's defaults.

    Raises ConfigError for one that cannot be read or is another architecture's.
    """
    from kcheck.question import default_question, named_question

    own = loaded.target.tree.path / ".config"
    named = own if path is None and own.is_file() else path
    question = default_question(loaded) if named is None else named_question(loaded, named)
    for note in question.notes:
        warn(note)
    return question


def subject_of(question: Question) -> Subject:
    """What a report says that it is about."""
    from kcheck.question import short_compiler
    from kcheck.report.text import Subject

    facts = question.loaded.model.target
    return Subject(facts.version, facts.arch, short_compiler(facts.compiler), question.full_name)


def warn(message: str) -> None:
    """One line on stderr."""
    sys.stderr.write(f"kcheck: {message}\n")
