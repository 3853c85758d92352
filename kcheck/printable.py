"""Texts made fit to be printed, whoever wrote them: names of files, values, Kconfig, answers.

A terminal takes some characters for commands, and others turn the writing round or are not seen.
"""

from __future__ import annotations

import re

_UNSEEN = "\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff"
"""Control characters, ends of lines, marks that are not seen or turn the writing round."""
_HALVES = "\ud800-\udfff"
_ILLEGIBLE = re.compile(f"[\x00-\x1f{_UNSEEN}{_HALVES}]")
_HALF = re.compile(f"[{_HALVES}]")
_IN_JSON = re.compile(f"[{_UNSEEN}]")


def legible(text: str) -> str:
    """The text in one line, without anything that is not seen or moves what is."""
    return _ILLEGIBLE.sub(_code, text)


def one_line(message: str) -> str:
    """A message likewise, its lines put one behind the other."""
    return legible(" ".join(message.rstrip("\n").split("\n")))


def encodable(text: str) -> str:
    """The text without halves of characters, which no encoding has."""
    return _HALF.sub(_code, text)


def legible_json(document: str) -> str:
    """The same JSON with all that is not legible escaped; JSON itself asks for less of that."""
    # Nearly every document is ASCII alone, which Python knows without looking.
    if document.isascii() and "\x7f" not in document:
        return document
    # Outside of its texts a document has none of these characters.
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def _code(found: re.Match[str]) -> str:
    """A byte that is no text comes from Python as a half of a character."""
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(found[0], f"\\u{{{code:x}}}")
