"""What was said of one file under the name of another with the same content."""

from __future__ import annotations

from kcheck.checking import Checked, Unread
from kcheck.texts import mapped

NOBODY = "\0config\0"
"""The name under which a file is judged that has several; no file has it."""


def placed(found: Checked | Unread, name: str) -> Checked | Unread:
    """What was said of NOBODY as it is said of `name`; else `found` itself."""
    if found.config != NOBODY:
        return found

    def named(text: str) -> str:
        return text.replace(NOBODY, name) if "\0" in text else text

    made: Checked | Unread = mapped(found, named, named)
    return made
