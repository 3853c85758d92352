"""kcheck doctor: whether the running system would take a livepatch."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    color: Annotated[str, typer.Option(help="auto, always or never.")] = "auto",
) -> None:
    """Say whether the running kernel would take a livepatch, and what stands in the way.

    Exit code 0: nothing that was seen does.  1: something does.
    """
    from kcheck.cli.color import colored, wants_color
    from kcheck.doctor.examine import Outlook, examine
    from kcheck.errors import UsageError
    from kcheck.report.doctor import doctor_json, doctor_text
    from kcheck.trees.running import running_system

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
    use_color = wants_color(color, sys.stdout)
    found = examine(running_system())
    if output == "json":
        sys.stdout.write(doctor_json(found))
    else:
        text = doctor_text(found)
        sys.stdout.write(colored(text) if use_color else text)
    if found.outlook in (Outlook.REFUSED, Outlook.WITHOUT_EFFECT):
        raise typer.Exit(1)
