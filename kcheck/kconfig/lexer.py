"""The lines of Kconfig files taken apart: what stands in each, its macros expanded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from kcheck.kconfig.preprocessor import Preprocessor
from kcheck.kconfig.statement import Statement
from kcheck.model import Constant, Entry, Location, Operand, SymbolRef
from kcheck.toolchain.probes import Prober
from kcheck.trees.stored import StoredAssignment, StoredLine
from kcheck.trees.target import Asked

_BLANK = object()
"""Stands for a macro that expanded to nothing; conf's lexer passes it over."""


class _Lexed(msgspec.Struct, frozen=True):
    """The tokens of a line without macros, and the symbols and constants in it, in their order:
    they hang on nothing but its text, and many lines stand in many files.
    """

    tokens: tuple[Any, ...]
    operands: tuple[Operand, ...]


_lexed: dict[str, _Lexed] = {}
_MOST_LEXED = 1 << 16


class Lexer(Preprocessor):
    """Takes lines apart; what it has met is in its attributes.

    `mentioned` has each symbol and constant once, in order, `assignments` the definitions of
    macros, `unsettled` the statements that rest on the compiler and the other programs, as they
    are written.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        prober: Prober,
        asked: Mapping[str, Asked] | None = None,
    ) -> None:
        super().__init__(environment, prober, asked)
        self.entries: list[Entry] = []
        self.variables_by_symbol: dict[str, str] = {}
        self.syms: dict[str, Any] = {"": _BLANK}
        self.const_syms: dict[str, Constant] = {text: Constant(text) for text in "nmy"}
        self.mentioned: list[Operand] = []
        self.assignments: list[StoredAssignment] = []
        self.unsettled: dict[Location, str] = {}
        self._readline: Callable[[], str] = lambda: ""
        self._spoken: list[Operand] = []

    # What kconfiglib's lexer calls for each name and each quoted string it meets.

    def _lookup_sym(self, name: str) -> Any:
        symbol = self.syms.get(name)
        if symbol is None:
            symbol = self.syms[name] = SymbolRef(name)
            self.mentioned.append(symbol)
        self._spoken.append(symbol)
        return symbol

    def _lookup_const_sym(self, name: str) -> Constant:
        constant = self.const_syms.get(name)
        if constant is None:
            constant = self.const_syms[name] = Constant(name)
            self.mentioned.append(constant)
        self._spoken.append(constant)
        return constant

    def _expand_name(self, s: str, i: int) -> tuple[str, str, int]:
        s, end = self._expand_name_iter(s, i)
        name = s[i:end]
        while end < len(s) and s[end].isspace():
            end += 1
        return name.strip(), s, end

    def _mention(self, operand: Operand) -> None:
        """Take note of a name or a text that was met before, in another file or tree."""
        if isinstance(operand, SymbolRef):
            self._lookup_sym(operand.name)
        else:
            self._lookup_const_sym(operand.text)

    def _lex(self, line: str) -> Statement:
        self.statement_line = self.linenr
        while line.endswith("\\\n"):
            line = line[:-2] + self._readline()
            self.linenr += 1
        if not line.endswith("\n"):
            line += "\n"
        self.line_probes = []
        self.line_varies = False
        known = _lexed.get(line)
        if known is not None:
            for operand in known.operands:
                self._mention(operand)
            return Statement(known.tokens, line, self.location, ())
        before = len(self._spoken)
        tokens = self._tokenize(line)
        if self.line_probes or self.line_varies:
            self.unsettled[self.location] = line
        if _BLANK in tokens:
            tokens = [token for token in tokens if token is not _BLANK]
        # A line without a keyword may define a macro, which it has to do each time.
        if tokens[0] is not None and "$" not in line and len(_lexed) < _MOST_LEXED:
            _lexed[line] = _Lexed(tuple(tokens), tuple(self._spoken[before:]))
        return Statement(tuple(tokens), line, self.location, tuple(self.line_probes))

    def read_line(self, line: StoredLine) -> Statement:
        """Take apart a statement that a snapshot kept; the definition of a macro takes effect."""
        self.filename, self.linenr = line.location.file, line.location.line
        return self._lex(line.text)

    def _parse_assignment(self, s: str) -> None:
        line = StoredLine(self.location, s)
        self.assignments.append(StoredAssignment(len(self.entries), line))
        super()._parse_assignment(s)

    def _with_variables(self, text: str) -> str:
        """`text` with the values of symbols that stand for variables: up to 4.17, where
        `$NAME` is a symbol's value (symbol.c, sym_expand_string_value).
        """
        if not self.variables_by_symbol:
            return text
        return re.sub(
            r"\$(\w*)", lambda found: self.variables_by_symbol.get(found[1], ""), text, flags=re.A
        )
