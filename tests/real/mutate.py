"""A .config made wrong in many places, so that it is no fixed point."""

from __future__ import annotations

import random

_NUMBERS = ("0", "1", "-3", "64", "99999999", "0x5", "007", "ff", "")
_JUNK = ("junk", "CONFIG_NO_EQUALS_SIGN", "CONFIG_UNKNOWN_SYMBOL=y", "#CONFIG_X is not set", "")


def changed(config: bytes, seed: str, count: int) -> bytes:
    """`config` with `count` random lines about symbols flipped, changed or deleted."""
    return _joined(_with_changes(config, random.Random(seed), count))


def mutated(config: bytes, seed: str, count: int = 300) -> bytes:
    """Likewise, with lines in it that say nothing, and sometimes in another order."""
    chance = random.Random(seed)
    lines = _with_changes(config, chance, count)
    for line in _JUNK:
        lines.insert(chance.randrange(len(lines) + 1), line)
    if chance.random() < 0.2:
        chance.shuffle(lines)
    return _joined(lines)


def _joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def _with_changes(config: bytes, chance: random.Random, count: int) -> list[str]:
    lines = config.decode("utf-8", "surrogateescape").splitlines()
    about_symbols = [index for index, line in enumerate(lines) if "CONFIG_" in line]
    for index in chance.sample(about_symbols, min(count, len(about_symbols))):
        lines[index] = _changed(lines[index], chance)
    return lines


def _changed(line: str, chance: random.Random) -> str:
    if chance.random() < 0.3:
        return ""
    if line.startswith("#"):
        return f"{line.split()[1]}={chance.choice('ym')}"
    name, _, value = line.partition("=")
    if value in ("y", "m"):
        other = "m" if value == "y" else "y"
        return chance.choice((f"# {name} is not set", f"{name}={other}", f"{name}=n"))
    if value.startswith('"'):
        return chance.choice((f'{name}="x"', f'{name}="a\\"b\\\\c"', f"{name}=bare", f'{name}="'))
    return f"{name}={chance.choice(_NUMBERS)}"
