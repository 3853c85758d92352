"""`optional`: a choice that may be left without any member."""

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.statement import Statement

NAME = "choice_optional"
KEYWORDS = ("optional",)
ALLOWED_IN = ("choice",)
SINCE = (2, 6)
UNTIL = (6, 9)
FILE = "parser.y"
SIGN = "choice_option: T_OPTIONAL"


def parse(statement: Statement, draft: Draft) -> None:
    """Mark the choice."""
    statement.end()
    draft.marks.add("optional")
