"""Lines that help, written to a fragment or put into the config itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kcheck.dotconfig import merge_dotconfigs, parse_dotconfig, read_dotconfig
from kcheck.errors import ConfigError
from kcheck.folders import replace_file


def fragment_path(config: Path) -> Path:
    """Where the fragment for a config goes: beside it."""
    return config.with_name(f"{config.name}.fragment")


def write_fragment(path: Path, lines: Sequence[str]) -> None:
    """Write a fragment, whole or not at all.  Raises ConfigError where that cannot be done."""
    _write(path, _bytes(lines))


def put_into(config: Path, lines: Sequence[str]) -> None:
    """Put lines into a config as scripts/kconfig/merge_config.sh does: what it says of their
    symbols goes out, they stand at its end.  As it was it stays beside it, `.old` behind its
    name, as conf does it.

    Raises ConfigError where it is compressed or cannot be written.
    """
    now = read_dotconfig(config)
    try:
        content = config.read_bytes()
        mode = config.stat().st_mode & 0o777
    except OSError as error:
        raise ConfigError(f"{config}: cannot be read: {error.strerror}") from None
    if parse_dotconfig(content, str(config)).lines != now.lines:
        raise ConfigError(f"{config}: is compressed; unpack it, or leave --in-place")
    merged = merge_dotconfigs(str(config), [now, parse_dotconfig(_bytes(lines), "plan")])
    _write(config, _bytes([line.text for line in merged.lines]), mode, Path(f"{config}.old"))


def _bytes(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _write(path: Path, content: bytes, mode: int = 0o644, keep: Path | None = None) -> None:
    try:
        replace_file(path, content, mode, keep)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None
