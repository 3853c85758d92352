"""kcheck olddefconfig: the .config that conf would write."""

from __future__ import annotations

import sys
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
    warn,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("olddefconfig")(olddefconfig)


def olddefconfig(
    tree: WholeTreeOption = None,
    arch: ArchOption = None,
    config: ConfigOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Where to write; - for stdout; default: the .config read."),
    ] = None,
    cc: CcOption = None,
    cross_compile: CrossOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
    alldefconfig: Annotated[
        bool, typer.Option("--alldefconfig", help="Every symbol at its default.")
    ] = False,
    allnoconfig: Annotated[
        bool, typer.Option("--allnoconfig", help="Everything n that can be.")
    ] = False,
    allyesconfig: Annotated[
        bool, typer.Option("--allyesconfig", help="Everything y that can be.")
    ] = False,
    allmodconfig: Annotated[
        bool, typer.Option("--allmodconfig", help="Everything m that can be, else y.")
    ] = False,
) -> None:
    """Write the .config that make olddefconfig (or one of its kin) would write.

    The file written over is kept as FILE.old, as make keeps it.
    """
    from kcheck.errors import UsageError
    from kcheck.evaluate import conf
    from kcheck.printable import legible

    chosen = {
        conf.alldefconfig: alldefconfig,
        conf.allnoconfig: allnoconfig,
        conf.allyesconfig: allyesconfig,
        conf.allmodconfig: allmodconfig,
    }
    modes = [mode for mode, asked in chosen.items() if asked]
    if len(modes) > 1:
        raise UsageError("only one of the --all…config options goes at a time")
    question = ask(tree, arch, config, cc, cross_compile, llvm, probes)
    top, model = question.loaded.target.whole_tree.path, question.loaded.model
    outcome = modes[0](model) if modes else conf.olddefconfig(model, question.config)
    place = output or config or top / ".config"
    for line in "".join(outcome.warnings).split("\n")[:-1]:
        sys.stderr.write(f"{legible(line)}\n")
    write_config(place, outcome.text, keep_old=output is None)


def write_config(place: Path, content: bytes, keep_old: bool) -> None:
    """Write whole or not at all; raises ConfigError where that is not possible."""
    from kcheck.errors import ConfigError
    from kcheck.folders import replace_file

    if str(place) == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        if place.is_file() and place.read_bytes() == content:
            warn(f"no change to {place}")
            return
        replace_file(place, content, keep=Path(f"{place}.old") if keep_old else None)
    except OSError as error:
        raise ConfigError(f"{place}: cannot be written: {error.strerror}; try --output") from None
    warn(f"configuration written to {place}")
