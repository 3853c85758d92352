"""kcheck arches: one question over every architecture of a tree."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kcheck.cli.options import (
    CcOption,
    JobsOption,
    LlvmOption,
    ProbesOption,
    TreeOption,
    probe_mode,
    warn,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("arches")(arches)


def arches(
    symbols: Annotated[
        list[str], typer.Argument(metavar="SYMBOL...", help="With or without CONFIG_.")
    ],
    tree: TreeOption = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="A .config, asked for its own architecture alone, or a folder with one a"
            " piece; default: each architecture's defconfig.",
        ),
    ] = None,
    cc: CcOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
    jobs: JobsOption = None,
    output: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
    color: Annotated[str, typer.Option(help="auto, always or never.")] = "auto",
) -> None:
    """Say for every architecture whether SYMBOL is on, could be, and at what cost.

    Each is asked with its own defconfig, and with a cross compiler where one is installed.
    Exit code 0: on everywhere.  1: not everywhere.  2: some could not be asked.
    """
    from kcheck.cli.color import colored_table, wants_color
    from kcheck.cli.progress import progress
    from kcheck.errors import UsageError
    from kcheck.findings import Verdict
    from kcheck.matrix import Asked, config_files, configs_by_kind, kinds_of, survey
    from kcheck.report.arches import arches_json, arches_markdown, arches_text
    from kcheck.sources import sources, whole_source
    from kcheck.store import Store
    from kcheck.toolchain.programs import Toolchain, toolchain_for
    from kcheck.trees.places import place_of
    from kcheck.trees.running import running_system

    if output not in ("text", "json", "markdown"):
        raise UsageError(f"--format '{output}': not text, json or markdown")
    mode = probe_mode(probes)
    use_color = wants_color(color, sys.stdout)
    # Without a tree it is the version of the configs that says which snapshot is meant.
    one = config_files(config)[0] if config is not None else None
    source = whole_source(sources(tree, one, None, running_system()))
    for note in source.notes:
        warn(note)
    opened = source.tree
    kinds = kinds_of(opened)
    configs: dict[str, Path] | None = None
    if config is not None:
        configs = configs_by_kind(kinds, config)
        kinds = tuple(kind for kind in kinds if kind.name in configs)
    given = Toolchain(cc, None, llvm)
    wanted = tuple(dict.fromkeys(symbol.removeprefix("CONFIG_") for symbol in symbols))
    questions = [
        Asked(
            place_of(opened),
            kind,
            configs[kind.name] if configs else None,
            toolchain_for(kind, given),
            mode,
            wanted,
        )
        for kind in kinds
    ]
    with progress("architectures", len(kinds)) as answered:
        workers = jobs or os.cpu_count() or 1
        found = survey(opened, questions, workers, answered, Store("answers"))
    about = f"configs of {config}" if config is not None else "each on its own defconfig"
    assumptions = dict.fromkeys(
        each for row in found.rows for one in row.explanations for each in one.assumptions
    )
    match output:
        case "json":
            sys.stdout.write(arches_json(found, tuple(assumptions)))
        case "markdown":
            sys.stdout.write(arches_markdown(found, about, tuple(assumptions)))
        case _:
            text = arches_text(found, about, tuple(assumptions))
            sys.stdout.write(colored_table(text) if use_color else text)
    if found.unanswered:
        raise typer.Exit(2)
    verdicts = {each.verdict for row in found.rows for each in row.explanations}
    if verdicts != {Verdict.ENABLED}:
        raise typer.Exit(1)
