"""Explanations that were given before: the same question about the same tree is not worked out
twice.
"""

from __future__ import annotations

import hashlib

import msgspec

from kcheck.cache import key_of, own_stamp
from kcheck.findings import Explanation, NotDefinedHere
from kcheck.kconfig.load import Loaded
from kcheck.question import Question
from kcheck.store import Store
from kcheck.texts import as_bytes, from_bytes

_SOUGHT = str(NotDefinedHere.__struct_config__.tag).encode()


def explanation(
    question: Question, name: str, depth: int, every: bool, alternatives: int, store: Store
) -> Explanation:
    """What kcheck.explain.answer.explain_in_part says, out of `store` where it has said so before.

    Raises its errors.
    """
    key = _key(question, name, depth, every, alternatives)
    kept = from_bytes(store.get(key), Explanation) if key else None
    if kept is not None:
        return kept
    # Only here: what works it out takes as long to import as all the rest.
    from kcheck.explain.answer import explain_in_part

    found = explain_in_part(question, name, depth, every, alternatives)
    if key:
        content = as_bytes(found)
        # Where else a symbol is defined was sought in files that the model is not made from.
        if content is not None and _SOUGHT not in content:
            store.put(key, content)
    return found


def _key(question: Question, name: str, depth: int, every: bool, alternatives: int) -> str | None:
    """What the answer is known by; None where it must not be kept."""
    origin = question.loaded.origin or _whole(question.loaded)
    if not origin:
        return None
    own = own_stamp()
    if not own.is_settled:
        return None
    config = question.config
    lines = None if config is None else [line.text for line in config.lines]
    return key_of(
        *(own.digest, origin, lines, question.config_name, question.is_default),
        *(name, depth, every, alternatives),
    )


def _whole(loaded: Loaded) -> str:
    """All that a snapshot says under the answers of this machine's programs, as a digest; nothing
    for a tree, which is too large.
    """
    if loaded.parts.frame.kept is None:
        return ""
    return hashlib.sha256(msgspec.msgpack.encode(loaded.model, order="deterministic")).hexdigest()
