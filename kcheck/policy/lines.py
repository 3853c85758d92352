"""Where in a TOML file a key stands: what its parser does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONG_TEXT = re.compile(r'"""(?:\\.|.)*?"""|' + r"'''.*?'''", re.DOTALL)
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(?:#.*)?\Z")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*[=.]")


class Lines:
    """The lines of one file, from 1."""

    def __init__(self, text: str) -> None:
        # What stands in a text of several lines is no header and no key.
        blanked = _LONG_TEXT.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)
        self._lines = blanked.split("\n")

    def of(self, path: Sequence[str | int]) -> int:
        """The line of what stands at `path`, such as ("rule", 2, "severity"); that of the
        nearest thing around it where it is not there itself.
        """
        match path:
            case (str(table), int(number), *rest):
                start = self._table(table, number)
                if start is None:
                    return 1
                key = next((each for each in rest if isinstance(each, str)), None)
                return self._key(key, start) or start if key else start
            case (str(key), *_):
                return self._key(key, 0) or 1
            case _:
                return 1

    def _table(self, name: str, number: int) -> int | None:
        at = [
            line
            for line, text in enumerate(self._lines, start=1)
            if (match := _HEADER.match(text)) is not None and match[1] == name
        ]
        return at[number] if number < len(at) else None

    def _key(self, name: str, start: int) -> int | None:
        """The first line behind `start`, before the next table, that begins with the key."""
        for line, text in enumerate(self._lines[start:], start=start + 1):
            if _HEADER.match(text):
                return None
            match = _KEY.match(text)
            if match is not None and match[1] == name:
                return line
        return None
