"""kconfiglib, loaded as a private instance of its module.

Reading a modern tree needs a few of the library's module globals to be other than they
are (more keywords, no expansion of `$FOO` in strings).  Changing them in the shared
module would change kconfiglib for whoever else imports it, so kcheck loads a second
instance of its own.
"""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType
from typing import Any

_FIRST_NEW_TOKEN = 1000
"""kconfiglib numbers its own tokens from 1; ours start well above."""


def _load_private() -> ModuleType:
    spec = importlib.util.find_spec("kconfiglib")
    if spec is None or spec.loader is None:
        raise ImportError("kconfiglib is not installed; install kcheck with its dependencies")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # Strings: since Linux 4.18 only $(NAME) is expanded, `$NAME` stays as it is
    # (scripts/kconfig/preprocess.c, expand_dollar_with_args).
    vars(module)["expandvars"] = lambda text: text
    vars(module)["_UNAME_RELEASE"] = "$UNAME_RELEASE"
    # A variable's name may hold a `$` that begins no macro (lexer.l, ({n}|$)+).
    name = re.compile(r"(?:[A-Za-z0-9_-]|\$(?!\())*", re.ASCII)
    vars(module)["_assignment_lhs_fragment_match"] = name.match
    return module


library: Any = _load_private()

_keywords: dict[str, int] = dict(library._get_keyword.__self__)


def token_of(keyword: str) -> int:
    """The token for `keyword`, made a keyword of the lexer if it is none yet."""
    if keyword not in _keywords:
        _keywords[keyword] = _FIRST_NEW_TOKEN + len(_keywords)
        library._get_keyword = _keywords.get
    return _keywords[keyword]
