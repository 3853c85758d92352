"""Lines that help, written to a fragment or put into the config itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kcheck.dotconfig import DotConfig, merge_dotconfigs, parse_dotconfig, read_dotconfig
from kcheck.errors import ConfigError


def fragment_path(config: Path) -> Path:
    """Where the fragment for a config goes: beside it."""
    return config.with_name(f"{config.name}.fragment")


def write_fragment(path: Path, lines: Sequence[str]) -> None:
    """Write a fragment, whole or not at all.  Raises ConfigError where that cannot be done."""
    _write(path, _bytes(lines), None)


def put_into(config: Path, lines: Sequence[str]) -> None:
    """Put lines into a config as scripts/kconfig/merge_config.sh does: what it says of their
    symbols goes out, they stand at its end.  As it was it stays beside it, `.old` behind its
    name, as conf does it.

    Raises ConfigError where it is compressed or cannot be written.
    """
    try:
        content = config.read_bytes()
        now = read_dotconfig(config)
        if parse_dotconfig(content, str(config)).lines != now.lines:
            raise ConfigError(f"{config}: is compressed; unpack it, or leave --in-place")
        added = parse_dotconfig(_bytes(lines), "plan")
        merged = merge_dotconfigs(str(config), [now, added])
        shutil.copy2(config, config.with_name(f"{config.name}.old"))
    except OSError as error:
        raise ConfigError(f"{config}: cannot be kept as .old: {error.strerror}") from None
    _write(config, _text(merged), config.stat().st_mode)


def _text(config: DotConfig) -> bytes:
    text = "".join(f"{line.text}\n" for line in config.lines)
    return text.encode("utf-8", "surrogateescape")


def _bytes(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _write(path: Path, content: bytes, mode: int | None) -> None:
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}-", delete=False
        ) as made:
            made.write(content)
        os.chmod(made.name, 0o644 if mode is None else mode & 0o777)
        os.replace(made.name, path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None
