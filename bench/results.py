"""What a run of the bench finds: rows beside conf, and curves of growth."""

from __future__ import annotations

import math
import statistics
from pathlib import Path
from typing import assert_never

import msgspec


class Pair(msgspec.Struct, frozen=True):
    """Seconds of a process, and of the run of conf beside it."""

    seconds: float
    conf: float


class TimesConf(msgspec.Struct, frozen=True, tag="times-conf"):
    """At most so many times what conf takes for one architecture."""

    most: float


class Seconds(msgspec.Struct, frozen=True, tag="seconds"):
    """At most so many seconds."""

    most: float


class Rate(msgspec.Struct, frozen=True, tag="rate"):
    """At least so many a second, of `count` configs."""

    least: float
    count: int


class Memory(msgspec.Struct, frozen=True, tag="memory"):
    """At most so many times `than` MiB, which a smaller question took."""

    times: float
    than: float


Limit = TimesConf | Seconds | Rate | Memory


class Row(msgspec.Struct, frozen=True):
    """One thing measured: who is asked what, run by run, and the MiB of its largest process."""

    program: str
    what: str
    pairs: tuple[Pair, ...]
    mib: float
    limits: tuple[Limit, ...] = ()

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(pair.seconds for pair in self.pairs)

    @property
    def ratio(self) -> float:
        """The median of each run's time in terms of the run of conf beside it."""
        return statistics.median(pair.seconds / pair.conf for pair in self.pairs)

    def value(self, limit: Limit) -> float:
        """What is held against the limit."""
        match limit:
            case TimesConf():
                return self.ratio
            case Seconds():
                return self.seconds
            case Rate():
                return limit.count / self.seconds
            case Memory():
                return self.mib / limit.than
            case _:
                assert_never(limit)

    def holds(self, limit: Limit) -> bool:
        """Whether it is within the limit."""
        match limit:
            case TimesConf() | Seconds():
                return self.value(limit) <= limit.most
            case Rate():
                return self.value(limit) >= limit.least
            case Memory():
                return self.value(limit) <= limit.times
            case _:
                assert_never(limit)


class Missing(msgspec.Struct, frozen=True):
    """A program that could not be had, and why."""

    program: str
    why: str


class Point(msgspec.Struct, frozen=True):
    """One question of a size: medians of seconds and, where it was run beside, of conf's."""

    size: float
    seconds: float
    mib: float
    conf: float | None = None


class Curve(msgspec.Struct, frozen=True):
    """How one question grows: with what, what is asked, and the points by size.

    `cold` says that nothing was kept from earlier runs.
    """

    by: str
    what: str
    cold: bool
    points: tuple[Point, ...]

    def one_more(self) -> float:
        """Seconds that one more takes: the slope of a straight line through the points."""
        sizes = [point.size for point in self.points]
        return statistics.linear_regression(sizes, [each.seconds for each in self.points]).slope

    def time_power(self) -> float:
        """The power of the size that the time grows with from the last point but one to the last.

        What every run takes, however small, makes the power of the whole curve look too good.
        """
        before, last = self.points[-2:]
        return math.log(last.seconds / before.seconds) / math.log(last.size / before.size)

    def memory_power(self) -> float:
        """Likewise for memory."""
        before, last = self.points[-2:]
        return math.log(last.mib / before.mib) / math.log(last.size / before.size)


class Machine(msgspec.Struct, frozen=True):
    """What the figures were taken on."""

    processors: int
    model: str
    python: str
    compiler: str
    tree: str


class Results(msgspec.Struct, frozen=True):
    """One run of the bench."""

    machine: Machine
    rows: tuple[Row, ...]
    missing: tuple[Missing, ...]
    curves: tuple[Curve, ...]

    @property
    def conf(self) -> float:
        """conf's seconds: the median of all its runs beside rows."""
        return statistics.median(pair.conf for row in self.rows for pair in row.pairs)


def save(results: Results, file: Path) -> None:
    """Write the raw figures as JSON."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def read(file: Path) -> Results:
    """The figures that `save` wrote.  Raises OSError, or msgspec.DecodeError for other files."""
    return msgspec.json.decode(file.read_bytes(), type=Results)
