"""`depends on X if Y`: X is needed only where Y is not n."""

from kcheck.kconfig.draft import Draft
from kcheck.kconfig.library import token_of
from kcheck.kconfig.statement import Statement
from kcheck.model import Depends

NAME = "conditional_depends"
KEYWORDS = ("depends",)
ALLOWED_IN = ("config", "choice", "menu", "comment")
SINCE = (6, 19)
UNTIL = None
FILE = "parser.y"
SIGN = "T_DEPENDS T_ON expr if_expr"

_ON = token_of("on")


def parse(statement: Statement, draft: Draft) -> None:
    """Keep the condition apart; its meaning is the evaluator's (menu.c, menu_add_dep)."""
    if not statement.accept(_ON):
        raise statement.fail("'on' is missing after 'depends'")
    expr = statement.expr()
    condition = statement.condition()
    draft.properties.append(Depends(expr, condition, statement.location, statement.probes))
