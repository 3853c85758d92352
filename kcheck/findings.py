"""What a report says, as values: verdicts, reasons and the explanation they add up to.

Reasons are a closed union; wording is the business of report/.
"""

from __future__ import annotations

import enum

import msgspec

from kcheck.model import Location, ProbeSource, SymbolType


class Verdict(enum.Enum):
    """What may be said of a symbol that somebody wants on."""

    ENABLED = "enabled"
    REACHABLE = "can-be-enabled"
    CONFLICT = "conflict"
    BLOCKED = "blocked-by-toolchain"
    IMPOSSIBLE = "impossible"


class NotSet(msgspec.Struct, frozen=True, tag="not-set"):
    """The prompt is visible; the .config says n at `asked`, or nothing where that is None."""

    symbol: str
    value: str
    location: Location
    asked: Location | None


class Unmet(msgspec.Struct, frozen=True, tag="unmet"):
    """A condition is n: a `depends on`, an `if`, a prompt's own condition, a default's."""

    what: str
    text: str
    location: Location
    children: tuple[Reason, ...]


class AllOf(msgspec.Struct, frozen=True, tag="all-of"):
    """Several reasons, each of which has to be mended."""

    children: tuple[Reason, ...]


class OneOf(msgspec.Struct, frozen=True, tag="one-of"):
    """Any one of the arms would do; the first is the cheapest.

    `lines` is how many each arm takes at least without giving anything up, None where that
    cannot be; `more` counts arms left out, for being many or dear; `common` is what all arms
    wait on alike.
    """

    arms: tuple[Reason, ...]
    lines: tuple[int | None, ...]
    location: Location | None = None
    more: int = 0
    common: tuple[Reason, ...] = ()


class Off(msgspec.Struct, frozen=True, tag="off"):
    """A symbol that is needed is off (or only m), and why."""

    symbol: str
    value: str
    location: Location
    prompt: bool
    children: tuple[Reason, ...]


class NotSelected(msgspec.Struct, frozen=True, tag="not-selected"):
    """A line that would turn the symbol on by `select` or `imply` is not active."""

    symbol: str
    selector: str
    value: str
    how: str
    location: Location
    condition: str
    children: tuple[Reason, ...]


class NeverOn(msgspec.Struct, frozen=True, tag="never-on"):
    """No prompt, no default that can be on, and nothing that is read selects it."""

    symbol: str
    location: Location


class NotDefinedHere(msgspec.Struct, frozen=True, tag="not-defined"):
    """No file that is read for this architecture defines the symbol."""

    symbol: str
    elsewhere: tuple[Location, ...]
    read_by: tuple[str, ...]


class InTheWay(msgspec.Struct, frozen=True, tag="in-the-way"):
    """A symbol that has to be off is on: selected, asked for, or by default."""

    symbol: str
    value: str
    location: Location | None
    selectors: tuple[str, ...]
    asked: Location | None


class WrongValue(msgspec.Struct, frozen=True, tag="wrong-value"):
    """A comparison does not hold."""

    text: str
    symbol: str
    value: str
    location: Location | None


class ProbeAnswer(msgspec.Struct, frozen=True, tag="probe"):
    """What the compiler or another program answered decides."""

    macro: str
    command: str
    answer: str
    source: ProbeSource
    location: Location


class Fixed(msgspec.Struct, frozen=True, tag="fixed"):
    """The condition is n as written for this architecture; no setting changes it."""

    text: str
    location: Location


class Overridden(msgspec.Struct, frozen=True, tag="overridden"):
    """The default at `location` would do, but another (or the .config) comes before it."""

    symbol: str
    value: str
    location: Location
    by: Location | None


class OtherMember(msgspec.Struct, frozen=True, tag="other-member"):
    """Another member of the same choice is on."""

    symbol: str
    chosen: str | None
    location: Location


class SeenAbove(msgspec.Struct, frozen=True, tag="seen-above"):
    """The symbol has been explained in this answer already, or lies too deep."""

    symbol: str
    value: str
    location: Location | None
    deeper: bool


