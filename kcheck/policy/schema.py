"""A rule file as it is written: TOML that is held against a schema, with places in its errors."""

from __future__ import annotations

import datetime
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from kcheck.checking import Severity
from kcheck.errors import RuleError
from kcheck.model import Location
from kcheck.policy.lines import Lines

SCHEMA = 1
_LARGEST = 1 << 20
"""Bytes; the rule files that come with kcheck have some thousands."""
_PATH = re.compile(r" - at `(?P<path>[^`]*)`\Z")
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+|\.\.\.)\]")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`")


class WrittenRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `[[rule]]`; `ask` and `where` are conditions that are not read yet."""

    id: str
    severity: Severity
    ask: Any
    reason: str
    source: str
    advice: str
    versions: str | None = None
    arches: list[str] | None = None
    compilers: list[str] | None = None
    where: Any = None


class WrittenOverride(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `[[override]]`: another severity for a rule."""

    rule: str
    severity: Severity


class WrittenWaiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `[[waive]]`: a rule that need not hold, for a reason, up to and with a day."""

    rule: str
    reason: str
    until: datetime.date


class WrittenRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole file."""

    schema: Literal[1]
    title: str
    extends: list[str] = []
    rule: list[WrittenRule] = []
    override: list[WrittenOverride] = []
    waive: list[WrittenWaiver] = []


class RuleFile(msgspec.Struct, frozen=True):
    """A file that fits the schema; `name` is what to call it in a report."""

    name: str
    written: WrittenRules
    lines: Lines

    def place(self, *path: str | int) -> Location:
        """Where the thing at `path` stands."""
        return Location(self.name, self.lines.of(path))

    def error(self, message: str, *path: str | int) -> RuleError:
        """An error about what stands at `path`."""
        return RuleError(f"{self.place(*path)}: {message}")


def read_rule_file(path: Path, name: str) -> RuleFile:
    """Read the rule file at `path`.

    Raises RuleError, with file and line, where it cannot be read or does not fit the schema.
    """
    try:
        if not path.is_file():
            raise RuleError(f"{name}: no such file; kcheck rules list names the sets there are")
        if path.stat().st_size > _LARGEST:
            raise RuleError(f"{name}: larger than {_LARGEST >> 20} MiB, no rule file")
        text = path.read_bytes().decode("utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise RuleError(f"{name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RuleError(f"{name}: not UTF-8 text, no rule file") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RuleError(_syntax_error(name, str(error))) from None
    lines = Lines(text)
    try:
        written = msgspec.convert(raw, WrittenRules)
    except msgspec.ValidationError as error:
        path_, message = _located(str(error))
        raise RuleError(f"{name}:{lines.of(path_)}: {message}") from None
    return RuleFile(name, written, lines)


def _syntax_error(name: str, message: str) -> str:
    match = re.search(r"(.*) \(at line (\d+), column \d+\)\Z", message, re.DOTALL)
    if match is None:
        return f"{name}: no TOML: {message}"
    return f"{name}:{match[2]}: no TOML: {match[1]}"


def _located(message: str) -> tuple[tuple[str | int, ...], str]:
    """msgspec's message without the path, which stands apart; in words that name the key."""
    match = _PATH.search(message)
    steps: list[str | int] = []
    if match is not None:
        message = message[: match.start()]
        for name, number in _STEP.findall(match["path"]):
            steps.append(name or (int(number) if number.isdigit() else 0))
    unknown = _UNKNOWN.match(message)
    if unknown is not None:
        return (*steps, unknown["field"]), f"'{unknown['field']}' is no key that is known here"
    missing = re.match(r"Object missing required field `([^`]*)`", message)
    if missing is not None:
        return tuple(steps), f"'{missing[1]}' is missing"
    key = next((each for each in reversed(steps) if isinstance(each, str)), "")
    plain = message[:1].lower() + message[1:]
    return tuple(steps), f"'{key}': {plain}" if key else plain
