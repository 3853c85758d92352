"""kcheck fragment: the least lines that make symbols what is wanted of them."""

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
    ask,
    subject_of,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("fragment")(fragment)


def fragment(
    goals: Annotated[
        list[str], typer.Argument(help="SYMBOL, SYMBOL=y, SYMBOL>=m, SYMBOL=VALUE; one or more.")
    ],
    tree: TreeOption = None,
    arch: ArchOption = None,
    config: ConfigOption = None,
    cc: CcOption = None,
    cross_compile: CrossOption = None,
    llvm: LlvmOption = None,
    probes: ProbesOption = "run",
    allow_loss: Annotated[
        bool, typer.Option("--allow-loss", help="Give up what has to be given up.")
    ] = False,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", help="A symbol that must not go lower.")
    ] = None,
    forbid: Annotated[
        list[str] | None, typer.Option("--forbid", help="A symbol that must stay as it is.")
    ] = None,
    prefer: Annotated[
        list[str] | None, typer.Option("--prefer", help="A symbol to set rather than others.")
    ] = None,
    alternatives: Annotated[
        int, typer.Option(min=0, help="How many of the next best plans to show.")
    ] = 0,
    effects: Annotated[
        bool, typer.Option("--effects", help="Name all that the lines change.")
    ] = False,
    proof: Annotated[
        bool, typer.Option("--proof", help="Show the whole proof of what is impossible.")
    ] = False,
    verify_with_conf: Annotated[
        bool, typer.Option("--verify-with-conf", help="Have the tree's own conf confirm it.")
    ] = False,
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Print the least .config fragment that reaches all GOALS, and nothing else, on stdout.

    What it changes, or why there is none, is said on stderr.  Exit code 0: the lines do it
    (none are needed where the goals hold).  1: nothing does, or only by giving something up.
    """
    from kcheck.cli.judge import confirmed
    from kcheck.errors import UsageError
    from kcheck.findings import Costly, Reachable
    from kcheck.goals import defined_name, goal_name, parse_goal
    from kcheck.question import in_part, outcome_of, session_of
    from kcheck.report.fragment import fragment_json, fragment_text, plan_of
    from kcheck.report.plan import Wanted
    from kcheck.solve.sought import Limits

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
    question = ask(tree, arch, config, cc, cross_compile, llvm, probes)
    loaded = question.loaded
    parts = loaded.parts

    def defined(names: list[str]) -> frozenset[str]:
        return frozenset(defined_name(parts.frame, parts.defined, name) for name in names)

    named = defined([goal_name(goal) for goal in goals])
    model = parts.part(parts.cone(named))
    wanted_goals = tuple(dict.fromkeys(parse_goal(model, goal) for goal in goals))
    limits = Limits(*(defined(names or []) for names in (keep, forbid, prefer)))
    solution = in_part(
        question,
        named | limits.keep | limits.forbid | limits.prefer,
        lambda part: session_of(part, outcome_of(part)).solve(
            wanted_goals, limits, alternatives, whole=True
        ),
    )
    if verify_with_conf and isinstance(solution, Reachable | Costly):
        session = session_of(question, outcome_of(question))
        solution = confirmed(loaded, session, solution)
    plan = plan_of(solution, allow_loss)
    if output == "json":
        sys.stdout.write(fragment_json(solution, wanted_goals, loaded.facts, question.full_name))
    else:
        said = fragment_text(
            solution, wanted_goals, subject_of(question), Wanted(effects, proof), allow_loss
        )
        sys.stderr.write(said)
        sys.stdout.write("".join(f"{line}\n" for line in plan.lines) if plan else "")
    if not isinstance(solution, Reachable) and not (allow_loss and isinstance(solution, Costly)):
        raise typer.Exit(1)