Reason = (
    NotSet
    | Unmet
    | AllOf
    | OneOf
    | Off
    | NotSelected
    | NeverOn
    | NotDefinedHere
    | InTheWay
    | WrongValue
    | ProbeAnswer
    | Fixed
    | Overridden
    | OtherMember
    | SeenAbove
)


class Condition(msgspec.Struct, frozen=True):
    """A condition that the symbol stands under, and whether it holds."""

    what: str
    text: str
    location: Location
    holds: bool


class Origin(msgspec.Struct, frozen=True):
    """Where the value comes from: the .config's line, a default, a select …"""

    how: str
    place: str
    detail: str = ""


class Effect(msgspec.Struct, frozen=True):
    """A symbol that a plan changes without a line of its own.

    `before` and `after` are None for an int, hex or string of which the .config has no line.
    `cause` is select, imply, default or line for one that comes on, dependency for one that
    goes off, value for another text, gone for a text whose line goes; `by` the selecting or
    implying symbol.
    """

    symbol: str
    before: str | None
    after: str | None
    cause: str
    by: str | None = None


class Plan(msgspec.Struct, frozen=True):
    """Lines to put behind the .config, and all that follows from them.

    `lost` are symbols that go off, or from y to m unless the .config asks m.
    `proved_minimal` says that nothing gives up less and, of what gives up as little, nothing
    takes fewer lines; `fewest_changes` that of those nothing changes fewer other symbols.
    `newly_visible` have a prompt now and stay at their default.
    """

    lines: tuple[str, ...]
    effects: tuple[Effect, ...]
    lost: tuple[Effect, ...]
    newly_visible: tuple[str, ...]
    proved_minimal: bool
    fewest_changes: bool
    verified_by: str = "evaluator"


class ProofLine(msgspec.Struct, frozen=True):
    """One statement of a proof: what the Kconfig line at `location` says of `symbol`."""

    symbol: str
    text: str
    location: Location | None


class Proof(msgspec.Struct, frozen=True):
    """Statements that cannot all hold together with what is wanted.

    Leaving out any one of them would let the rest hold.  `certain` is false where a choice
    is among them whose members hang on each other, which no proof covers.
    """

    core: tuple[ProofLine, ...]
    certain: bool


class OtherAnswer(msgspec.Struct, frozen=True):
    """What a program would have to answer, and what it answered to which question."""

    macro: str
    command: str
    answer: str
    wanted: str
    source: ProbeSource
    location: Location


class Reachable(msgspec.Struct, frozen=True, tag="reachable"):
    """A plan gives up nothing; one without lines where the goals hold already."""

    plan: Plan
    alternatives: tuple[Plan, ...] = ()


class Costly(msgspec.Struct, frozen=True, tag="costly"):
    """The goals can be reached only by giving something up; `plan` gives up least."""

    plan: Plan
    alternatives: tuple[Plan, ...] = ()


class NeedsToolchain(msgspec.Struct, frozen=True, tag="needs-toolchain"):
    """Nothing works with this toolchain, or only by giving something up, such as the kind of
    machine; with other answers `plan` does.
    """

    answers: tuple[OtherAnswer, ...]
    plan: Plan


class Unreachable(msgspec.Struct, frozen=True, tag="unreachable"):
    """No line and no other toolchain helps."""

    proof: Proof


Solution = Reachable | Costly | NeedsToolchain | Unreachable


class Explanation(msgspec.Struct, frozen=True):
    """The whole answer about one symbol."""

    symbol: str
    type: SymbolType
    value: str
    verdict: Verdict
    definitions: tuple[Location, ...]
    conditions: tuple[Condition, ...]
    origins: tuple[Origin, ...]
    reasons: tuple[Reason, ...]
    waits_on: tuple[str, ...]
    rests_on: tuple[str, ...]
    solution: Solution | None
    assumptions: tuple[str, ...]


class WhyOn(msgspec.Struct, frozen=True):
    """What keeps a symbol on, and what turns it off.

    `is_logical` is false for an int, hex or string, which is neither on nor off;
    `solution` is None for those and for what is off.
    """

    symbol: str
    value: str
    is_logical: bool
    definitions: tuple[Location, ...]
    kept_by: tuple[Origin, ...]
    solution: Solution | None
