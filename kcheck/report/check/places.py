"""Reports made fit to leave this machine, or to be printed on a terminal.

Names of files are written by whoever runs kcheck, texts by whoever wrote a config or a rule.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath
from typing import Any, TypeVar

import msgspec

from kcheck.checking import Checked, CheckReport, RuleFacts, Unread
from kcheck.printable import legible
from kcheck.report.check.context import Context
from kcheck.texts import mapped

Value = TypeVar("Value", Checked, Unread, RuleFacts)


class Shown(msgspec.Struct, frozen=True):
    """A config's name for others: relative to the root, or where it is outside, its last part."""

    path: str
    is_outside: bool


def shown(name: str, context: Context) -> Shown:
    """What stands for that name; links are not followed."""
    path = absolute(name, context)
    root = PurePath(os.path.normpath(context.root))
    if path.is_relative_to(root):
        return Shown(legible(path.relative_to(root).as_posix()), False)
    return Shown(legible(path.name) or "config", True)


def absolute(name: str, context: Context) -> Path:
    """The file of that name."""
    return Path(os.path.normpath(context.here / name))


def printable(value: Value) -> Value:
    """A part of a report with all its texts legible."""
    made: Value = mapped(value, legible, legible)
    return made


def published_rules(report: CheckReport, context: Context) -> tuple[RuleFacts, ...]:
    """The rules with legible texts and with paths that tell nothing of this machine."""
    return tuple(_published(each, {}, context) for each in report.rules)


def published_unread(report: CheckReport, context: Context) -> tuple[Unread, ...]:
    """Likewise the configs that could not be judged."""
    return tuple(_unread(each, context) for each in report.unread)


def published(checked: Checked, context: Context) -> Checked:
    """Likewise one config.  A tree keeps its path where it lies below the root."""
    names = {checked.config: shown(checked.config, context).path}
    target = checked.target
    if target is not None and PurePath(target.source).is_absolute():
        tree = shown(target.source, context)
        names[target.source] = tree.path
        if tree.is_outside:
            # Nobody elsewhere can find it by its last part.
            target = msgspec.structs.replace(target, source="")
            checked = msgspec.structs.replace(checked, target=target)
    made: Checked = _published(checked, names, context)
    return msgspec.structs.replace(made, config=names[checked.config])


def _unread(unread: Unread, context: Context) -> Unread:
    path = shown(unread.config, context).path
    made: Unread = _published(unread, {unread.config: path}, context)
    return Unread(path, made.message)


def _published(value: Any, names: dict[str, str], context: Context) -> Any:
    paths = {name: path for name, path in names.items() if "/" in name}
    # Names without a folder may be words of the text, too.
    in_texts = re.compile("|".join(rf"(?<![\w/.-]){re.escape(each)}(?![\w/-])" for each in paths))

    def text(said: str) -> str:
        name, colon, line = said.rpartition(":")
        if colon and line.isdecimal() and name in names:
            return f"{names[name]}:{line}"
        return legible(in_texts.sub(lambda found: paths[found[0]], said) if paths else said)

    def file(name: str) -> str:
        if name in names:
            return names[name]
        return shown(name, context).path if _is_far(name) else legible(name)

    return mapped(value, text, file)


def _is_far(name: str) -> bool:
    """Whether the name tells of folders that do not lie below where it starts."""
    path = PurePath(name)
    return path.is_absolute() or ".." in path.parts
