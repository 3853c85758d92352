"""kcheck cache: what is kept from one run to the next, and the end of it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(
        help="What kcheck keeps to save work the next time.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    commands.command("info")(info)
    commands.command("clear")(clear)
    app.add_typer(commands, name="cache")


def info(
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Say where it is kept and how much there is.

    That is by kind, and how many bytes all kinds together may take.
    """
    from kcheck.errors import UsageError
    from kcheck.folders import cache_folder
    from kcheck.report.cache import cache_json, cache_text
    from kcheck.store import usage

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
    folder = cache_folder()
    sys.stdout.write((cache_json if output == "json" else cache_text)(folder, usage(folder)))


def clear() -> None:
    """Remove all that is kept.

    It says what that was.  Files in the folder that kcheck did not put there stay.
    Exit code 0: nothing is left.  2: something could not be removed.
    """
    from kcheck.errors import CacheError
    from kcheck.folders import cache_folder
    from kcheck.report.cache import cleared_text
    from kcheck.store import clear as clear_store

    folder = cache_folder()
    cleared = clear_store(folder)
    sys.stdout.write(cleared_text(folder, cleared.removed))
    if cleared.refused:
        files = "1 file" if cleared.refused == 1 else f"{cleared.refused} files"
        raise CacheError(
            f"{folder}: {files} could not be removed: {cleared.reason}; try as the folder's owner"
        )
