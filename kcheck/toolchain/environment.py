"""What of an environment a compiler, or another program that is asked, may look at."""

from __future__ import annotations

import re
from collections.abc import Mapping

# What changes from one shell or login to the next and means nothing to a compiler.
_PASSING = re.compile(
    r"_|COLUMNS|LINES|OLDPWD|PWD|SHLVL|TERM|WINDOWID|COLORTERM|DISPLAY|WAYLAND_DISPLAY|LS_COLORS"
    r"|PS1|INVOCATION_ID|JOURNAL_STREAM|DBUS_\w+|SSH_\w+|TMUX\w*|STY|XDG_SESSION_\w+|TERM_\w+"
)

OF_THE_TREE = frozenset(
    {
        *("ARCH", "HEADER_ARCH", "KBUILD_DEFCONFIG", "KERNELVERSION", "NM", "SRCARCH"),
        *("SUBARCH", "objtree", "srctree"),
    }
)
"""Variables that say what is read, and nothing to a compiler."""


def lasting(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The variables that say the same in the next shell, or matter if they do not, by name."""
    kept = (each for each in environment.items() if not _PASSING.fullmatch(each[0]))
    return tuple(sorted(kept))
