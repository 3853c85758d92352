"""How a tree was read: for what target, by which rules, with which answers."""

from __future__ import annotations

import enum

import msgspec

from kcheck.model.expressions import Location


class ProbeSource(enum.Enum):
    """Where a probe's answer comes from."""

    RUN = "run"
    RECORDED = "recorded"
    ASSUMED = "assumed"


class Probe(msgspec.Struct, frozen=True, array_like=True):
    """One `$(shell,…)` that was asked while the files were read, and its answer.

    `macro` is the outermost call as written, such as `$(cc-option,-mfentry)`; `command`
    is what the shell gets; `answer` is what the macro expands to.
    """

    macro: str
    command: str
    answer: str
    source: ProbeSource
    location: Location


class Dialect(msgspec.Struct, frozen=True):
    """The rules of Kconfig's language that differ between kernel versions.

    Each is read off the tree's own scripts/kconfig, since distributions carry rules
    back; see kconfig/dialect.py for what is looked for.
    """

    constructs: tuple[str, ...]
    """The constructs of kcheck/kconfig/constructs that this version's conf knows."""
    member_order_decides: bool
    """A choice has no value of its own; the user's members, latest first, decide it (6.9)."""
    numbers_default_to_zero: bool
    """int and hex without a default are 0 and 0x0, not empty (6.10)."""
    resets_out_of_range: bool
    """A user value outside its range is forgotten after the first evaluation (to 6.1)."""
    strict_not_set: bool
    """Nothing may follow `is not set` on its line (6.11)."""
    strict_comment: bool
    """Between `#` and the name of an unset symbol stands a space, nothing else (6.8)."""
    caches_expressions: bool
    """A condition, once computed, keeps its value until all are computed anew (6.12)."""
    unequal_y_fault: bool
    """`BOOL != y` in a condition, and its negation, both count as true (6.12)."""
    negation_ends_submenu: bool
    """A condition that can hold with the symbol off makes no submenu (7.3)."""
    omits_unset_defaults: bool
    """A bool or tristate that is n by its default, without a prompt, is not written (4.18)."""
    hides_defconfig_list: bool
    """The symbol with `option defconfig_list` is not written (4.18 to 5.12)."""
    quotes_unread_lines: bool
    """A warning about a .config's line that cannot be read shows that line (4.5)."""
    hides_m_members: bool
    """A member of a choice that can only be m is hidden while the choice is y (4.6 to 6.10)."""
    unmet_only_where_n: bool
    """A dependency that is m counts as y against a `select`; one line a warning (to 4.17)."""
    imply_is_strict: bool
    """What is implied y cannot be m, and a condition that fails hides the imply (4.10 to 5.6)."""
    writes_bounds_as_numbers: bool
    """A value outside its range becomes the bound as a number, not as its text (to 6.6)."""
    tolerates_loops: bool
    """Dependencies that run in a circle are an error that conf goes on after (to 4.17)."""
    untitled_is_linux: bool
    """Without `mainmenu` the title is Linux Kernel Configuration, not Main menu (to 4.17)."""
    unequal_n_is_symbol: bool
    """`TRISTATE != n` in a property of anything but a tristate is `TRISTATE` (to 6.9)."""
    tristates_are_texts: bool
    """Values of bools and tristates are compared as texts, so m < n < y (4.2 to 4.16)."""
    compares_numbers: bool
    """Numbers are compared as such, not as texts; `<` and its kin exist (4.2)."""
    infers_from_negations: bool
    """An operand that contradicts its neighbours is dropped, as if all were bools (to 4.1)."""
    members_stay_written: bool
    """A member of a choice that was to be written once is, until it has been (to 4.17)."""
    visible_if_keeps_m: bool
    """`m` in `visible if` does not also ask for MODULES (to 4.15)."""
    constants_have_type: bool
    """y, m and n have a type: warnings show the value behind them, too (6.10)."""
    closes_menus: bool
    """A visible menu gets its `# end of` (5.4)."""
    closes_empty_menus: bool
    """A visible menu without a visible entry gets its `# end of`, too (6.0)."""
    refuses_repeated_source: bool
    """A file that is sourced twice is an error (6.18)."""
    hash_size: int
    """The number of buckets of conf's symbol table, which orders its first pass."""


class TargetFacts(msgspec.Struct, frozen=True):
    """What was asked about: the tree and how it was read."""

    version: str
    arch: str
    srcarch: str
    compiler: str
    source: str
    probes: str


class Kept(msgspec.Struct, frozen=True):
    """What a model from a snapshot has in place of a whole tree.

    `asked` are the symbols that were sought for it, in every version, with all that they hang
    on; `elsewhere` has those that not every architecture defines.
    """

    asked: frozenset[str]
    elsewhere: dict[str, Elsewhere]


class Elsewhere(msgspec.Struct, frozen=True):
    """Where a tree defines a symbol that is not read for the architecture asked about.

    `read_by` are the architectures whose own files read those lines.
    """

    definitions: tuple[Location, ...]
    read_by: tuple[str, ...]
