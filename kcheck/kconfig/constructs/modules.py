"""`modules`: the symbol that switches loadable modules, whatever its name."""

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.statement import Statement

NAME = "modules"
KEYWORDS = ("modules",)
ALLOWED_IN = ("config",)
SINCE = (5, 13)
UNTIL = None
FILE = "parser.y"
SIGN = "config_option: T_MODULES"


def parse(statement: Statement, draft: Draft) -> None:
    """Mark the symbol as the one that `m` depends on."""
    statement.end()
    draft.marks.add("modules")
