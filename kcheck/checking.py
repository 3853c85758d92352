"""What a check of configs against rules says, as values: each rule's result, and what helps.

Places in .config files and in rule files are Locations, too; their `file` is the name that the
user gave, or for a rule that comes with kcheck `rules/NAME.toml`.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Sequence

import msgspec

from kcheck.auditing import Lost
from kcheck.findings import Effect, Explanation, OtherAnswer, Proof, WhyOn
from kcheck.model import Location, TargetFacts


class Severity(enum.Enum):
    """What a rule that does not hold amounts to."""

    ERROR = "error"
    WARNING = "warning"


class Status(enum.Enum):
    """What came of a rule: FAIL for an error's, WARN for a warning's that does not hold."""

    PASS = "pass"
    FAIL = "fail"
    WARN = "warn"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"


class RuleFacts(msgspec.Struct, frozen=True):
    """A rule as reports name it.

    `asks` is its condition as text, `reason` why it is asked, `source` a link or a place in the
    kernel's sources, `advice` what to do; `location` is where the rule stands, None for the one
    that stands in no file.
    """

    id: str
    severity: Severity
    asks: str
    reason: str
    source: str
    advice: str
    location: Location | None


class Basis(enum.Enum):
    """What a config was judged by."""

    TREE = "tree"
    SNAPSHOT = "snapshot"
    VALUES = "values"
    """The values of its own lines alone."""


class Failing(msgspec.Struct, frozen=True):
    """A part of a rule's condition that does not hold.

    `asked` is it as text, `value` what the symbol has: n, or an empty text, where it has none.
    `line` is the config's line about the symbol, None where there is none; `why` says what
    keeps the symbol off, or on, None where that is not known or a matter of the line alone.
    """

    symbol: str
    asked: str
    value: str
    line: Location | None
    why: Explanation | WhyOn | None


class Waiver(msgspec.Struct, frozen=True):
    """Why a rule need not hold, the last day on which that is so, and where it is said."""

    reason: str
    until: datetime.date
    location: Location
    expired: bool


class Result(msgspec.Struct, frozen=True):
    """What came of one rule on one config.

    `failing` are the parts that do not hold, the first of them the one to name; `not_because`
    says why the rule is not applicable.  `lost` is set for the rule `line-not-kept` alone, once
    for each line that does not survive.  A waiver that has expired is told and does nothing.
    """

    rule: RuleFacts
    status: Status
    failing: tuple[Failing, ...] = ()
    waiver: Waiver | None = None
    not_because: str = ""
    lost: Lost | None = None


class Clash(msgspec.Struct, frozen=True):
    """Rules, by their ids, that cannot all hold, none of them to spare; a single one cannot hold
    at all.  `answers` are what the toolchain would have to answer for a single one to hold, and
    `proof` why it cannot whatever that answers.
    """

    rules: tuple[str, ...]
    answers: tuple[OtherAnswer, ...] = ()
    proof: Proof | None = None


class Repair(msgspec.Struct, frozen=True):
    """Lines with which all rules hold, but for those that a clash leaves out.

    `lost` are symbols that go off or from y to m with them.
    """

    lines: tuple[str, ...]
    effects: tuple[Effect, ...]
    lost: tuple[Effect, ...]
    proved_minimal: bool
    clashes: tuple[Clash, ...] = ()


class Checked(msgspec.Struct, frozen=True):
    """One config: what it was judged by, each rule's result, and what helps.

    `config` is its path as the user gave it.  `target` is None where its own values alone were
    looked at; `arch` is then what its header says, "" where that says nothing.  `repair` is None
    where all holds, or nothing was looked for.
    """

    config: str
    basis: Basis
    arch: str
    version: str
    target: TargetFacts | None
    results: tuple[Result, ...]
    repair: Repair | None
    notes: tuple[str, ...]


class Unread(msgspec.Struct, frozen=True):
    """A config that could not be judged, and why in one line."""

    config: str
    message: str


class CheckReport(msgspec.Struct, frozen=True):
    """All configs of one call, in the order given, and the rules that they were held against.

    `rules` are all rules of the sets asked for, `line-not-kept` among them.  `configs` may be
    many more than memory holds: they are to be gone through one by one.  `statuses` are those
    that any rule has on any of them.
    """

    rules: tuple[RuleFacts, ...]
    configs: Sequence[Checked]
    unread: tuple[Unread, ...]
    statuses: frozenset[Status]
