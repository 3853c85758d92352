"""kcheck diff: what a change to a tree does to a symbol, on every architecture."""

from __future__ import annotations

import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from kcheck.cli.options import CcOption, JobsOption, LlvmOption, ProbesOption, probe_mode
from kcheck.cli.trees import open_word

_SIGNED = re.compile(r"^( +(?:\w+ +)?)([-+~] .*)$", re.M)
_COLORS = {"-": "31", "+": "32", "~": "33"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("diff")(diff)


def diff(
    before: Annotated[
        str, typer.Argument(metavar="TREE-A", help="A folder, a git revision or a version.")
    ],
    after: Annotated[str, typer.Argument(metavar="TREE-B", help="Likewise.")],
    symbols: Annotated[
        list[str], typer.Argument(metavar="SYMBOL...", help="With or without CONFIG_.")
    ],
    tree: Annotated[
        Path | None,
        typer.Option(
            "--tree", help="The git checkout of the revisions; default: the current folder's."
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="A .config, asked for its own architecture alone, or a folder with one a"
            " piece; default: each architecture's defconfig, of each tree.",
        ),
    ] = None,
    cc: CcOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
    jobs: JobsOption = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show all that changed, however far away.")
    ] = False,
    output: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
    color: Annotated[str, typer.Option(help="auto, always or never.")] = "auto",
) -> None:
    """Say whether SYMBOL's verdict changed from one tree to another, and what changed around it.

    Exit code 0: no verdict got worse.  1: some did.  2: some could not be asked any more.
    """
    from kcheck.cli.color import wants_color
    from kcheck.cli.progress import progress
    from kcheck.compare import compare, journeys
    from kcheck.comparison import Trend, contrasts
    from kcheck.errors import UsageError
    from kcheck.matrix import Asked, configs_by_kind, kinds_of
    from kcheck.report.diff import diff_text, notes_of
    from kcheck.report.diff_formats import diff_json, diff_markdown
    from kcheck.survey import Row, Unanswered
    from kcheck.toolchain.programs import Toolchain, toolchain_for
    from kcheck.trees.places import place_of

    if output not in ("text", "json", "markdown"):
        raise UsageError(f"--format '{output}': not text, json or markdown")
    mode = probe_mode(probes)
    use_color = wants_color(color, sys.stdout)
    given = Toolchain(cc, None, llvm)
    wanted = tuple(dict.fromkeys(symbol.removeprefix("CONFIG_") for symbol in symbols))
    with ExitStack() as stack:
        opened = [open_word(stack, word, tree or Path.cwd()) for word in (before, after)]
        by_tree: list[dict[str, Asked]] = []
        for each, _ in opened:
            kinds = kinds_of(each)
            configs = None if config is None else configs_by_kind(kinds, config)
            by_tree.append(
                {
                    kind.name: Asked(
                        place_of(each),
                        kind,
                        configs[kind.name] if configs else None,
                        toolchain_for(kind, given),
                        mode,
                        wanted,
                    )
                    for kind in kinds
                    if configs is None or kind.name in configs
                }
            )
        asked = journeys(by_tree)
        with progress("architectures", len(asked)) as answered:
            versions = [version for _, version in opened]
            found = compare(versions, wanted, asked, jobs or os.cpu_count() or 1, answered)
    about = f"configs of {config}" if config is not None else "each on its own defconfig"
    notes = notes_of(found)
    match output:
        case "json":
            sys.stdout.write(diff_json(found, notes))
        case "markdown":
            sys.stdout.write(diff_markdown(found, about, show_all, notes))
        case _:
            text = diff_text(found, about, show_all, notes)
            sys.stdout.write(_SIGNED.sub(_painted, text) if use_color else text)
    rows = [each.rows for each in found.courses]
    if any(isinstance(old, Row) and isinstance(new, Unanswered) for old, new in rows):
        raise typer.Exit(2)
    if not any(isinstance(old, Row) and isinstance(new, Row) for old, new in rows):
        raise typer.Exit(2)
    trends = {each.trend for number in range(len(wanted)) for each in contrasts(found, number)}
    if Trend.WORSE in trends:
        raise typer.Exit(1)


def _painted(found: re.Match[str]) -> str:
    return f"{found[1]}\x1b[{_COLORS[found[2][0]]}m{found[2]}\x1b[0m"
