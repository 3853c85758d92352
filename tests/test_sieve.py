"""Lines sifted out of one config after the other are those of the whole file, with its numbers."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcheck.dotconfig import Line, parse_dotconfig, parse_head
from kcheck.explain.audit import is_misread
from kcheck.kconfig.dialect import dialect_for_version
from kcheck.model import Dialect
from kcheck.policy import sieve
from kcheck.policy.sieve import Sieve

NAMES = frozenset({"A", "B1", "C_"})
LINES = (
    "CONFIG_A=y",
    "CONFIG_A=m",
    "CONFIG_B1=0x5\r",
    'CONFIG_C_="# CONFIG_A is not set"',
    "CONFIG_OTHER=y",
    "CONFIG_A1=y",
    "# CONFIG_A is not set",
    "# CONFIG_B1 is not set\r",
    "# CONFIG_OTHER is not set",
    "# CONFIG_A is not set here",
    "# CONFIG_OTHER is not set here",
    "#CONFIG_B1 is not set",
    "#\tCONFIG_OTHER is not set",
    "#  CONFIG_A  is not set",
    "#\x1cCONFIG_OTHER is not set",
    "CONFIG_A",
    "CONFIG_ = y",
    "CONFIG_=y",
    "CONFIG_\udc80=y",
    " CONFIG_A=y",
    "junk",
    "",
    "\r",
    "#",
    "# A heading",
    "# of CONFIG_A",
)
DIALECT = dialect_for_version((7, 3))


def dialects() -> list[Dialect]:
    return [
        msgspec.structs.replace(DIALECT, strict_comment=comment, strict_not_set=not_set)
        for comment in (False, True)
        for not_set in (False, True)
    ]


def sifted(content: bytes, dialect: Dialect) -> tuple[Line, ...]:
    """What is wanted of a file, read as a whole."""
    head = len(parse_head(content, "").lines)
    return tuple(
        line
        for line in parse_dotconfig(content, "").lines
        if line.number <= head or line.symbol in NAMES or is_misread(line, dialect)
    )


def saying(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """A file that ends within its head has an empty line there, behind the last one's end."""
    return tuple(line for line in lines if line.text)


TEXTS = st.lists(st.sampled_from(LINES), max_size=30).map(
    lambda lines: "\n".join(lines).encode("utf-8", "surrogateescape")
)


@given(contents=st.lists(TEXTS, min_size=1, max_size=6), dialect=st.sampled_from(dialects()))
def test_sifted_lines_are_those_of_the_whole_file(contents: list[bytes], dialect: Dialect) -> None:
    sieved = Sieve(NAMES, dialect)
    misread = False
    # Seen once, twice and thrice: each is another way through.
    for content in contents * 3:
        found = sieved.lines(content, "file")
        expected = sifted(content, dialect)
        assert saying(found.lines) == saying(expected), content
        misread |= any(is_misread(line, dialect) for line in expected)
        assert sieved.has_misread == misread


def test_what_is_forgotten_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("_AT_ONCE", "_MOST_KEPT", "_MOST_MARKS", "_MOST_LINES"):
        monkeypatch.setattr(sieve, limit, 2)
    sieved = Sieve(NAMES, DIALECT)
    blocks = [f"CONFIG_A={number}\n# CONFIG_B{number} is not set\njunk" for number in range(4)]
    for rounds in range(4):
        content = "\n#\n".join(blocks[rounds:] + blocks).encode()
        assert sieved.lines(content, "").lines == sifted(content, DIALECT)
