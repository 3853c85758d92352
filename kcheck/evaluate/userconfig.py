"""A .config's lines taken over as user values, as conf reads them (confdata.c)."""

from __future__ import annotations

from collections.abc import Iterable

from kcheck.dotconfig import PREFIX, DotConfig, Line
from kcheck.evaluate.choices import ChoiceRules
from kcheck.evaluate.nodes import TRISTATES, Sym
from kcheck.evaluate.numbers import is_valid
from kcheck.evaluate.program import Program
from kcheck.model import Dialect, SymbolType

_TRIS = {"n": 0, "m": 1, "y": 2}


class UserConfig:
    """Reads one .config into the symbols of a program.

    Afterwards `warnings` are those conf writes to stderr, and `changed` says whether it
    already knows that the file it will write differs.
    """

    def __init__(self, program: Program, choices: ChoiceRules) -> None:
        self._program = program
        self._choices = choices
        self._dialect: Dialect = program.model.dialect
        self.warnings: list[str] = []
        self.changed = False

    def read(self, config: DotConfig) -> None:
        """Take over every line of `config` (conf_read_simple)."""
        if not self._dialect.member_order_decides:
            # A choice that the file does not mention counts as set to n.
            for choice in self._program.choices:
                choice.has_user = True
        for line in config.lines:
            self._read_line(line, f"{config.name}:{line.number}:warning:")

    def take(self, lines: Iterable[Line]) -> None:
        """Take over lines of a .config that was read; nobody is told what is wrong with them."""
        for line in lines:
            self._read_line(line, "")

    def _read_line(self, line: Line, where: str) -> None:
        if line.symbol is None or (line.value is None and not self._is_not_set(line)):
            self._read_other(line, where)
            return
        symbol = self._program.interner.symbols.get(line.symbol)
        if line.symbol in _TRIS:
            symbol = self._program.interner.constants[line.symbol]
        if symbol is None:
            self.changed = True
            return
        if symbol.has_user:
            self.warnings.append(f"{where} override: reassigning to symbol {symbol.name}")
        if line.value is None and self._ignores_not_set(symbol):
            return
        if self._assign(symbol, "n" if line.value is None else line.value, where):
            self._read_by_choice(symbol, where)

    def _ignores_not_set(self, symbol: Sym) -> bool:
        """Before 6.0 `is not set` says nothing about an int, hex or string."""
        return not self._dialect.strict_comment and symbol.type not in TRISTATES

    def _is_not_set(self, line: Line) -> bool:
        text = line.text.removesuffix("\r")
        if self._dialect.strict_comment and text[1] != " ":
            return False
        return not self._dialect.strict_not_set or text.endswith(" is not set")

    def _read_other(self, line: Line, where: str) -> None:
        text = line.text.removesuffix("\r")
        if not text or text.startswith("#"):
            return
        if text.startswith(PREFIX) and not self._dialect.strict_not_set:
            return
        shown = f": {text}" if self._dialect.quotes_unread_lines else ""
        self.warnings.append(f"{where} unexpected data{shown}")

    def _read_by_choice(self, symbol: Sym, where: str) -> None:
        if not self._dialect.member_order_decides and symbol.is_choice_member:
            choice = symbol.choice
            if symbol.user_tri == 1 and choice.user_tri == 2:
                self.warnings.append(f"{where} {symbol.name} creates inconsistent choice state")
            elif symbol.user_tri == 2 and choice.user_tri != 0:
                self.warnings.append(f"{where} override: {symbol.name} changes choice state")
        self._choices.user_value_read(symbol)

    def _assign(self, symbol: Sym, value: str, where: str) -> bool:
        """Give `symbol` a user value; False where conf refuses it (conf_set_sym_val)."""
        if symbol.type is SymbolType.UNKNOWN:
            return True
        if symbol.type in TRISTATES:
            return self._assign_tri(symbol, value, where)
        if symbol.type is SymbolType.STRING:
            if not value.startswith('"'):
                return True
            unquoted = _unquote(value)
            if unquoted is None:
                self.warnings.append(f"{where} invalid string found")
                return False
            value = unquoted
        if not is_valid(symbol.type, value):
            self._refuse(symbol, value, where)
            return False
        symbol.has_user, symbol.user_text = True, value
        return True

    def _assign_tri(self, symbol: Sym, value: str, where: str) -> bool:
        tri = _TRIS.get(value[:1])
        if tri is None or (tri == 1 and symbol.type is SymbolType.BOOL):
            self._refuse(symbol, value, where)
            return False
        symbol.has_user, symbol.user_tri = True, tri
        return True

    def _refuse(self, symbol: Sym, value: str, where: str) -> None:
        self.warnings.append(f"{where} symbol value '{value}' invalid for {symbol.name}")


def _unquote(value: str) -> str | None:
    """The text between the quotes, backslashes resolved; None if the end is missing."""
    text: list[str] = []
    position = 1
    while position < len(value):
        character = value[position]
        if character == '"':
            return "".join(text)
        if character == "\\":
            position += 1
        text.append(value[position : position + 1])
        position += 1
    return None
