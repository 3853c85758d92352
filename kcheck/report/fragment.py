"""What kcheck fragment says beside the lines, and its JSON."""

from __future__ import annotations

from typing import Any

from kcheck.findings import Costly, NeedsToolchain, Plan, Reachable, Solution
from kcheck.goals import AtLeast, Exactly, Goal, HasText, Holds, IsWritten
from kcheck.model import TargetFacts, Tri
from kcheck.report.json import SCHEMA, document_text, solution_object, target_object
from kcheck.report.layout import as_text, labelled, laid_out
from kcheck.report.plan import Wanted, solution_sections
from kcheck.report.text import Subject, subject_line
from kcheck.wording import expr_text

_WIDTH = 4


def plan_of(solution: Solution, allow_loss: bool) -> Plan | None:
    """The plan whose lines are to be printed; None where there is none to go by."""
    match solution:
        case Reachable(plan):
            return plan
        case Costly(plan):
            return plan if allow_loss else None
        case _:
            return None


def goal_text(goal: Goal) -> str:
    """A goal as the user would write it."""
    match goal:
        case AtLeast(symbol, tri):
            return symbol if tri is Tri.M else f"{symbol}>={tri}"
        case Exactly(symbol, tri):
            return f"{symbol}={tri}"
        case HasText(symbol, text):
            return f"{symbol}={text}"
        case IsWritten(symbol):
            return symbol
        case Holds(expr):
            return expr_text(expr)


def fragment_text(
    solution: Solution,
    goals: tuple[Goal, ...],
    subject: Subject,
    wanted: Wanted,
    allow_loss: bool,
) -> str:
    """The report for stderr: verdict, target, and what the lines change."""
    names = " ".join(goal_text(goal) for goal in goals)
    lines = [f"{names}   {_verdict(solution)}", f"  {subject_line(subject)}"]
    plan = solution.plan if isinstance(solution, Reachable) else None
    if plan is None or plan.lines:
        for label, body in solution_sections(solution, names, wanted):
            shown = label
            if label == "add" and (plan is not None or allow_loss):
                # The lines themselves go to stdout.
                body = [line for line in body if not line.text.startswith(("CONFIG_", "# CONFIG_"))]
                shown = ""
            rows = [row[_WIDTH + 4 :] for line in body for row in laid_out(line, _WIDTH + 4)]
            lines += labelled(shown, rows, _WIDTH)
    if isinstance(solution, Costly) and not allow_loss:
        lines += labelled("next", ["--allow-loss prints these lines"], _WIDTH)
    return as_text(lines)


def _verdict(solution: Solution) -> str:
    match solution:
        case Reachable(plan) if not plan.lines:
            return "holds already: no lines needed"
        case Reachable(plan):
            return f"{len(plan.lines)} line{'' if len(plan.lines) == 1 else 's'}"
        case Costly(plan):
            count = len(plan.lost)
            return f"conflict: gives up {count} symbol{'' if count == 1 else 's'}"
        case NeedsToolchain():
            return "blocked by the toolchain"
        case _:
            return "impossible"


def fragment_json(
    solution: Solution, goals: tuple[Goal, ...], target: TargetFacts, config: str
) -> str:
    """The same as one JSON document; docs/fragment.schema.json describes it."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "goals": [goal_text(goal) for goal in goals],
        "verdict": _VERDICTS[type(solution).__name__],
        "target": target_object(target, config),
        **solution_object(solution),
    }
    if isinstance(solution, Reachable) and not solution.plan.lines:
        document["verdict"] = "holds"
    return document_text(document)


_VERDICTS = {
    "Reachable": "can-be-enabled",
    "Costly": "conflict",
    "NeedsToolchain": "blocked-by-toolchain",
    "Unreachable": "impossible",
}
