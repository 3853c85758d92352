"""What is done with all texts of a value, however deep those stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from kcheck.model import Location

_Kind = TypeVar("_Kind")


def mapped(value: Any, text: Callable[[str], str], file: Callable[[str], str]) -> Any:
    """`value` with `text` of each of its texts and `file` of the files of all its places."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Location):
        return Location(file(value.file), value.line)
    if isinstance(value, tuple):
        return tuple(mapped(each, text, file) for each in value)
    if isinstance(value, msgspec.Struct):
        fields = {
            name: mapped(getattr(value, name), text, file) for name in value.__struct_fields__
        }
        return type(value)(**fields)
    return value


def as_bytes(value: msgspec.Struct) -> bytes | None:
    """`value` as MessagePack; None where a byte of a .config that is no UTF-8 stands in a text of
    it, for which MessagePack has no place.
    """
    try:
        return msgspec.msgpack.encode(value)
    except UnicodeEncodeError:
        return None


def from_bytes(content: bytes | None, kind: type[_Kind]) -> _Kind | None:
    """What as_bytes() made such bytes of; None where they are none, or another's."""
    try:
        return None if content is None else msgspec.msgpack.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeError):
        return None
