"""`option modules`, `option allnoconfig_y`, `option defconfig_list`, `option env=`."""

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.library import library, token_of
from kcheck.kconfig.statement import Statement

NAME = "option"
KEYWORDS = ("option",)
ALLOWED_IN = ("config",)
SINCE = (2, 6)
UNTIL = (5, 13)
FILE = "lexer.l"
SIGN = '"option"'

_MARKS = {token_of(word): word for word in ("modules", "allnoconfig_y", "defconfig_list")}
_ENV = token_of("env")


def parse(statement: Statement, draft: Draft) -> None:
    """Mark the symbol with the option's name, or note the variable that it stands for."""
    for token, word in _MARKS.items():
        if statement.accept(token):
            statement.end()
            draft.marks.add(word)
            return
    if statement.accept(_ENV) and statement.accept(library._T_EQUAL):
        draft.variable = statement.string()
        statement.end()
        return
    raise statement.fail("an unknown option")
