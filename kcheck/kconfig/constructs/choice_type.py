"""`bool` and `tristate`, with or without a prompt, as a choice's own type."""

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.library import token_of
from kcheck.kconfig.properties import COMMON
from kcheck.kconfig.statement import Statement

NAME = "choice_type"
KEYWORDS = ("bool", "boolean", "tristate")
ALLOWED_IN = ("choice",)
SINCE = (2, 6)
UNTIL = (6, 9)
FILE = "parser.y"
SIGN = "choice_option: logic_type"

_PARSE = {token_of(word): COMMON[word] for word in KEYWORDS}


def parse(statement: Statement, draft: Draft) -> None:
    """The type as in a config block; members without one take it over."""
    _PARSE[statement.keyword](statement, draft)
