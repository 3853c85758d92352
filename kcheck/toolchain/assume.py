"""Answers without running anything: computed where only text is juggled, else assumed.

The assumption is a current GNU toolchain that can do whatever it is asked for, and no
Rust, pahole or bindgen.  Each answer says that it is assumed.
"""

from __future__ import annotations

import re
import shlex

from kcheck.model import ProbeSource
from kcheck.toolchain.probes import Answer

ASSUMED_COMPILER = "gcc 14.2.0 (assumed, not asked)"

_IF_SUCCESS = re.compile(
    r'\{ (?P<command>.*); \} >/dev/null 2>&1 && echo "(?P<then>[^"]*)" \|\| echo "(?P<else>[^"]*)"',
    re.DOTALL,
)
_SET_AND_ECHO = re.compile(r"set -- (?P<words>[^&|;]*) && echo \$(?P<number>[1-9])")
_EXPR = re.compile(r"expr (?P<left>[0-9]+) (?P<sign>[-+*/]) (?P<right>[0-9]+)")
_GREP = re.compile(r'echo (?P<text>"[^"]*"|\'[^\']*\'|\S+) \| grep -q (?P<word>[\w.-]+)')

# What the version scripts of the trees print, for the assumed toolchain (scripts/*.sh).
_SCRIPTS = {
    "cc-version.sh": "GCC 140200",
    "gcc-version.sh": "140200",
    "clang-version.sh": "0",
    "as-version.sh": "GNU 24300",
    "lld-version.sh": "0",
    "pahole-version.sh": "0",
    "rustc-version.sh": "0",
    "rustc-llvm-version.sh": "0",
}
_OLD_LD_VERSION = "243000000"
_LD_VERSION = "BFD 24300"

# Commands that succeed only with something the assumption leaves out.
_NOT_THERE = ("rust", "bindgen", "pahole", "grep -qi llvm", "grep -q LLD", "grep -q gold")


class AssumingProber:
    """Starts no process."""

    mode = "none"

    def ask(self, command: str, macro: str) -> Answer:
        """The computed or assumed answer; there always is one."""
        return Answer(_answer(command.strip()), ProbeSource.ASSUMED)


def _answer(command: str) -> str:
    match = _IF_SUCCESS.fullmatch(command)
    if match is not None:
        return match["then"] if _succeeds(match["command"].strip()) else match["else"]
    match = _SET_AND_ECHO.fullmatch(command)
    if match is not None:
        words = match["words"].split()
        number = int(match["number"])
        return words[number - 1] if number <= len(words) else ""
    match = _EXPR.fullmatch(command)
    if match is not None:
        return _calculate(int(match["left"]), match["sign"], int(match["right"]))
    for script, answer in _SCRIPTS.items():
        if script in command:
            return answer
    if "ld-version.sh" in command:
        # Up to 5.11 the script reads the linker's text and prints one number.
        return _OLD_LD_VERSION if "|" in command else _LD_VERSION
    if command.startswith("echo ") and "|" not in command:
        return " ".join(shlex.split(command)[1:])
    if "--version" in command and not any(word in command for word in _NOT_THERE):
        return ASSUMED_COMPILER
    return ""


def _succeeds(command: str) -> bool:
    decided = _test(command)
    if decided is not None:
        return decided
    match = _GREP.fullmatch(command)
    if match is not None:
        return match["word"] in match["text"]
    return not any(word in command for word in _NOT_THERE)


def _test(command: str) -> bool | None:
    """The outcome of a `test` or `[ … ]` on plain words; None for any other command."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if words[:1] == ["["] and words[-1:] == ["]"]:
        words = ["test", *words[1:-1]]
    if words[:1] != ["test"] or any(word in ("-a", "-o", "|", "&&", ";") for word in words):
        return None
    match words[1:]:
        case ["-z", text]:
            return not text
        case ["-n", text]:
            return bool(text)
        case [left, "=", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case [left, sign, right] if sign in _NUMERIC:
            return left.isdigit() and right.isdigit() and _NUMERIC[sign](int(left) - int(right))
    return None


_NUMERIC = {
    "-eq": lambda difference: difference == 0,
    "-ne": lambda difference: difference != 0,
    "-lt": lambda difference: difference < 0,
    "-le": lambda difference: difference <= 0,
    "-gt": lambda difference: difference > 0,
    "-ge": lambda difference: difference >= 0,
}


def _calculate(left: int, sign: str, right: int) -> str:
    if sign == "/":
        return str(left // right) if right else ""
    return str({"+": left + right, "-": left - right, "*": left * right}[sign])
