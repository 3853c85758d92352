"""kcheck explain: why a symbol has the value it has."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kcheck.cli.options import (
    ArchOption,
    CcOption,
    ConfigOption,
    CrossOption,
    LlvmOption,
    ProbesOption,
    TreeOption,
    ask,
    subject_of,
)

if TYPE_CHECKING:
    from kcheck.question import Question


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    symbol: Annotated[str, typer.Argument(help="The symbol, with or without CONFIG_.")],
    tree: TreeOption = None,
    arch: ArchOption = None,
    config: ConfigOption = None,
    cc: CcOption = None,
    cross_compile: CrossOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
    show_all: Annotated[
        bool, typer.Option("--all", help="List every condition and every way.")
    ] = False,
    depth: Annotated[int, typer.Option(min=1, help="How many alternatives deep to go.")] = 3,
    effects: Annotated[
        bool, typer.Option("--effects", help="Name all that the plan changes.")
    ] = False,
    proof: Annotated[
        bool, typer.Option("--proof", help="Show the whole proof of what is impossible.")
    ] = False,
    alternatives: Annotated[
        int, typer.Option(min=0, help="How many of the next best plans to show.")
    ] = 0,
    why_on: Annotated[
        bool, typer.Option("--why-on", help="Say what keeps SYMBOL on, and what turns it off.")
    ] = False,
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    color: Annotated[str, typer.Option(help="auto, always or never.")] = "auto",
) -> None:
    """Say why SYMBOL is on or off, and what it waits on.

    Exit code 0: it is on.  1: it is off, blocked or impossible.  2: the question could
    not be answered.
    """
    import msgspec

    from kcheck.cli.color import colored, wants_color
    from kcheck.errors import UsageError
    from kcheck.findings import Verdict
    from kcheck.question import foreign_compiler
    from kcheck.remembered import explanation
    from kcheck.report.json import explanation_json
    from kcheck.report.text import explanation_text
    from kcheck.store import Store

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
    use_color = wants_color(color, sys.stdout)
    question = ask(tree, arch, config, cc, cross_compile, llvm, probes)
    loaded = question.loaded
    if why_on:
        _why_on(question, symbol, alternatives, effects, proof, output, use_color)
        return
    found = explanation(question, symbol, depth, show_all, alternatives, Store("answers"))
    if found.definitions:
        rests_on = (*found.assumptions, *foreign_compiler(loaded))
        found = msgspec.structs.replace(found, assumptions=rests_on)
    if output == "json":
        sys.stdout.write(explanation_json(found, loaded.facts, question.full_name))
    else:
        text = explanation_text(found, subject_of(question), show_all, effects, proof)
        sys.stdout.write(colored(text) if use_color else text)
    if found.verdict is not Verdict.ENABLED:
        raise typer.Exit(1)


def _why_on(
    question: Question,
    symbol: str,
    alternatives: int,
    effects: bool,
    proof: bool,
    output: str,
    use_color: bool,
) -> None:
    from kcheck.cli.color import colored
    from kcheck.explain.why_on import why_on_in_part
    from kcheck.report.json import why_on_json
    from kcheck.report.text import why_on_text

    found = why_on_in_part(question, symbol, alternatives)
    if output == "json":
        facts = question.loaded.facts
        sys.stdout.write(why_on_json(found, facts, question.full_name))
    else:
        text = why_on_text(found, subject_of(question), effects, proof)
        sys.stdout.write(colored(text) if use_color else text)
    if found.solution is None:
        raise typer.Exit(1)
