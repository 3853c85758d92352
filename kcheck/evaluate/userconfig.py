"""A .config's lines taken over as user values, as conf reads them (confdata.c)."""

from __future__ import annotations

from collections.abc import Iterable

from kcheck.dotconfig import PREFIX, DotConfig, Line
from kcheck.evaluate.asked import TRIS, Refused, asked_value, says_value
from kcheck.evaluate.choices import ChoiceRules
from kcheck.evaluate.nodes import Sym
from kcheck.evaluate.program import Program
from kcheck.model import Dialect


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
        if not says_value(line, self._dialect):
            self._read_other(line, where)
            return
        symbol = self._program.interner.symbols.get(line.symbol or "")
        if line.symbol in TRIS:
            symbol = self._program.interner.constants[line.symbol]
        if symbol is None:
            self.changed = True
            return
        if symbol.has_user:
            self.warnings.append(f"{where} override: reassigning to symbol {symbol.name}")
        value = asked_value(line, symbol.type, self._dialect)
        if isinstance(value, Refused):
            self.warnings.append(f"{where} {value.warning}")
            return
        if value is not None:
            symbol.take(value)
        elif line.value is None and not self._dialect.strict_comment:
            return
        self._read_by_choice(symbol, where)

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
