"""Which rules a tree's own conf follows, read off its sources in scripts/kconfig.

A version number is not enough: distributions carry rules back.  Where a source file is
missing (some packages ship Kconfig files alone) the version decides.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kcheck.kconfig.constructs import all_constructs
from kcheck.model import Dialect

_OLD_HASH_SIZE = 9973
_NEW_HASH_SIZE = 1 << 14


class _Sign(NamedTuple):
    """How a rule shows: a text in a file of scripts/kconfig, or else the version.

    `since` is the first version that has the rule, `until` the first that no longer does.
    Longer numbers behind it are releases of stable series that took the change over.
    """

    file: str
    text: str
    since: tuple[tuple[int, ...], ...] = ((0, 0),)
    until: tuple[tuple[int, ...], ...] = ()


# The releases that took over "kconfig: remove wrong expr_trans_bool()".
_JULY_2024 = ((6, 10), (6, 6, 42), (6, 1, 101), (5, 15, 164), (5, 10, 223), (5, 4, 281))

_SIGNS: dict[str, _Sign] = {
    "member_order_decides": _Sign("symbol.c", "sym_calc_choice(struct menu", ((6, 11),)),
    "numbers_default_to_zero": _Sign("symbol.c", 'newval.val = "0"', ((6, 10),)),
    "strict_not_set": _Sign("confdata.c", '(strcmp(p, "is not set"))', ((6, 11),)),
    # Not yet in 6.6.47; between that and 6.6.87 no tree was looked into, nor in 6.1 at all.
    "strict_comment": _Sign("confdata.c", "line[1] != ' '", ((6, 8), (6, 6, 87), (6, 1, 192))),
    "caches_expressions": _Sign("expr.c", "val_is_valid", ((6, 12),)),
    "unequal_y_fault": _Sign("expr.c", "expr_alloc_one(E_NOT, e->left.expr)", ((6, 12),)),
    "omits_unset_defaults": _Sign("symbol.c", "if (newval.tri != no)", ((4, 18),)),
    "hides_defconfig_list": _Sign("menu.c", "SYMBOL_NO_WRITE", ((4, 18),), ((5, 13),)),
    "quotes_unread_lines": _Sign("confdata.c", "unexpected data: %", ((4, 5),)),
    "hides_m_members": _Sign(
        "symbol.c", "Tristate choice_values with visibility 'mod'", ((4, 6),), ((6, 11),)
    ),
    "unmet_only_where_n": _Sign("symbol.c", "selects %s which has unmet", until=((4, 18),)),
    "imply_is_strict": _Sign("symbol.c", "implied.tri == yes", ((4, 10),), ((5, 7),)),
    "writes_bounds_as_numbers": _Sign(
        "symbol.c",
        '"0x%llx", val2)',
        until=((6, 7), (6, 6, 3), (6, 1, 64), (5, 15, 140), (5, 10, 202), (5, 4, 262)),
    ),
    "resets_out_of_range": _Sign(
        "confdata.c", "Reset a string value if it's out of range", until=((6, 10),)
    ),
    "constants_have_type": _Sign(
        "symbol.c",
        ".type = S_TRISTATE,",
        ((6, 10), (6, 6, 33), (6, 1, 93), (5, 15, 161), (5, 10, 219), (5, 4, 278)),
    ),
    "closes_menus": _Sign("confdata.c", '"# end of %s', ((5, 4),)),
    "closes_empty_menus": _Sign("confdata.c", "end_check:", ((6, 0),)),
    "refuses_repeated_source": _Sign("util.c", "repeated inclusion", ((7, 1),)),
    "negation_ends_submenu": _Sign("menu.c", "expr_contains_symbol_negated", ((7, 3),)),
    "tolerates_loops": _Sign("symbol.c", "if (sym2 && sym2 == sym)", until=((4, 18),)),
    "untitled_is_linux": _Sign("zconf.y", "Linux Kernel Configuration", until=((4, 18),)),
    "unequal_n_is_symbol": _Sign("menu.c", "expr_trans_bool(", until=_JULY_2024),
    "compares_numbers": _Sign("expr.c", "expr_parse_string", ((4, 2),)),
    "infers_from_negations": _Sign("expr.c", "expr_eliminate_dups2", until=((4, 2),)),
    "members_stay_written": _Sign(
        "symbol.c",
        "if (!sym_is_choice_value(sym))\n\t\tsym->flags &= ~SYMBOL_WRITE;",
        until=((4, 18),),
    ),
    "visible_if_keeps_m": _Sign("menu.c", "menu_check_dep(struct expr", until=((4, 16),)),
    "tristates_are_texts": _Sign(
        "expr.c", "\tcase S_TRISTATE:\n\t\treturn k_string;", ((4, 2),), ((4, 17),)
    ),
}


def dialect_of(tree: Path, version: tuple[int, ...]) -> Dialect:
    """The dialect of the tree at `tree`, whose version is `version`."""
    return _dialect(tree / "scripts" / "kconfig", version)


def dialect_for_version(version: tuple[int, ...]) -> Dialect:
    """The dialect of an unpatched kernel of that version."""
    return _dialect(None, version)


def _dialect(folder: Path | None, version: tuple[int, ...]) -> Dialect:
    sources: dict[str, str | None] = {}

    def holds(file: str, sign: str, by_version: bool) -> bool:
        if file not in sources:
            sources[file] = _read(folder / file) if folder else None
        text = sources[file]
        return by_version if text is None else sign in text

    rules = {
        name: holds(
            sign.file,
            sign.text,
            _reached(version, sign.since) and not _reached(version, sign.until),
        )
        for name, sign in _SIGNS.items()
    }
    constructs = tuple(
        construct.NAME
        for construct in all_constructs()
        if holds(
            construct.FILE,
            construct.SIGN,
            version >= construct.SINCE and (construct.UNTIL is None or version < construct.UNTIL),
        )
    )
    new_table = rules["member_order_decides"]
    return Dialect(
        constructs=constructs,
        hash_size=_NEW_HASH_SIZE if new_table else _OLD_HASH_SIZE,
        **rules,
    )


def _reached(version: tuple[int, ...], marks: tuple[tuple[int, ...], ...]) -> bool:
    """Whether `version` is at or behind one of `marks`; those of a stable series count there."""
    return any(version >= mark and (len(mark) == 2 or version[:2] == mark[:2]) for mark in marks)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
