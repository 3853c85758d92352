""".config files: read without loss, merged, described by their header."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kcheck.dotconfig import merge_dotconfigs, parse_dotconfig, quoted


@given(st.binary(max_size=300).filter(lambda content: b"\0" not in content))
def test_no_line_is_lost(content: bytes) -> None:
    lines = [line.text for line in parse_dotconfig(content, "x").lines]
    text = "\n".join(lines).encode("utf-8", "surrogateescape")
    assert text == content or text + b"\n" == content


def test_lines_know_symbol_value_and_number() -> None:
    config = parse_dotconfig(b'\nCONFIG_A=y\r\n# CONFIG_B is not set\nCONFIG_S="a=b"\n', "x")
    assert [(line.number, line.symbol, line.value) for line in config.lines if line.symbol] == [
        (2, "A", "y"),
        (3, "B", None),
        (4, "S", '"a=b"'),
    ]


def test_the_last_line_about_a_symbol_counts() -> None:
    config = parse_dotconfig(b"CONFIG_A=y\nCONFIG_A=n\n", "x")
    line = config.last("A")
    assert line is not None
    assert line.number == 2
    assert config.last("B") is None


def test_header() -> None:
    text = b"#\n# Automatically generated file.\n# Linux/x86 6.1.0 Kernel Configuration\n#\n"
    assert parse_dotconfig(text, "x").header == ("x86", "6.1.0")
    assert parse_dotconfig(b"CONFIG_A=y\n", "x").header is None


def test_merging_keeps_what_comes_last() -> None:
    first = parse_dotconfig(b"CONFIG_A=y\nCONFIG_B=y\n", "first")
    second = parse_dotconfig(b"# CONFIG_A is not set\n", "second")
    merged = merge_dotconfigs("both", [first, second])
    assert [line.text for line in merged.lines] == ["CONFIG_B=y", "# CONFIG_A is not set"]


def test_quoting() -> None:
    assert quoted('a "b" \\c') == '"a \\"b\\" \\\\c"'
