"""The statements of Kconfig files, from the top file through everything it sources."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from kcheck.errors import KconfigSyntaxError
from kcheck.kconfig.constructs import all_constructs
from kcheck.kconfig.draft import Draft
from kcheck.kconfig.leaves import Leaf, keep_leaf, key_of, known_leaf
from kcheck.kconfig.lexer import Lexer
from kcheck.kconfig.library import token_of
from kcheck.kconfig.properties import ALLOWED, COMMON, ParseProperty
from kcheck.kconfig.statement import Statement
from kcheck.model import (
    Choice,
    Comment,
    Default,
    Definition,
    Dialect,
    If,
    Menu,
)
from kcheck.toolchain.probes import Prober
from kcheck.trees.stored import StoredLine
from kcheck.trees.target import Asked

_CONFIG, _MENUCONFIG = token_of("config"), token_of("menuconfig")
_CHOICE, _MENU, _COMMENT = token_of("choice"), token_of("menu"), token_of("comment")
_IF, _MAINMENU, _HELP = token_of("if"), token_of("mainmenu"), token_of("help")
_SOURCE = token_of("source")
_ENDS = {token_of(f"end{kind}"): kind for kind in ("choice", "menu", "if")}

_TOP = -1


class Parser(Lexer):
    """Reads the files of one tree; after `parse`, the results are in its attributes."""

    def __init__(
        self,
        top: Path,
        dialect: Dialect,
        environment: Mapping[str, str],
        prober: Prober,
        asked: Mapping[str, Asked] | None = None,
    ) -> None:
        super().__init__(environment, prober, asked)
        self.top = top
        self.dialect = dialect
        self.title = "Linux Kernel Configuration" if dialect.untitled_is_linux else "Main menu"
        self.files: list[str] = []
        self.modules: str | None = None
        self._rules = msgspec.msgpack.encode(dialect)
        self._source_path: list[tuple[str, int]] = []
        self._statement: Statement | None = None
        self._properties: dict[str, dict[Any, ParseProperty]] = {
            kind: {token_of(word): COMMON[word] for word in words}
            for kind, words in ALLOWED.items()
        }
        for construct in all_constructs():
            if construct.NAME in dialect.constructs:
                for kind in construct.ALLOWED_IN:
                    for word in construct.KEYWORDS:
                        self._properties[kind][token_of(word)] = construct.parse

    def parse(self, filename: str) -> None:
        """Read `filename`, a path below the top, and all that it sources.

        Raises KconfigSyntaxError for what conf would refuse, and where a file is missing.
        """
        self._read_file(filename, _TOP)
        # The symbols that a title names are defined behind it.
        self.title = self._with_variables(self.title)

    # Files and lines.

    def _read_file(self, filename: str, parent: int) -> None:
        if any(filename == name for name, _ in self._source_path) or filename == self.filename:
            chain = " <- ".join(f"{name}:{line}" for name, line in reversed(self._source_path))
            raise KconfigSyntaxError(
                f"{self.location}: recursive inclusion of {filename} (sourced by {chain})"
                if chain
                else f"{self.location}: recursive inclusion of {filename}"
            )
        path = self.top / filename
        if self.dialect.refuses_repeated_source and filename in self.files:
            raise KconfigSyntaxError(f"{self.location}: repeated inclusion of {filename}")
        try:
            key = key_of(path, self._rules)
            leaf = known_leaf(key)
            # conf ends lines at \n alone; a \r before it is a character that it passes over.
            text = "" if leaf else path.read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            where = f"{self.location}: " if self.filename else ""
            why = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
            raise KconfigSyntaxError(
                f"{where}cannot open {filename}: {why}; is the tree complete?"
            ) from None
        saved = (self.filename, self.linenr, self.statement_line, self._readline)
        if self.filename:
            self._source_path.append((self.filename, self.statement_line))
        self.filename, self.linenr = filename, 0
        if filename not in self.files:
            self.files.append(filename)
        if leaf is not None:
            self._repeat(leaf, parent)
        else:
            spoken, self._spoken = self._spoken, []
            start, before = len(self.entries), self._surroundings()
            self._readline = io.StringIO(text, newline="\n").readline
            self._parse_block(None, parent)
            if "$" not in text and self._surroundings() == before:
                keep_leaf(key, self.entries[start:], start, self._spoken)
            self._spoken = spoken
        self.filename, self.linenr, self.statement_line, self._readline = saved
        if self._source_path:
            self._source_path.pop()

    def _repeat(self, leaf: Leaf, parent: int) -> None:
        """Add what a file says that was read for another architecture."""
        for operand in leaf.operands:
            self._mention(operand)
        self.entries.extend(leaf.placed(len(self.entries), parent))

    def _surroundings(self) -> tuple[object, ...]:
        """What a file may change besides entries and symbols."""
        return (
            *(len(self.files), len(self.probes), len(self.assignments), len(self.messages)),
            *(len(self.variables_by_symbol), self.modules, self.title),
        )

    def _next_statement(self) -> Statement | None:
        """The next logical line that says anything; None at the end of the file."""
        while True:
            if self._statement is not None:
                statement, self._statement = self._statement, None
                return statement
            line = self._readline()
            if not line:
                return None
            self.linenr += 1
            statement = self._lex(line)
            if statement.keyword is not None:
                return statement

    # Single statements, as a snapshot keeps them.

    def read_property(self, line: StoredLine, draft: Draft) -> None:
        """Add the property that a kept statement gives to an entry.

        Raises KconfigSyntaxError where it is none.
        """
        statement = self.read_line(line)
        parse = self._properties[draft.kind].get(statement.keyword)
        if parse is None:
            raise statement.fail("no property")
        parse(statement, draft)

    # Blocks.

    def _parse_block(self, end: str | None, parent: int) -> None:
        opened = self.location
        while (statement := self._next_statement()) is not None:
            token = statement.keyword
            closes = _ENDS.get(token)
            if closes is not None:
                if closes != end:
                    raise statement.fail(f"no '{closes}' is open here")
                statement.end()
                return
            self._parse_statement(token, statement, parent)
        if end is not None:
            raise KconfigSyntaxError(f"{opened}: syntax error: no 'end{end}' for this '{end}'")

    def _parse_statement(self, token: Any, statement: Statement, parent: int) -> None:
        if token is _CONFIG or token is _MENUCONFIG:
            self._parse_config(token is _MENUCONFIG, statement, parent)
        elif token is _SOURCE:
            filename = self._with_variables(statement.string())
            statement.end()
            self._read_file(filename, parent)
        elif token is _IF:
            condition = statement.expr()
            statement.end()
            self.entries.append(If(condition, statement.location, parent, statement.probes))
            self._parse_block("if", len(self.entries) - 1)
        elif token is _MENU:
            draft = Draft("menu", statement.string().lstrip(), statement.location)
            statement.end()
            self._parse_properties(draft)
            self.entries.append(
                Menu(draft.subject, draft.location, parent, tuple(draft.properties))
            )
            self._parse_block("menu", len(self.entries) - 1)
        elif token is _COMMENT:
            draft = Draft("comment", statement.string().lstrip(), statement.location)
            statement.end()
            self._parse_properties(draft)
            self.entries.append(
                Comment(draft.subject, draft.location, parent, tuple(draft.properties))
            )
        elif token is _CHOICE:
            self._parse_choice(statement, parent)
        elif token is _MAINMENU:
            self.title = statement.string()
            statement.end()
        else:
            raise statement.fail("unknown statement")

    def _parse_config(self, menuconfig: bool, statement: Statement, parent: int) -> None:
        draft = Draft("config", statement.symbol(), statement.location)
        statement.end()
        self._parse_properties(draft)
        if "modules" in draft.marks:
            if self.modules is not None:
                raise statement.fail(f"{self.modules} already carries 'modules'")
            self.modules = draft.subject
        if draft.variable is not None:
            value = self.environment.get(draft.variable, "")
            self.variables_by_symbol[draft.subject] = value
            draft.properties.append(
                Default(self._lookup_const_sym(value), None, draft.location, ())
            )
        self.entries.append(
            Definition(
                draft.subject,
                draft.location,
                parent,
                tuple(draft.properties),
                menuconfig,
                "transitional" in draft.marks,
                "allnoconfig_y" in draft.marks,
                draft.variable is not None
                or ("defconfig_list" in draft.marks and self.dialect.hides_defconfig_list),
            )
        )

    def _parse_choice(self, statement: Statement, parent: int) -> None:
        name = None if statement.at_end() else statement.string()
        statement.end()
        draft = Draft("choice", name or "", statement.location)
        self._parse_properties(draft)
        self.entries.append(
            Choice(name, draft.location, parent, tuple(draft.properties), "optional" in draft.marks)
        )
        self._parse_block("choice", len(self.entries) - 1)

    def _parse_properties(self, draft: Draft) -> None:
        known = self._properties[draft.kind]
        while (statement := self._next_statement()) is not None:
            parse = known.get(statement.keyword)
            if parse is not None:
                parse(statement, draft)
            elif statement.keyword is _HELP and draft.kind in ("config", "choice"):
                self._skip_help()
            else:
                self._statement = statement
                return

    def _skip_help(self) -> None:
        """Pass over a help text: it ends before the first line indented less than it."""
        readline = self._readline
        indent = 0
        while line := readline():
            self.linenr += 1
            # So a line with \r alone is a text without indent, which ends the help.
            text = line.lstrip(" \t\n")
            if not text:
                continue
            width = len(line[: len(line) - len(text)].expandtabs())
            if width < max(indent, 1):
                statement = self._lex(line)
                self._statement = statement if statement.keyword is not None else None
                return
            indent = indent or width
