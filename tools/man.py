"""The manual page, made from the commands' own help: `python -m tools.man > docs/kcheck.1`."""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from kcheck import __version__
from kcheck.cli.program import build

_SHARED_BY = 3
"""An option that so many commands take in the same words is described once."""
_HEAD = """\
.\\" Made by python -m tools.man from the commands' help; make man writes it again.
.TH KCHECK 1 "" "kcheck {version}" "User Commands"
.nh
.ad l
.SH NAME
kcheck \\- say what a Linux kernel tree allows for a configuration symbol, and why
.SH SYNOPSIS
.B kcheck
.I COMMAND
.RI [ OPTION "]... [" ARGUMENT ]...
.br
.B kcheck
.RB [ COMMAND ]
.B \\-\\-help
.br
.B kcheck \\-\\-version
.SH DESCRIPTION
kcheck reads the Kconfig files of a kernel tree, or what it has kept of those of many versions,
computes every value as the kernel's own conf does, and explains, with file and line, what keeps
a symbol off and which lines turn it on.
.PP
Names of symbols are taken with or without CONFIG_.
Answers go to standard output, all else to standard error.
"""
_TAIL = """\
.SH EXIT STATUS
.TP
.B 0
What was asked holds: the symbol is on, there is a plan, all rules hold.
.TP
.B 1
It does not.
.TP
.B 2
The question could not be answered, or was not understood.
.TP
.B 3
A fault of kcheck.
.TP
.B 130
Interrupted.
.PP
Where a command means something else by 0 and 1, its description says so.
.SH ENVIRONMENT
.TP
.B NO_COLOR\\fR, \\fBFORCE_COLOR
Without and with colour; \\-\\-color counts before both, NO_COLOR before FORCE_COLOR.
.TP
.B XDG_CACHE_HOME
The folder for what saves work the next time; default: ~/.cache.
.TP
.B GITHUB_STEP_SUMMARY
The file behind which \\-\\-format github puts its summary.
.TP
.B GITHUB_WORKSPACE\\fR, \\fBCI_PROJECT_DIR
What paths in the reports of kcheck check are relative to; default: the current folder.
.TP
.B KCHECK_DEBUG
If set, a fault is shown with its traceback.
.SH FILES
.TP
.I /proc/config.gz\\fR, \\fI/boot/config\\-*\\fR, \\fI/lib/modules/*/config
The running kernel's config, asked about where no other is named.
.SH EXAMPLES
.TP
.B kcheck explain LIVEPATCH
Why live patching is off in the kernel that runs, and the lines that turn it on.
.TP
.B kcheck fragment LIVEPATCH \\-\\-tree linux \\-\\-config my.config >> lp.config
The least lines for it.
.TP
.B kcheck check .config \\-\\-rules livepatch
Whether a config has what a rule set asks.
.SH SEE ALSO
.BR make (1)
"""


def page() -> str:
    """The whole page, as man takes it."""
    program = typer.main.get_command(build())
    commands = list(_commands(program, ()))
    shared = _shared([command for _, command in commands])
    lines = [".SH COMMANDS"]
    for name, command in commands:
        lines += _command(name, command, shared)
    lines.append(".SH OPTIONS OF SEVERAL COMMANDS")
    for option in shared.values():
        lines += _parameter(option)
    return _HEAD.format(version=__version__) + "\n".join(lines) + "\n" + _TAIL


def _commands(group: Any, above: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """All commands with their full names, those of groups too, in the order of names."""
    for name, command in sorted(group.commands.items()):
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from _commands(command, (*above, name))
        else:
            yield " ".join((*above, name)), command


def _shared(commands: Sequence[Any]) -> dict[tuple[str, str], Any]:
    """The options that several commands take in the same words, by name and help.

    Of one name only the words that most commands have.
    """
    options = {_key(each): each for command in commands for each in _options(command)}
    count = Counter(_key(each) for command in commands for each in _options(command))
    most: dict[str, tuple[str, str]] = {}
    for key in sorted(options, key=lambda key: (-count[key], key)):
        if count[key] >= _SHARED_BY:
            most.setdefault(key[0], key)
    return {key: options[key] for _, key in sorted(most.items())}


def _key(option: Any) -> tuple[str, str]:
    return option.opts[0], option.help or ""


def _options(command: Any) -> list[Any]:
    found = [each for each in command.params if each.param_type_name == "option"]
    return [each for each in found if not each.hidden]


def _command(name: str, command: Any, shared: dict[tuple[str, str], Any]) -> list[str]:
    """A command's part: how it is called, what it does, its arguments and options."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    required = [each for each in _options(command) if each.required]
    words = [f"\\fB{_text('kcheck ' + name)}\\fR"]
    words += [_called(each) for each in required]
    words += ["[\\fIOPTION\\fR]..."] if _options(command) else []
    words += [_called(each) if each.required else f"[{_called(each)}]" for each in arguments]
    lines = [f".SS kcheck {_text(name)}", " ".join(words)]
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        lines += [".PP", *_prose(paragraph)]
    own = [each for each in _options(command) if _key(each) not in shared]
    for each in [*arguments, *own]:
        lines += _parameter(each)
    others = [each.opts[0] for each in _options(command) if _key(each) in shared]
    if others:
        listed = ", ".join(f"\\fB{_text(each)}\\fR" for each in others)
        lines += [".PP", f"Described below: {listed}."]
    return lines


def _parameter(parameter: Any) -> list[str]:
    words = parameter.help or ""
    default = parameter.default
    is_told = isinstance(default, str | int | Path) and not isinstance(default, bool)
    if is_told and "default" not in words.lower():
        words += f" Default: {default}."
    if parameter.param_type_name == "option" and parameter.required:
        words += " It has to be given."
    return [".TP", _called(parameter), *_prose(words)]


def _called(parameter: Any) -> str:
    """An option with its value, or an argument, as it is written."""
    if parameter.param_type_name == "argument":
        name = _argument(parameter)
        return re.sub(r"[^.]+", lambda found: f"\\fI{_text(found[0])}\\fR", name, count=1)
    names = ", ".join(f"\\fB{_text(each)}\\fR" for each in parameter.opts)
    if parameter.is_flag:
        return names
    value = parameter.metavar or parameter.opts[0].strip("-").upper()
    return f"{names} \\fI{_text(value)}\\fR"


def _argument(parameter: Any) -> str:
    name = str(parameter.metavar or parameter.name.upper())
    if parameter.nargs == -1 and not name.endswith("..."):
        return f"{name.removesuffix('S')}..."
    return name


def _prose(text: str) -> list[str]:
    """Text as lines of their own for each sentence, which is how man fills them best."""
    return [_text(each) for each in re.split(r"(?<=\.)\s+(?=[A-Z0-9-])", " ".join(text.split()))]


def _text(words: str) -> str:
    """Words without meaning for groff."""
    plain = words.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", plain)


if __name__ == "__main__":
    sys.stdout.write(page())
