"""When to use colour, and which words get it; the words alone carry the meaning."""

from __future__ import annotations

import os
import re
from typing import TextIO

from kcheck.errors import UsageError

_VERDICTS = {
    "enabled": "32",
    "off": "33",
    "impossible": "31",
    "not defined": "31",
    "blocked": "31",
}
_VERDICT = re.compile(r"(?<=   )(" + "|".join(_VERDICTS) + r")\b")
_LABEL = re.compile(r"^(  )([a-z]+(?: [a-z]+)?)(?=  )", re.M)
_CELL = re.compile(r"^(  \w+ +)(enabled|can|conflict|toolchain|impossible)\b", re.M)
_CELLS = {
    "enabled": "32",
    "can": "33",
    "conflict": "33",
    "toolchain": "31",
    "impossible": "31",
}
_FINDING = re.compile(r"^(error|warning|waived)(\[[^\]\n]*\])", re.M)
_FINDINGS = {"error": "1;31", "warning": "1;33", "waived": "2"}
_LINE_TO_SET = re.compile(r"(?:# )?CONFIG_\w+(?:=\S+| is not set)")


def wants_color(choice: str, stream: TextIO) -> bool:
    """--color beats NO_COLOR beats FORCE_COLOR beats whether `stream` is a terminal."""
    if choice not in ("auto", "always", "never"):
        raise UsageError(f"--color '{choice}': not auto, always or never")
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def colored(text: str) -> str:
    """The report with verdict, labels and lines to set set off."""
    first, newline, rest = text.partition("\n")
    subject, end, rest = rest.partition("\n")
    first = _VERDICT.sub(lambda found: _paint(_VERDICTS[found[1]], found[1]), first, count=1)
    rest = _LABEL.sub(lambda found: found[1] + _paint("2", found[2]), rest)
    rest = _LINE_TO_SET.sub(lambda found: _paint("36", found[0]), rest)
    return f"\x1b[1m{first}\x1b[0m{newline}{subject}{end}{rest}"


def colored_table(text: str) -> str:
    """Tables over architectures with their verdicts set off."""
    return _CELL.sub(lambda found: found[1] + _paint(_CELLS[found[2]], found[2]), text)


def colored_findings(text: str) -> str:
    """The report of a check with its findings, labels and lines to set set off."""
    text = _FINDING.sub(lambda found: _paint(_FINDINGS[found[1]], found[0]), text)
    text = _LABEL.sub(lambda found: found[1] + _paint("2", found[2]), text)
    return _LINE_TO_SET.sub(lambda found: _paint("36", found[0]), text)


def _paint(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"
