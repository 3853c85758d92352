"""The statements of Kconfig files, from the top file through everything it sources."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kcheck.errors import KconfigSyntaxError
from kcheck.kconfig.constructs import all_constructs
from kcheck.kconfig.draft import Draft
from kcheck.kconfig.leaves import Leaf, keep_leaf, key_of, known_leaf
from kcheck.kconfig.library import token_of
from kcheck.kconfig.preprocessor import Preprocessor
from kcheck.kconfig.properties import ALLOWED, COMMON, ParseProperty
from kcheck.kconfig.statement import Statement
from kcheck.model import (
    Choice,
    Comment,
    Constant,
    Default,
    Definition,
    Dialect,
    Entry,
    If,
    Location,
    Menu,
    Operand,
    SymbolRef,
)
from kcheck.toolchain.probes import Prober
from kcheck.trees.stored import StoredAssignment, StoredLine
from kcheck.trees.target import Asked

_BLANK = object()
"""Stands for a macro that expanded to nothing; conf's lexer passes it over."""

_CONFIG, _MENUCONFIG = token_of("config"), token_of("menuconfig")
_CHOICE, _MENU, _COMMENT = token_of("choice"), token_of("menu"), token_of("comment")
_IF, _MAINMENU, _HELP = token_of("if"), token_of("mainmenu"), token_of("help")
_SOURCE = token_of("source")
_ENDS = {token_of(f"end{kind}"): kind for kind in ("choice", "menu", "if")}

_TOP = -1


class _Lexed(msgspec.Struct, frozen=True):
    """The tokens of a line without macros, and the symbols and constants in it, in their order:
    they hang on nothing but its text, and many lines stand in many files.
    """

    tokens: tuple[Any, ...]
    operands: tuple[Operand, ...]


_lexed: dict[str, _Lexed] = {}
_MOST_LEXED = 1 << 16


class Parser(Preprocessor):
    """Reads the files of one tree; after `parse`, the results are in its attributes.

    `assignments` has the definitions of macros, `unsettled` the statements that rest on the
    compiler and the other programs, as they are written.
    """

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
        self.entries: list[Entry] = []
        self.files: list[str] = []
        self.modules: str | None = None
        self.variables_by_symbol: dict[str, str] = {}
        self.syms: dict[str, Any] = {"": _BLANK}
        self.const_syms: dict[str, Constant] = {text: Constant(text) for text in "nmy"}
        self.mentioned: list[Operand] = []
        self.assignments: list[StoredAssignment] = []
        self.unsettled: dict[Location, str] = {}
        self._readline: Callable[[], str] = lambda: ""
        self._spoken: list[Operand] = []
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

    def _mention(self, operand: Operand) -> None:
        """Take note of a name or a text that was met before, in another file or tree."""
        if isinstance(operand, SymbolRef):
            self._lookup_sym(operand.name)
        else:
            self._lookup_const_sym(operand.text)

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

    def _parse_assignment(self, s: str) -> None:
        line = StoredLine(self.location, s)
        self.assignments.append(StoredAssignment(len(self.entries), line))
        super()._parse_assignment(s)

    # Single statements, as a snapshot keeps them.

    def read_line(self, line: StoredLine) -> Statement:
        """Take apart a statement that a snapshot kept; the definition of a macro takes effect."""
        self.filename, self.linenr = line.location.file, line.location.line
        return self._lex(line.text)

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

    def _with_variables(self, text: str) -> str:
        """`text` with the values of symbols that stand for variables: up to 4.17, where
        `$NAME` is a symbol's value (symbol.c, sym_expand_string_value).
        """
        if not self.variables_by_symbol:
            return text
        return re.sub(
            r"\$(\w*)", lambda found: self.variables_by_symbol.get(found[1], ""), text, flags=re.A
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
