"""The text of a .config and of a minimal defconfig (confdata.c)."""

from __future__ import annotations

from kcheck.dotconfig import PREFIX, quoted
from kcheck.evaluate.menus import MenuNode
from kcheck.evaluate.nodes import TRISTATES, Sym
from kcheck.evaluate.values import Evaluator, single_symbol
from kcheck.model import SymbolType

_N, _M, _Y = 0, 1, 2


def dotconfig_text(evaluator: Evaluator) -> str:
    """The whole .config (conf_write)."""
    program = evaluator.program
    parts = [f"#\n# Automatically generated file; DO NOT EDIT.\n# {program.root.title}\n#\n"]
    done: set[Sym] = set()
    blank_due = False
    closes = program.model.dialect.closes_menus
    closes_empty = program.model.dialect.closes_empty_menus
    node: MenuNode | None = program.root.first
    while node is not None:
        symbol = node.symbol
        if symbol is None:
            if _is_visible(evaluator, node):
                parts.append(f"\n#\n# {node.title}\n#\n")
                blank_due = False
        elif not symbol.is_choice and symbol not in done:
            evaluator.calculate(symbol)
            if symbol.written:
                if blank_due:
                    parts.append("\n")
                    blank_due = False
                done.add(symbol)
                parts.append(symbol_line(symbol))
        if node.first is not None:
            node = node.first
            continue
        ended: MenuNode | None = node if closes_empty else None
        while True:
            if closes and ended is not None and ended.symbol is None and _ends(evaluator, ended):
                parts.append(f"# end of {ended.title}\n")
                blank_due = True
            if node.following is not None:
                node = node.following
                break
            node = ended = node.parent
            if node is None:
                break
    return "".join(parts)


def _ends(evaluator: Evaluator, node: MenuNode) -> bool:
    return node.is_menu and node.parent is not None and _is_visible(evaluator, node)


def _is_visible(evaluator: Evaluator, node: MenuNode) -> bool:
    """Whether a menu or comment shows (menu_is_visible)."""
    if node.prompt is None:
        return False
    if node.visibility is not None and evaluator.tri(node.visibility) == _N:
        return False
    return evaluator.tri(node.prompt.condition) != _N


def symbol_line(symbol: Sym) -> str:
    """The line about a symbol, with its line end; none for a symbol without a type."""
    if symbol.type is SymbolType.UNKNOWN:
        return ""
    value = symbol.value
    if symbol.type in TRISTATES and value == "n":
        return f"# {PREFIX}{symbol.name} is not set\n"
    if symbol.type is SymbolType.STRING:
        value = quoted(value)
    return f"{PREFIX}{symbol.name}={value}\n"


def defconfig_text(evaluator: Evaluator) -> str:
    """Only what differs from the defaults (conf_write_defconfig)."""
    parts: list[str] = []
    done: set[Sym] = set()
    evaluator.invalidate()
    for node in evaluator.program.menu_order:
        symbol = node.symbol
        if symbol is None:
            if not evaluator.program.model.dialect.member_order_decides:
                _is_visible(evaluator, node)
            continue
        if symbol.is_choice or symbol in done:
            continue
        evaluator.calculate(symbol)
        if not symbol.written:
            continue
        done.add(symbol)
        if symbol.visibility <= symbol.selected_tri:
            continue
        if symbol.value == _default_value(evaluator, symbol):
            continue
        if symbol.tri == _Y and evaluator.choices.default_member(symbol) is symbol:
            continue
        parts.append(symbol_line(symbol))
    return "".join(parts)


def _default_value(evaluator: Evaluator, symbol: Sym) -> str:
    """What the symbol would be without a user value (sym_get_string_default)."""
    evaluator.compute_visibility(symbol)
    evaluator.calculate(evaluator.program.modules)
    active = evaluator.active(symbol.defaults)
    tri, text = _N, ""
    if active is not None:
        default, condition = active
        if symbol.type in TRISTATES:
            tri = min(evaluator.tri(default.value), condition)
        else:
            source = single_symbol(default)
            if source is not None:
                evaluator.calculate(source)
                text = source.text
    if symbol.type not in TRISTATES:
        return text or evaluator.without_value.get(symbol.type, "")
    tri = max(tri, symbol.selected_tri)
    without_modules = evaluator.program.modules.tri == _N and not symbol.is_choice_member
    if tri == _M and (without_modules or symbol.type is SymbolType.BOOL):
        tri = _Y
    return "nmy"[max(tri, symbol.implied_tri)]
