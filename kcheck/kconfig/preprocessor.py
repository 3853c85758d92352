"""Kconfig's macros, with a record of what each `$(shell,…)` was asked and answered.

The scanning and splitting of `$(…)` is kconfiglib's; what a name expands to is decided
here: the tree's variables first, then the built-in functions, then the environment
handed in (scripts/kconfig/preprocess.c, eval_clause, 4.18 and later).  The process's own
environment is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kcheck.errors import KconfigSyntaxError
from kcheck.kconfig.library import library
from kcheck.model import Location, Probe
from kcheck.toolchain.probes import Answer, Prober
from kcheck.trees.target import Asked

_OF_THE_TARGET = frozenset({"ARCH", "SRCARCH", "SUBARCH", "HEADER_ARCH", "KERNELVERSION"})
"""Variables that say for what a tree is read, not by which programs."""

_DEEPEST_EXPANSION = 200
"""How often a function may stand within its own expansion; the kernel allows 1000."""


class Preprocessor(library.Kconfig):  # type: ignore[misc]  # kconfiglib has no types
    """The macro half of a parser of Kconfig files.

    `probes` lists every shell call in the order in which it was made; `line_probes`
    those whose answers stand in the statement being read.  `line_varies` says whether that
    statement names a variable of the environment that is not the target's own: a program's.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        prober: Prober,
        asked: Mapping[str, Asked] | None = None,
    ) -> None:
        # Not calling the base: kconfiglib's own constructor reads and evaluates at once.
        self.environment = environment
        self.asked = asked or {}
        self.prober = prober
        self.variables: dict[str, Any] = {}
        self.probes: list[Probe] = []
        self.line_probes: list[int] = []
        self.line_varies = False
        self.messages: list[str] = []
        self._variable_probes: dict[str, tuple[int, ...]] = {}
        self._calls: list[str] = []
        self.filename = ""
        self.linenr = 0
        self.statement_line = 0
        self._builtins: dict[str, tuple[int, Callable[..., str]]] = {
            "error-if": (2, self._error_if),
            "filename": (0, lambda: self.filename),
            "info": (1, self._info),
            "lineno": (0, lambda: str(self.linenr)),
            "shell": (1, self._shell),
            "warning-if": (2, self._warning_if),
        }

    @property
    def location(self) -> Location:
        """Where the statement being read begins."""
        return Location(self.filename, self.statement_line)

    def _parse_assignment(self, s: str) -> None:
        before = {name: variable.value for name, variable in self.variables.items()}
        super()._parse_assignment(s)
        if self.line_probes:
            for name, variable in self.variables.items():
                if before.get(name) != variable.value:
                    self._variable_probes[name] = tuple(self.line_probes)

    def _fn_val(self, args: list[str]) -> str:
        name = args[0]
        if name in self.variables:
            return self._expand_variable(name, args)
        if name in self._builtins:
            count, function = self._builtins[name]
            if len(args) - 1 != count:
                raise KconfigSyntaxError(
                    f"{self.location}: $({name}) takes {count} arguments, not {len(args) - 1}"
                )
            self._calls.append(_as_written(args))
            value = function(*args[1:])
            self._calls.pop()
            return value
        if len(args) > 1:
            return ""
        self.line_varies |= name not in _OF_THE_TARGET
        if name in self.asked:
            self._note(f"$({name})", self.asked[name].command, self.asked[name].answer)
        return self.environment.get(name, "")

    def _expand_variable(self, name: str, args: list[str]) -> str:
        variable = self.variables[name]
        self.line_probes.extend(self._variable_probes.get(name, ()))
        if not variable.is_recursive:
            return str(variable.value)
        limit = _DEEPEST_EXPANSION if len(args) > 1 else 1
        if variable._n_expansions >= limit:
            raise KconfigSyntaxError(
                f"{self.location}: the variable $({name}) refers to itself (eventually)"
            )
        variable._n_expansions += 1
        self._calls.append(_as_written(args))
        value: str = self._expand_whole(variable.value, args)
        self._calls.pop()
        variable._n_expansions -= 1
        return value

    def _shell(self, command: str) -> str:
        macro = self._calls[0].replace(self.environment.get("srctree", "\0"), "$(srctree)")
        answer = self.prober.ask(command, macro)
        self._note(macro, command, answer)
        return answer.text

    def _note(self, macro: str, command: str, answer: Answer) -> None:
        """Keep what was asked, for the statement being read."""
        self.line_probes.append(len(self.probes))
        self.probes.append(Probe(macro, command, answer.text, answer.source, self.location))

    def _error_if(self, condition: str, message: str) -> str:
        if condition == "y":
            raise KconfigSyntaxError(f"{self.location}: {message}")
        return ""

    def _warning_if(self, condition: str, message: str) -> str:
        if condition == "y":
            self.messages.append(f"{self.location}: {message}")
        return ""

    def _info(self, message: str) -> str:
        self.messages.append(message)
        return ""

    def _parse_error(self, msg: str) -> None:
        # That is all that kconfiglib says of a line that begins with no word it knows.
        why = "neither a statement nor a macro" if msg == "syntax error" else msg
        raise KconfigSyntaxError(f"{self.location}: syntax error: {why}: {self._line.strip()}")

    def _warn(self, msg: str, filename: str | None = None, linenr: int | None = None) -> None:
        """kconfiglib's remarks on style are not conf's; nobody asked for them."""


def _as_written(args: list[str]) -> str:
    return f"$({','.join(args)})"
