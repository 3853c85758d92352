"""Which rules a tree's own conf follows, read off its sources in scripts/kconfig.

A version number is not enough: distributions carry rules back.  Where a source file is
missing (some packages ship Kconfig files alone) the version decides.
"""

from __future__ import annotations

from pathlib import Path

from kcheck.kconfig.constructs import all_constructs
from kcheck.model import Dialect

_OLD_HASH_SIZE = 9973
_NEW_HASH_SIZE = 1 << 14

# For each rule: the file of scripts/kconfig to look into, a text that stands there
# where the rule holds, and the first version that has it.
_SIGNS: dict[str, tuple[str, str, tuple[int, int]]] = {
    "member_order_decides": ("symbol.c", "sym_calc_choice(struct menu", (6, 11)),
    "numbers_default_to_zero": ("symbol.c", 'newval.val = "0"', (6, 10)),
    "strict_not_set": ("confdata.c", '(strcmp(p, "is not set"))', (6, 11)),
    "strict_comment": ("confdata.c", "line[1] != ' '", (6, 0)),
    "caches_expressions": ("expr.c", "val_is_valid", (6, 12)),
    "unequal_y_fault": ("expr.c", "expr_alloc_one(E_NOT, e->left.expr)", (6, 12)),
    "omits_unset_defaults": ("symbol.c", "if (newval.tri != no)", (4, 18)),
    "hides_defconfig_list": ("menu.c", "SYMBOL_NO_WRITE", (4, 18)),
    "quotes_unread_lines": ("confdata.c", "unexpected data: %.*s", (4, 5)),
    "hides_m_members": ("symbol.c", "Tristate choice_values with visibility 'mod'", (4, 6)),
    "constants_have_type": ("symbol.c", ".type = S_TRISTATE,", (5, 10)),
    "closes_menus": ("confdata.c", '"# end of %s', (5, 4)),
    "closes_empty_menus": ("confdata.c", "end_check:", (6, 0)),
    "refuses_repeated_source": ("util.c", "repeated inclusion", (6, 18)),
    "negation_ends_submenu": ("menu.c", "expr_contains_symbol_negated", (7, 3)),
}

# The same for rules that a version gave up: the version is the first without it.
_SIGNS_OF_OLD: dict[str, tuple[str, str, tuple[int, int]]] = {
    "unmet_only_where_n": ("symbol.c", "selects %s which has unmet", (4, 18)),
    "imply_is_strict": ("symbol.c", "implied.tri == yes", (5, 7)),
    "writes_bounds_as_numbers": ("symbol.c", "sym->curr.val = xstrdup(str)", (5, 6)),
    "resets_out_of_range": ("confdata.c", "Reset a string value if it's out of range", (6, 10)),
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
        name: holds(file, sign, version >= since) for name, (file, sign, since) in _SIGNS.items()
    }
    rules |= {
        name: holds(file, sign, version < until)
        for name, (file, sign, until) in _SIGNS_OF_OLD.items()
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


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
