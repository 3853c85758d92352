"""kcheck history: a symbol over kernel versions and architectures."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from kcheck.cli.options import CcOption, JobsOption, LlvmOption, ProbesOption, probe_mode
from kcheck.cli.progress import progress
from kcheck.cli.trees import built_in, open_word


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("history")(history)


def history(
    symbols: Annotated[
        list[str], typer.Argument(metavar="SYMBOL...", help="With or without CONFIG_.")
    ],
    tree: Annotated[
        list[str] | None,
        typer.Option(
            "--tree",
            help="A tree, oldest first: a folder, a version of a snapshot, or a git revision; to"
            " be given more than once. Default: all snapshots that come with kcheck.",
        ),
    ] = None,
    arch: Annotated[
        list[str] | None,
        typer.Option("--arch", help="An architecture alone; may be given more than once."),
    ] = None,
    cc: CcOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
    jobs: JobsOption = None,
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Say since when SYMBOL can be had on which architecture, and what changed around it.

    Each version is asked on its own defconfigs.  Exit code 0, or 2 where a version could not
    be asked.
    """
    from kcheck.compare import compare, journeys
    from kcheck.errors import UsageError
    from kcheck.matrix import Asked, kinds_of
    from kcheck.report.diff import notes_of
    from kcheck.report.history import history_json, history_text
    from kcheck.survey import Unanswered
    from kcheck.toolchain.programs import Toolchain, toolchain_for
    from kcheck.trees.places import place_of

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
    mode, given = probe_mode(probes), Toolchain(cc, None, llvm)
    wanted = tuple(dict.fromkeys(symbol.removeprefix("CONFIG_") for symbol in symbols))
    with ExitStack() as stack:
        here = Path.cwd()
        opened = [open_word(stack, word, here) for word in tree] if tree else built_in()
        if len(opened) < 2:
            raise UsageError("--tree: a history takes two trees or more; kcheck explain takes one")
        by_tree = [
            {
                kind.name: Asked(
                    place_of(each), kind, None, toolchain_for(kind, given), mode, wanted
                )
                for kind in kinds_of(each)
                if not arch or {kind.name, kind.arch} & set(arch)
            }
            for each, _ in opened
        ]
        asked = journeys(by_tree)
        if not asked:
            raise UsageError(f"--arch {', '.join(arch or ())}: no tree has that architecture")
        with progress("architectures", len(asked)) as answered:
            versions = [version for _, version in opened]
            found = compare(versions, wanted, asked, jobs or os.cpu_count() or 1, answered)
    notes = notes_of(found)
    if output == "json":
        sys.stdout.write(history_json(found, notes))
    else:
        sys.stdout.write(history_text(found, "each on its own defconfigs", notes))
    if any(isinstance(row, Unanswered) for course in found.courses for row in course.rows):
        raise typer.Exit(2)
