"""`bool "prompt"` in a choice: left of the types, as another word for `prompt`."""

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.properties import COMMON
from kcheck.kconfig.statement import Statement

NAME = "choice_bool"
KEYWORDS = ("bool",)
ALLOWED_IN = ("choice",)
SINCE = (6, 9)
UNTIL = (6, 13)
FILE = "parser.y"
SIGN = "choice_option: T_BOOL"


def parse(statement: Statement, draft: Draft) -> None:
    """A prompt; a choice is a bool anyway."""
    COMMON["prompt"](statement, draft)
