"""The way into kcheck from the command line: a command run, its errors made one line each."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from contextlib import suppress
from typing import Any

from kcheck.errors import KcheckError

BAD_INPUT = 2
FAULT = 3
INTERRUPTED = 130
_BY_SIGNAL = 128
"""What a shell adds to the number of the signal that ended a command."""


class _Terminated(BaseException):
    """A signal that asks to end: what was begun is to be taken down on the way out."""


def main() -> None:
    """Run the command line; see docs/explain.md for the exit codes."""
    # Nearly all that a command makes lives to its end, so looking for garbage finds none; and
    # modules are the first of it, which is why typer is not imported before.
    gc.disable()
    _open_streams()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminate)
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as error:
        if code != BAD_INPUT:
            _complain(_told(error))
        code = BAD_INPUT
    with suppress(OSError):
        sys.stderr.flush()
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
        return BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except _Terminated as ended:
        return _BY_SIGNAL + int(ended.args[0])
    except Exception as error:
        if os.environ.get("KCHECK_DEBUG"):
            raise
        if isinstance(error, OSError | MemoryError | RecursionError):
            _complain(_told(error))
            return BAD_INPUT
        _complain(
            f"a fault of kcheck's own: {type(error).__name__}: {error};"
            " set KCHECK_DEBUG=1 for the traceback and report it"
        )
        return FAULT
    # Outside its standalone mode click returns what typer.Exit carries.
    return result if isinstance(result, int) else 0


def _told(error: OSError | MemoryError | RecursionError) -> str:
    """What stands in the way, where no command has said it better."""
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if isinstance(error, RecursionError):
        return (
            "something nests deeper than can be followed: an expression, or blocks of Kconfig files"
        )
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    try:
        os.getcwd()
    except OSError:
        return "the current folder is there no more; change to another"
    return f"a file cannot be read or written: {error.strerror}"


def _complain(message: str) -> None:
    # Only here: most commands complain of nothing.
    from kcheck.printable import one_line

    # Where nobody can be told, the exit code still tells.
    with suppress(OSError):
        sys.stderr.write(f"kcheck: {one_line(message)}\n")


def _terminate(number: int, _frame: object) -> None:
    raise _Terminated(number)


class _Patient(io.FileIO):
    """A stream for as long as somebody reads it.  What comes after that is dropped, so that the
    command ends in its own exit code.
    """

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, "stdout") from None


def _open_streams() -> None:
    """Have stdout and stderr, be they closed."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return
    was = sys.stdout
    patient = io.BufferedWriter(_Patient(was.fileno(), "w", closefd=False))
    sys.stdout = io.TextIOWrapper(patient, was.encoding, was.errors, line_buffering=was.isatty())
