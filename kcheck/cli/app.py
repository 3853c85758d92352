"""The program `kcheck`: its commands gathered, its errors made one line each."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import sys
from typing import Any

import typer

from kcheck import __version__
from kcheck.errors import KcheckError

_UsageError: Any = typer.BadParameter.__base__
"""What typer raises for words on the command line that it cannot take."""
FAULT = 3
INTERRUPTED = 130


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"kcheck {__version__}")
        raise typer.Exit


def build() -> typer.Typer:
    """The application with every command of this package."""
    app = typer.Typer(
        name="kcheck",
        help="What a Linux kernel tree allows for a configuration symbol, and why.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def main(
        version: bool = typer.Option(
            False, "--version", callback=_version, is_eager=True, help="Show the version."
        ),
    ) -> None:
        del version

    package = importlib.import_module("kcheck.cli")
    for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
        register = getattr(importlib.import_module(f"kcheck.cli.{module}"), "register", None)
        if register is not None:
            register(app)
    return app


def main() -> None:
    """Run the command line; see docs/explain.md for the exit codes."""
    # Nearly all that a command makes lives to its end, so looking for garbage finds none.
    gc.disable()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    # Python would take apart all that a model is made of first, for a tenth of the time that an
    # answer takes.  Files and processes are closed where they are used.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    command = typer.main.get_command(build())
    try:
        result = command.main(arguments, prog_name="kcheck", standalone_mode=False)
    except KcheckError as error:
        _complain(str(error))
        return error.exit_code
    except _UsageError as error:
        error.show()
        return 2
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("KCHECK_DEBUG"):
            raise
        _complain(
            f"a fault of kcheck's own: {type(error).__name__}: {error};"
            " set KCHECK_DEBUG=1 for the traceback and report it"
        )
        return FAULT
    # Outside its standalone mode click returns what typer.Exit carries.
    return result if isinstance(result, int) else 0


def _complain(message: str) -> None:
    one_line = " ".join(message.splitlines())
    sys.stderr.write(f"kcheck: {one_line}\n".encode("utf-8", "backslashreplace").decode())
