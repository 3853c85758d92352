"""Many configs held against rules."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path

import msgspec

from kcheck.checking import CheckReport
from kcheck.compressed import LARGEST
from kcheck.policy.batch import Asked, Batch, Later, judge
from kcheck.policy.by import By
from kcheck.policy.placed import NOBODY
from kcheck.policy.rules import RuleSet
from kcheck.policy.spool import Spool
from kcheck.processes import Crew, answers

_AT_ONCE = 64
"""Configs that a process is given at a time, all with the same header: it reads what they are
judged by only once."""
_HEAD = 400
"""Bytes that hold the header of a .config."""
_PIECE = 1 << 14
"""Bytes of a file by which it is told from others of its size."""
_HEADER = re.compile(rb"Linux/\S+ \S+ Kernel Configuration")


class _Config(msgspec.Struct, frozen=True):
    """Configs with the same content, by their places among all: the first is judged.

    `head` is what it says that it is for, `size` its bytes.
    """

    head: bytes
    size: int
    numbers: tuple[int, ...]


def check_all(
    configs: Sequence[Path],
    rules: RuleSet,
    by: By,
    crew: Crew,
    answered: Callable[[int], None],
) -> CheckReport:
    """Hold the rules against all configs: the same path, and the same content, once only.

    `answered` is called with the number of configs that have come in.
    """
    paths = list(dict.fromkeys(configs))
    different = {each.numbers[0]: each for each in _different(paths)}
    batches = _Batches(tuple(different.values()), crew.size)

    def as_batch(part: tuple[Sequence[_Config], bool]) -> Batch:
        some, may_wait = part
        return Batch(tuple(_asked(each, paths) for each in some), rules, by, may_wait)

    spool = Spool([str(path) for path in paths])
    for answer in chain.from_iterable(answers(judge, map(as_batch, batches), crew, lambda: None)):
        config = different[answer.number]
        if isinstance(answer, Later):
            batches.add(config, answer.arch)
            continue
        spool.add(answer, config.numbers)
        answered(len(config.numbers))
    return CheckReport(
        tuple(rule.facts for rule in rules.rules), spool.configs(), spool.unread(), spool.statuses
    )


def _asked(config: _Config, paths: Sequence[Path]) -> Asked:
    path = paths[config.numbers[0]]
    name = str(path) if len(config.numbers) == 1 else NOBODY
    # A process elsewhere may work in another folder.
    return Asked(config.numbers[0], path.absolute(), name)


def _different(paths: Sequence[Path]) -> list[_Config]:
    """The configs, those with the same content as one."""
    sizes = [_size(path) for path in paths]
    by_size: dict[int, list[int]] = {}
    for number, size in enumerate(sizes):
        by_size.setdefault(size, []).append(number)
    found: list[_Config] = []
    for size, numbers in by_size.items():
        may_be_alike = size and len(numbers) > 1
        pieces = [_piece(paths[number], size) if may_be_alike else None for number in numbers]
        times = Counter(pieces)
        alike: dict[bytes | int, list[int]] = {}
        for number, piece in zip(numbers, pieces, strict=True):
            # What has a size or a piece of its own, or cannot be read, is like nothing else.
            is_single = piece is None or times[piece] == 1
            content = None if is_single else _digest(paths[number])
            alike.setdefault(content or number, []).append(number)
        found += [_Config(_head(paths[same[0]]), size, tuple(same)) for same in alike.values()]
    return found


def _size(path: Path) -> int:
    """The size of a file, 0 for what is none and for one that is too large to be judged."""
    try:
        size = path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
    return size if size <= LARGEST else 0


def _piece(path: Path, size: int) -> int | None:
    """A number that stands for a piece out of the middle of a file: to read that is a tenth of the
    work, and tells nearly all files apart.  None for one that cannot be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(0, (size - _PIECE) // 2))
            return hash(file.read(_PIECE))
    except OSError:
        return None


def _digest(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None


def _head(path: Path) -> bytes:
    """What a config says that it is for: those alike are judged by one process."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            found = _HEADER.search(file.read(_HEAD))
            return found[0] if found else b""
    except OSError:
        return b""


class _Batches:
    """Configs to be judged in a row, and whether those of another kind may wait.

    Those with the same header go together, and of these the ones of about the same size, which
    have most in common.  Headers of the same version follow each other.  A process that is given
    the next batch each time is never given a header again that it has left behind, but for those
    that had to wait: they come last, by their kinds.
    """

    def __init__(self, configs: Sequence[_Config], size: int) -> None:
        self._most = max(1, min(_AT_ONCE, -(-len(configs) // size)))
        ordered = sorted(configs, key=lambda each: (each.head, each.size))
        groups = [tuple(group) for _, group in groupby(ordered, key=lambda each: each.head)]
        groups.sort(key=lambda group: (group[0].head.split(b" ")[1:2], -len(group)))
        self._waiting = deque(part for group in groups for part in self._parts(group))
        self._later: dict[tuple[bytes, str | None], list[_Config]] = {}
        self._put_off: deque[tuple[_Config, ...]] = deque()

    def _parts(self, group: Sequence[_Config]) -> Iterator[tuple[_Config, ...]]:
        for first in range(0, len(group), self._most):
            yield tuple(group[first : first + self._most])

    def add(self, config: _Config, arch: str | None) -> None:
        """One that has to wait for others of that architecture."""
        self._later.setdefault((config.head, arch), []).append(config)

    def __iter__(self) -> _Batches:
        return self

    def __next__(self) -> tuple[tuple[_Config, ...], bool]:
        if self._waiting:
            return self._waiting.popleft(), True
        if not self._put_off and self._later:
            self._put_off.extend(self._parts(self._later.pop(min(self._later, key=repr))))
        if not self._put_off:
            # For now: answers still to come may have some wait.
            raise StopIteration
        return self._put_off.popleft(), False
