"""kcheck snapshot: kernel versions without their trees, made and listed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kcheck.cli.options import JobsOption, warn
from kcheck.cli.progress import progress

if TYPE_CHECKING:
    from kcheck.trees.directory import Tree


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(
        help="Kernel versions without their trees: what bears on live patching, for all"
        " architectures.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    commands.command("build")(build)
    commands.command("list")(show)
    app.add_typer(commands, name="snapshot")


def build(
    tree: Annotated[
        Path | None,
        typer.Option("--tree", help="Kernel tree; default: the current folder or one above it."),
    ] = None,
    arch: Annotated[
        list[str] | None,
        typer.Option("--arch", help="all, or an architecture; may be given more than once."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            help="File of snapshots; one that is there gets this version besides. Default:"
            " linux-VERSION.snapshot here.",
        ),
    ] = None,
    jobs: JobsOption = None,
) -> None:
    """Make a snapshot of a kernel tree; --tree FILE of other commands then takes it.

    No compiler is asked: its answers are not in a snapshot.
    """
    from functools import partial

    from kcheck.condense import read_part, version_of
    from kcheck.livepatching import all_symbols
    from kcheck.processes import answers, processes
    from kcheck.trees.directory import open_tree
    from kcheck.trees.snapshot import write_snapshot

    opened = open_tree(tree)
    wanted = _arches(opened, arch or ["all"])
    names = all_symbols()
    read = partial(read_part, opened, names=names)
    with progress("architectures", len(wanted)) as answered:
        workers = jobs or os.cpu_count() or 1
        found = answers(read, wanted, processes(workers), answered)
        parts = sorted(found, key=lambda part: part.arch)
    place = output or Path(f"linux-{opened.version}.snapshot")
    made = write_snapshot(place, version_of(opened, parts, names))
    warn(
        f"{place}: linux {made.version}, {made.symbols} symbols, ARCH={', '.join(made.arches)};"
        f" {made.length} bytes"
    )


def show(
    file: Annotated[
        Path | None,
        typer.Argument(help="File of snapshots; default: those that come with kcheck."),
    ] = None,
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Say which versions and architectures a file of snapshots has."""
    from kcheck.errors import UsageError
    from kcheck.report.snapshots import snapshots_json, snapshots_text
    from kcheck.trees.snapshot import BUILT_IN, listed

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
    versions = listed(file or BUILT_IN)
    sys.stdout.write((snapshots_json if output == "json" else snapshots_text)(versions))


def _arches(tree: Tree, asked: list[str]) -> list[str]:
    """The words for ARCH that are meant.  Raises UsageError for none of the tree's."""
    from kcheck.arches import arch_words, canonical_arch
    from kcheck.errors import UsageError

    known = [word for srcarch in tree.architectures() for word in arch_words(srcarch)]
    if "all" in asked:
        return known
    wanted = [canonical_arch(each) for each in asked]
    for each in wanted:
        if each not in known:
            raise UsageError(f"--arch '{each}': not all, {', '.join(known)}")
    return wanted
