"""kcheck explain: why a symbol has the value it has."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kcheck.cli.options import (
    ArchOption,
    CcOption,
    ConfigOption,
    CrossOption,
    LlvmOption,
    ProbesOption,
    TreeOption,
    choose_config,
    foreign_compiler,
    load_tree,
    outcome_of,
)


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
    from kcheck.explain.answer import explain as answer
    from kcheck.findings import Verdict
    from kcheck.report.json import explanation_json
    from kcheck.report.text import Subject, explanation_text

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
    use_color = wants_color(color, sys.stdout)
    loaded = load_tree(tree, arch, cc, cross_compile, llvm, probes)
    question = choose_config(loaded, config)
    outcome = outcome_of(question)
    found = answer(loaded.model, outcome.valuation, question.config, symbol, depth, show_all)
    if found.definitions:
        rests_on = (*found.assumptions, *foreign_compiler(loaded))
        found = msgspec.structs.replace(found, assumptions=rests_on)
    facts = loaded.model.target
    name = question.config_name
    if question.is_default and question.config is not None:
        name = f"{name} (no .config)"
    if output == "json":
        sys.stdout.write(explanation_json(found, facts, name))
    else:
        subject = Subject(facts.version, facts.arch, _short_compiler(facts.compiler), name)
        text = explanation_text(found, subject, show_all)
        sys.stdout.write(colored(text) if use_color else text)
    if found.verdict is not Verdict.ENABLED:
        raise typer.Exit(1)


def _short_compiler(version_text: str) -> str:
    """`gcc (Debian 12.2.0-14) 12.2.0` as `gcc 12.2.0`."""
    if "(assumed" in version_text:
        return version_text
    words = version_text.split()
    numbers = [word for word in words if word[:1].isdigit()]
    if not words:
        return "no compiler"
    name = "clang" if "clang" in version_text else words[0].rsplit("/", 1)[-1]
    return f"{name} {numbers[-1]}" if numbers else name
