"""What can stand next on kcheck's command line: commands, options, and the values of some."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

_FIXED = {
    "--probes": ("run", "recorded", "none"),
    "--color": ("auto", "always", "never"),
    "--format": ("text", "json", "sarif", "junit", "github", "gitlab", "markdown"),
    "--llvm": ("1",),
    "SHELL": ("bash", "zsh", "fish"),
}
"""Values by option or by an argument's metavar; of formats those that the help names."""
_RULE_SETS = Path(__file__).parent.parent / "rules"


class Word(NamedTuple):
    """A word that fits, and one line about it; no help where the word says it itself."""

    word: str
    help: str = ""


class Candidates(NamedTuple):
    """The words that fit, and whether names of files do."""

    words: tuple[Word, ...]
    files: bool = False


def candidates(program: Any, before: list[str], current: list[str]) -> Candidates:
    """What fits behind the words `before`, beginning as `current` does if that has a word.

    `program` is the command that typer makes; typer has no public type for it.  bash hands
    `--format=te` over as three words, the others as one; both are understood.
    """
    begun = current[0] if current else ""
    command, options, arguments = _walk(program, before)
    prefix = ""
    if begun.startswith("-") and "=" in begun:
        name, _, begun = begun.partition("=")
        prefix, before = f"{name}=", [name]
    elif begun == "=":
        before, begun = before[-1:], ""
    elif before[-1:] == ["="]:
        before = before[-2:-1]
    waiting = options.get(before[-1]) if before else None
    if waiting is not None and not waiting.is_flag:
        return _fitting(_values(waiting, before[-1]), begun, prefix, waiting)
    if prefix:
        return Candidates(())
    if begun.startswith("-"):
        found = [Word(name, _brief(each.help)) for name, each in options.items() if not each.hidden]
        return _fitting([*found, Word("--help", "Show this message and exit.")], begun)
    if hasattr(command, "commands"):
        named = [
            Word(name, _brief(each.help))
            for name, each in command.commands.items()
            if not each.hidden
        ]
        return _fitting(named, begun)
    expected = _expected(command, arguments)
    if expected is None:
        return Candidates(())
    return _fitting(_values(expected, expected.metavar or ""), begun, "", expected)


def _walk(program: Any, words: list[str]) -> tuple[Any, dict[str, Any], int]:
    """The command that the words lead to, its options by name, how many arguments it has."""
    command, options, arguments = program, _options(program), 0
    value = False
    for number, word in enumerate(words):
        if word == "=" or value or words[number - 1 : number] == ["="]:
            value = False
        elif word in options:
            value = not options[word].is_flag and words[number + 1 : number + 2] != ["="]
        elif word.startswith("-"):
            continue
        elif word in getattr(command, "commands", {}):
            command = command.commands[word]
            options = _options(command)
        else:
            arguments += 1
    return command, options, arguments


def _options(command: Any) -> dict[str, Any]:
    return {
        name: each
        for each in command.params
        if each.param_type_name == "option"
        for name in each.opts
    }


def _expected(command: Any, given: int) -> Any:
    """The argument that the next word is for."""
    for each in command.params:
        if each.param_type_name == "argument":
            if each.nargs == -1 or given < each.nargs:
                return each
            given -= each.nargs
    return None


def _values(parameter: Any, name: str) -> list[Word]:
    """The values of an option or argument that are known."""
    if name == "--rules" or "NAME|FILE" in name:
        return [Word(path.stem) for path in sorted(_RULE_SETS.glob("*.toml"))]
    known = _FIXED.get(name, ())
    if name == "--format":
        known = tuple(each for each in known if re.search(rf"\b{each}\b", parameter.help))
    return [Word(each) for each in known]


def _fitting(words: list[Word], begun: str, prefix: str = "", parameter: Any = None) -> Candidates:
    found = tuple(
        Word(prefix + each.word, each.help) for each in words if each.word.startswith(begun)
    )
    return Candidates(found, parameter is not None and _takes_files(parameter, begun))


def _takes_files(parameter: Any, begun: str) -> bool:
    metavar = parameter.metavar or ""
    if "=FILE" in metavar:
        return "=" in begun
    return "FILE" in metavar or "--rules" in parameter.opts or parameter.type.name == "path"


def _brief(text: str | None) -> str:
    """The first sentence on one line: a menu has no room for more."""
    words = " ".join((text or "").split())
    return re.split(r"\. |; ", words)[0].removesuffix(".")
