"""`transitional`: a symbol that is only read from an old .config, never written."""

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.statement import Statement

NAME = "transitional"
KEYWORDS = ("transitional",)
ALLOWED_IN = ("config",)
SINCE = (6, 18)
UNTIL = None
FILE = "lexer.l"
SIGN = '"transitional"'


def parse(statement: Statement, draft: Draft) -> None:
    """Mark the symbol; that it has nothing but help is checked once all is read."""
    statement.end()
    draft.marks.add("transitional")
