"""kcheck check: configs held against rules."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kcheck.cli.options import (
    CcOption,
    CrossOption,
    JobsOption,
    LlvmOption,
    ProbesOption,
    probe_mode,
    warn,
)

if TYPE_CHECKING:
    from kcheck.checking import CheckReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    configs: Annotated[
        list[str],
        typer.Argument(
            metavar="CONFIG|FOLDER|@FILE...",
            help=".configs, defconfigs or fragments; a folder stands for those below it, @FILE"
            " for the names in that file, @- for names on stdin.",
        ),
    ],
    rules: Annotated[
        list[str],
        typer.Option("--rules", help="A rule set (kcheck rules list) or a file; may be repeated."),
    ],
    tree: Annotated[
        Path | None,
        typer.Option(
            "--tree",
            help="Kernel tree, file of snapshots, or version (6.12) of a snapshot; default: the"
            " tree around the current folder, else the snapshot nearest below each config's"
            " version.",
        ),
    ] = None,
    arch: Annotated[
        str | None, typer.Option("--arch", help="Architecture; default: what each config says.")
    ] = None,
    cc: CcOption = None,
    cross_compile: CrossOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
    jobs: JobsOption = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="The scheduler of a Dask cluster, tcp://HOST:PORT, whose workers judge"
            " (kcheck[cluster]).",
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the lines that help to CONFIG.fragment.")
    ] = False,
    in_place: Annotated[
        bool,
        typer.Option("--in-place", help="With --fix: put them into CONFIG, kept as CONFIG.old."),
    ] = False,
    show_all: Annotated[
        bool, typer.Option("--all", help="List the rules that pass or do not apply, too.")
    ] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT[=FILE]",
            help="text, json, sarif, junit, github, gitlab or markdown; may be repeated.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="The file for the one format that names none itself."),
    ] = None,
    color: Annotated[str, typer.Option(help="auto, always or never.")] = "auto",
) -> None:
    """Hold each CONFIG against RULES, and say what does not hold, why, and what helps.

    Exit code 0: all rules hold on all configs.  1: some do not.  2: a config or a rule file
    cannot be read.
    """
    import datetime
    from contextlib import ExitStack

    from kcheck.checking import Status
    from kcheck.cli.outputs import destinations, write_reports
    from kcheck.cli.progress import progress
    from kcheck.errors import UsageError
    from kcheck.policy.by import judged_by
    from kcheck.policy.gate import check_all
    from kcheck.policy.named import named_configs
    from kcheck.policy.rules import load_rules
    from kcheck.processes import processes
    from kcheck.toolchain.programs import Toolchain

    if in_place and not fix:
        raise UsageError("--in-place goes with --fix")
    if cluster is not None and jobs is not None:
        raise UsageError("--jobs is for this machine, a --cluster has its own number of workers")
    wanted = destinations(formats or ["text"], output)
    rule_set = load_rules(rules, datetime.date.today())
    toolchain = Toolchain(cc, cross_compile, llvm)
    by = judged_by(tree, arch, toolchain, probe_mode(probes))
    paths = named_configs(configs, warn)
    with ExitStack() as stack:
        if cluster is None:
            crew = processes(jobs or os.cpu_count() or 1)
        else:
            from kcheck.cluster import cluster as workers_at

            crew = stack.enter_context(workers_at(cluster))
        answered = stack.enter_context(progress("configs", len(set(paths))))
        report = check_all(paths, rule_set, by, crew, answered)
    write_reports(report, wanted, show_all, color)
    for each in report.unread:
        warn(each.message)
    is_fixed = _fix(report, in_place) if fix else True
    if report.unread or not is_fixed:
        raise typer.Exit(2)
    if report.statuses & {Status.FAIL, Status.WARN}:
        raise typer.Exit(1)


def _fix(report: CheckReport, in_place: bool) -> bool:
    """Write what helps, and say where; whether all of it could be written.

    A file is written once, whatever links lead to it: the second time it would no longer be as it
    was judged.
    """
    from kcheck.errors import ConfigError
    from kcheck.policy.fix import fragment_path, put_into, write_fragment

    written: set[str] = set()
    failed = False
    for each in report.configs:
        config = Path(each.config)
        real = os.path.realpath(config) if in_place else each.config
        if each.repair is None or not each.repair.lines or real in written:
            continue
        written.add(real)
        try:
            if in_place:
                old = put_into(Path(real) if config.is_symlink() else config, each.repair.lines)
                warn(f"{config}: lines put in, as it was: {old}")
            else:
                path = fragment_path(config)
                write_fragment(path, each.repair.lines)
                warn(f"{path}: {len(each.repair.lines)} lines for {each.config}")
        except ConfigError as error:
            warn(str(error))
            failed = True
    return not failed
