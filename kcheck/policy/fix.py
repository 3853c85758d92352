"""Lines that help, written to a fragment or put into the config itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kcheck.compressed import is_compressed
from kcheck.dotconfig import content_of, merge_dotconfigs, parse_dotconfig
from kcheck.errors import ConfigError
from kcheck.folders import replace_file


def fragment_path(config: Path) -> Path:
    """Where the fragment for a config goes: beside it."""
    return config.with_name(f"{config.name}.fragment")


def write_fragment(path: Path, lines: Sequence[str]) -> None:
    """Write a fragment, whole or not at all.  Raises ConfigError where that cannot be done."""
    _write(path, content_of(lines))


def put_into(config: Path, lines: Sequence[str]) -> Path:
    """Put lines into a config as scripts/kconfig/merge_config.sh does: what it says of their
    symbols goes out, they stand at its end.  As it was it stays beside it, `.old` behind its
    name, as conf does it; where that is, is given back.

    Raises ConfigError where it is compressed or cannot be written.
    """
    try:
        content = config.read_bytes()
        mode = config.stat().st_mode & 0o777
    except OSError as error:
        raise ConfigError(f"{config}: cannot be read: {error.strerror}") from None
    if is_compressed(content):
        raise ConfigError(f"{config}: is compressed; unpack it, or leave --in-place")
    texts = parse_dotconfig(content, str(config)), parse_dotconfig(content_of(lines), "plan")
    merged = merge_dotconfigs(str(config), texts)
    old = Path(f"{config}.old")
    _write(config, content_of(line.text for line in merged.lines), mode, old)
    return old


def _write(path: Path, content: bytes, mode: int | None = None, keep: Path | None = None) -> None:
    try:
        replace_file(path, content, mode, keep)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None
