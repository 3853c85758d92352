"""The way into kcheck from the command line: a command run, its errors made one line each."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from kcheck.errors import KcheckError

FAULT = 3
INTERRUPTED = 130


def main() -> None:
    """Run the command line; see docs/explain.md for the exit codes."""
    # Nearly all that a command makes lives to its end, so looking for garbage finds none; and
    # modules are the first of it, which is why typer is not imported before.
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
    import typer

    from kcheck.cli.program import build

    # What typer raises for words on the command line that it cannot take.
    usage_error: Any = typer.BadParameter.__base__
    command = typer.main.get_command(build())
    try:
        result = command.main(arguments, prog_name="kcheck", standalone_mode=False)
    except KcheckError as error:
        _complain(str(error))
        return error.exit_code
    except usage_error as error:
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
