"""kcheck complete: what the scripts of kcheck completion ask."""

from __future__ import annotations

import sys

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("complete", hidden=True)(complete)


def complete(number: int, words: list[str]) -> None:
    """Answer a completion script: whether files fit, then each word with its help."""
    from kcheck.cli.program import build
    from kcheck.cli.words import candidates

    found = candidates(typer.main.get_command(build()), words[1:number], words[number:][:1])
    lines = ["files" if found.files else "words"]
    lines += [f"{each.word}\t{each.help}" for each in found.words]
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode(errors="replace"))
