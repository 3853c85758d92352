"""kcheck savedefconfig: the minimal defconfig that conf would write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcheck.cli.options import (
    ArchOption,
    CcOption,
    ConfigOption,
    CrossOption,
    LlvmOption,
    ProbesOption,
    WholeTreeOption,
    ask,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("savedefconfig")(savedefconfig)


def savedefconfig(
    tree: WholeTreeOption = None,
    arch: ArchOption = None,
    config: ConfigOption = None,
    output: Annotated[Path, typer.Option("--output", help="Where to write; - for stdout.")] = Path(
        "defconfig"
    ),
    cc: CcOption = None,
    cross_compile: CrossOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
) -> None:
    """Write the minimal defconfig that stands for the .config."""
    from kcheck.cli.olddefconfig import write_config
    from kcheck.evaluate import conf

    question = ask(tree, arch, config, cc, cross_compile, llvm, probes)
    _ = question.loaded.target.whole_tree
    write_config(output, conf.savedefconfig(question.loaded.model, question.config), keep_old=False)
