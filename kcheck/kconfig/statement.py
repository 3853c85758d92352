"""One logical line of a Kconfig file, taken apart token by token.

The lexer is kconfiglib's; what its tokens mean is decided here.  Symbols and constants
arrive as the model's own operands, strings as str, everything else as token numbers.
"""

from __future__ import annotations

from typing import Any

from kcheck.errors import KconfigSyntaxError
from kcheck.kconfig.library import library, token_of
from kcheck.model import (
    And,
    Comparison,
    Constant,
    Expr,
    Location,
    Not,
    Operand,
    Or,
    Relation,
    SymbolRef,
)

_AND = library._T_AND
_OR = library._T_OR
_NOT = library._T_NOT
_OPEN = library._T_OPEN_PAREN
_CLOSE = library._T_CLOSE_PAREN
_IF = token_of("if")
_RELATIONS = {
    library._T_EQUAL: Relation.EQUAL,
    library._T_UNEQUAL: Relation.UNEQUAL,
    library._T_LESS: Relation.LESS,
    library._T_LESS_EQUAL: Relation.LESS_EQUAL,
    library._T_GREATER: Relation.GREATER,
    library._T_GREATER_EQUAL: Relation.GREATER_EQUAL,
}


class Statement:
    """A statement's tokens, read from left to right.

    `probes` are the indices of the probes whose answers stand in its text.  Every
    method raises KconfigSyntaxError where the next token is not what it takes.
    """

    __slots__ = ("_next", "_tokens", "location", "probes", "text")

    def __init__(
        self, tokens: tuple[Any, ...], text: str, location: Location, probes: tuple[int, ...]
    ) -> None:
        self._tokens = tokens
        self._next = 1
        self.text = text
        self.location = location
        self.probes = probes

    @property
    def keyword(self) -> Any:
        """The first token's number; None for a blank line."""
        return self._tokens[0]

    def fail(self, why: str) -> KconfigSyntaxError:
        """The error that this statement cannot be read."""
        return KconfigSyntaxError(f"{self.location}: syntax error: {why}: {self.text.strip()}")

    def accept(self, token: Any) -> bool:
        """Pass over `token` if it comes next; say whether it did."""
        if self._tokens[self._next] is token:
            self._next += 1
            return True
        return False

    def require(self, token: Any) -> None:
        """Require that the statement begins with `token`."""
        if self._tokens[0] is not token:
            raise self.fail("another statement was expected")

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self._tokens[self._next] is None

    def end(self) -> None:
        """Require that nothing is left."""
        if not self.at_end():
            raise self.fail("unexpected text at the end of the line")

    def string(self) -> str:
        """The next token, a string."""
        token = self._tokens[self._next]
        if token.__class__ is not str:
            raise self.fail("a quoted string is missing")
        self._next += 1
        return str(token)

    def operand(self) -> Operand:
        """The next token, a symbol or a constant."""
        token = self._tokens[self._next]
        if token.__class__ is SymbolRef or token.__class__ is Constant:
            self._next += 1
            operand: Operand = token
            return operand
        raise self.fail("a symbol is missing")

    def symbol(self) -> str:
        """The next token, a symbol's name."""
        operand = self.operand()
        if isinstance(operand, Constant):
            raise self.fail("a symbol's name is missing")
        return operand.name

    def condition(self) -> Expr | None:
        """The rest of the line: `if expr`, or nothing."""
        expr = self.expr() if self.accept(_IF) else None
        self.end()
        return expr

    def expr(self) -> Expr:
        """An expression; && binds closer than ||, ! and the relations closest."""
        operands = [self._conjunction()]
        while self.accept(_OR):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else Or(_one_level(operands, Or))

    def _conjunction(self) -> Expr:
        operands = [self._factor()]
        while self.accept(_AND):
            operands.append(self._factor())
        return operands[0] if len(operands) == 1 else And(_one_level(operands, And))

    def _factor(self) -> Expr:
        if self.accept(_NOT):
            return Not(self._factor())
        if self.accept(_OPEN):
            inner = self.expr()
            if not self.accept(_CLOSE):
                raise self.fail("a closing parenthesis is missing")
            return inner
        left = self.operand()
        relation = _RELATIONS.get(self._tokens[self._next])
        if relation is None:
            return left
        self._next += 1
        return Comparison(relation, left, self.operand())


def _one_level(operands: list[Expr], kind: type[And] | type[Or]) -> tuple[Expr, ...]:
    """Dissolve parentheses that only repeat the operator around them."""
    level: list[Expr] = []
    for operand in operands:
        if isinstance(operand, kind):
            level.extend(operand.operands)
        else:
            level.append(operand)
    return tuple(level)
