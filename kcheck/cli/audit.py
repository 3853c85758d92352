"""kcheck audit: which lines of fragments survive on a base, and why the others do not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kcheck.cli.options import (
    ArchOption,
    CcOption,
    CrossOption,
    LlvmOption,
    ProbesOption,
    WholeTreeOption,
    ask,
    subject_of,
)

if TYPE_CHECKING:
    from kcheck.dotconfig import DotConfig


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(
    fragments: Annotated[
        list[Path] | None,
        typer.Argument(help="Fragments, of which the later win; without any the base is audited."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="The base; default: the tree's .config, else its defaults."),
    ] = None,
    tree: WholeTreeOption = None,
    arch: ArchOption = None,
    cc: CcOption = None,
    cross_compile: CrossOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    color: Annotated[str, typer.Option(help="auto, always or never.")] = "auto",
) -> None:
    """Merge FRAGMENTS onto a base as merge_config.sh does and say which lines get lost.

    Exit code 0: every line survives.  1: some do not.  2: the question could not be
    answered.
    """
    import msgspec

    from kcheck.cli.color import colored, wants_color
    from kcheck.dotconfig import merge_rule
    from kcheck.errors import UsageError
    from kcheck.explain.assumptions import assumed_answers
    from kcheck.explain.audit import audit as answer
    from kcheck.question import foreign_compiler
    from kcheck.report.audit import audit_json, audit_text

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
    use_color = wants_color(color, sys.stdout)
    parts = tuple(_fragment(path) for path in fragments or ())
    question = ask(tree, arch, config, cc, cross_compile, llvm, probes)
    loaded = question.loaded
    rule = merge_rule(loaded.target.whole_tree.path)
    found = answer(loaded.model, question.config, parts, rule)
    notes = (*assumed_answers(loaded.model), *foreign_compiler(loaded))
    if output == "json":
        names = [part.name for part in parts]
        facts = loaded.model.target
        sys.stdout.write(audit_json(found, facts, question.full_name, names, notes))
    else:
        subject = subject_of(question)
        base = f"onto {subject.config}" if parts else ""
        text = audit_text(found, msgspec.structs.replace(subject, config=base), notes)
        sys.stdout.write(colored(text) if use_color else text)
    if found.lost:
        raise typer.Exit(1)


def _fragment(path: Path) -> DotConfig:
    """Raises ConfigError for a file that cannot be read."""
    from kcheck.dotconfig import read_dotconfig
    from kcheck.errors import ConfigError

    if not path.is_file():
        raise ConfigError(f"{path}: no such file; a fragment is a file of CONFIG_ lines")
    return read_dotconfig(path)
