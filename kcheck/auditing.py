"""What an audit of fragments says, as values: lines that do not survive, why, and what helps.

Places in .config files are Locations, too; their `file` is the name that the user gave.
"""

from __future__ import annotations

import msgspec

from kcheck.findings import Fixed, NeverOn, ProbeAnswer
from kcheck.model import Location, SymbolType, Tri


class Selector(msgspec.Struct, frozen=True):
    """A symbol whose `select` or `imply` at `location` is active.

    `line` is the line that sets the symbol `set_there`: the selector, or else one that
    brings the selector in.
    """

    symbol: str
    value: str
    location: Location
    line: Location | None
    set_there: str | None


# Roots: what has to be otherwise for a condition to hold.


class Held(msgspec.Struct, frozen=True, tag="held"):
    """A line gives the symbol that value, and the value counts."""

    symbol: str
    value: str
    line: Location


class Unset(msgspec.Struct, frozen=True, tag="unset"):
    """The prompt is visible and no line sets the symbol."""

    symbol: str
    value: str
    location: Location


class Pulled(msgspec.Struct, frozen=True, tag="pulled"):
    """The symbol has to be lower, but is selected or implied."""

    symbol: str
    value: str
    by: tuple[Selector, ...]


class Defaulted(msgspec.Struct, frozen=True, tag="defaulted"):
    """The value is that of a default, or of what a symbol without any has."""

    symbol: str
    value: str
    location: Location | None


class NotChosen(msgspec.Struct, frozen=True, tag="not-chosen"):
    """A member of a choice in which `chosen` is on, by the .config's `line` or by default."""

    symbol: str
    chosen: str | None
    line: Location | None


class Absent(msgspec.Struct, frozen=True, tag="absent"):
    """No file that is read here defines the symbol."""

    symbol: str


class Compared(msgspec.Struct, frozen=True, tag="compared"):
    """A comparison that does not hold as wanted, with its left side's value."""

    text: str
    symbol: str | None
    value: str
    line: Location | None


Root = (
    Held
    | Unset
    | Pulled
    | Defaulted
    | NotChosen
    | Absent
    | Compared
    | NeverOn
    | ProbeAnswer
    | Fixed
)


# Causes: why a line does not survive.


class Superseded(msgspec.Struct, frozen=True, tag="superseded"):
    """A later line about the same symbol counts; `text` is that line."""

    line: Location
    text: str


class Unreadable(msgspec.Struct, frozen=True, tag="unreadable"):
    """conf passes over the line: it is neither CONFIG_X=… nor `# CONFIG_X is not set`."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """conf does not take the value for a symbol of that type."""

    symbol_type: SymbolType


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """No file that is read here defines the symbol; others may, or names may be like it."""

    elsewhere: tuple[Location, ...]
    alike: tuple[str, ...]


class Transitional(msgspec.Struct, frozen=True, tag="transitional"):
    """An old name, whose value passes to the symbols that default to it."""

    successors: tuple[str, ...]
    location: Location


class Needs(msgspec.Struct, frozen=True, tag="needs"):
    """A condition of the prompt is too low: n, or only m where y is asked."""

    text: str
    value: Tri
    location: Location
    roots: tuple[Root, ...]

    @property
    def is_direct(self) -> bool:
        """Whether the condition is the one symbol that it waits on, or its negation."""
        match self.roots:
            case (Held(symbol) | Unset(symbol) | Pulled(symbol) | Defaulted(symbol),):
                return self.text in (symbol, f"!{symbol}")
            case _:
                return False


class NoPrompt(msgspec.Struct, frozen=True, tag="no-prompt"):
    """Only selects and defaults set the symbol; `roots` are what they wait on, if asked on."""

    location: Location
    roots: tuple[Root, ...]


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    """Other symbols keep it higher than asked, by `select` or (without a prompt) `imply`."""

    how: str
    by: tuple[Selector, ...]


class ByDefault(msgspec.Struct, frozen=True, tag="by-default"):
    """As the line does not count, the default at `location` does."""

    text: str
    location: Location


class OtherMember(msgspec.Struct, frozen=True, tag="other-member"):
    """Another member of the choice at `location` is on, by `line` or by default."""

    chosen: str | None
    line: Location | None
    location: Location


class LastMember(msgspec.Struct, frozen=True, tag="last-member"):
    """The choice at `location` needs a member, and falls to this one."""

    location: Location


class OutOfRange(msgspec.Struct, frozen=True, tag="out-of-range"):
    """The number lies outside the bounds at `location`."""

    low: str
    high: str
    location: Location


class NoModules(msgspec.Struct, frozen=True, tag="no-modules"):
    """Nothing is m while the symbol with the `modules` property is off."""

    symbol: str | None
    roots: tuple[Root, ...]


Cause = (
    Superseded
    | Unreadable
    | Refused
    | Unknown
    | Transitional
    | Needs
    | NoPrompt
    | Raised
    | ByDefault
    | OtherMember
    | LastMember
    | OutOfRange
    | NoModules
)


class Lost(msgspec.Struct, frozen=True):
    """A line that does not survive.

    `asked` and `got` stand without quotes; `asked` is None where nothing can be read off
    the line, `got` where the final .config has no value for the symbol.
    """

    line: Location
    text: str
    symbol: str | None
    type: SymbolType
    asked: str | None
    got: str | None
    causes: tuple[Cause, ...]


class Drop(msgspec.Struct, frozen=True):
    """Without `line`, tried on the evaluator, the lines `saved` survive."""

    line: Location
    saved: tuple[Location, ...]


class Remedy(msgspec.Struct, frozen=True):
    """What would let lines survive.

    `clashes` are sets of lines that cannot all hold, none of them to spare; `add` are
    lines with which all others do, None where nobody looked for them.
    """

    drops: tuple[Drop, ...] = ()
    clashes: tuple[tuple[Location, ...], ...] = ()
    add: tuple[str, ...] | None = None


class Audit(msgspec.Struct, frozen=True):
    """The outcome for the lines of `files`, of which `checked` set a symbol.

    `idle` are lines that ask off what is not defined here: they hold, but may be misspelt.
    """

    files: tuple[str, ...]
    checked: int
    lost: tuple[Lost, ...]
    idle: tuple[Lost, ...]
    remedy: Remedy
