"""What `make olddefconfig` and its kin do, without make and conf."""

from __future__ import annotations

import msgspec

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.choices import ChoiceHasValue
from kcheck.evaluate.nodes import TRISTATES, Sym
from kcheck.evaluate.numbers import BASES, leading_number
from kcheck.evaluate.program import deep_recursion, program_of
from kcheck.evaluate.userconfig import UserConfig
from kcheck.evaluate.valuation import SymbolState, Valuation, symbol_state
from kcheck.evaluate.values import Evaluator
from kcheck.evaluate.write import defconfig_text, dotconfig_text
from kcheck.model import Model, Tri


class Outcome(msgspec.Struct, frozen=True):
    """The .config that conf would write, each symbol's state, and conf's warnings."""

    valuation: Valuation
    text: bytes
    warnings: tuple[str, ...]


def olddefconfig(model: Model, config: DotConfig | None) -> Outcome:
    """`config` brought up to date, what it does not mention at its default.

    Without a config every symbol gets its default.
    """
    with deep_recursion():
        evaluator, user = _read(model, config)
        return _finish(evaluator, user)


def defconfig(model: Model, config: DotConfig) -> Outcome:
    """`config`, a defconfig, made into a whole .config (conf --defconfig)."""
    with deep_recursion():
        evaluator, user = _read(model, config)
        _set_new_symbols(evaluator, None)
        return _finish(evaluator, user, changed=True)


def alldefconfig(model: Model, config: DotConfig | None = None) -> Outcome:
    """Every symbol at its default, but for what `config` sets (KCONFIG_ALLCONFIG)."""
    return _all(model, None, config)


def allnoconfig(model: Model) -> Outcome:
    """Every bool and tristate n, as far as that is possible."""
    return _all(model, Tri.N)


def allyesconfig(model: Model) -> Outcome:
    """Every bool and tristate y, as far as that is possible."""
    return _all(model, Tri.Y)


def allmodconfig(model: Model) -> Outcome:
    """Every tristate m and every bool y, as far as that is possible."""
    return _all(model, Tri.M)


def savedefconfig(model: Model, config: DotConfig | None) -> bytes:
    """The minimal defconfig that stands for `config`."""
    with deep_recursion():
        evaluator, _ = _read(model, config)
        return _encoded(defconfig_text(evaluator))


def _all(model: Model, value: Tri | None, config: DotConfig | None = None) -> Outcome:
    with deep_recursion():
        program = program_of(model)
        evaluator = Evaluator(program)
        user = UserConfig(program, evaluator.choices)
        if config is not None:
            user.read(config)
        _set_new_symbols(evaluator, value)
        return _finish(evaluator, user, changed=True)


def _read(model: Model, config: DotConfig | None) -> tuple[Evaluator, UserConfig]:
    """conf_read: user values taken over, every symbol computed once."""
    program = program_of(model)
    evaluator = Evaluator(program)
    user = UserConfig(program, evaluator.choices)
    if config is None:
        user.changed = True
        evaluator.calculate(program.modules)
        return evaluator, user
    user.read(config)
    evaluator.calculate(program.modules)
    for symbol in program.all_symbols:
        evaluator.calculate(symbol)
        if not user.changed and _differs_from_user(symbol):
            user.changed = True
    if program.model.dialect.resets_out_of_range:
        _reset_out_of_range(evaluator, user)
    user.changed |= bool(user.warnings)
    return evaluator, user


def _differs_from_user(symbol: Sym) -> bool:
    """Whether the file to be written says something else than the one read."""
    if symbol.is_choice or symbol.never_written:
        return False
    if symbol.has_user and symbol.written:
        if symbol.type in TRISTATES:
            return symbol.user_tri != symbol.tri
        return symbol.user_text != symbol.text
    return symbol.has_user or symbol.written


def _reset_out_of_range(evaluator: Evaluator, user: UserConfig) -> None:
    """Forget numbers outside their range; what was computed from them stays (conf_read)."""
    for symbol in evaluator.program.all_symbols:
        if not symbol.has_user or symbol.is_choice_member:
            continue
        if symbol.visibility == Tri.N and not user.changed:
            symbol.has_user = False
        if symbol.type in BASES and not _is_in_range(evaluator, symbol):
            symbol.valid = symbol.has_user = False
            user.changed = True


def _is_in_range(evaluator: Evaluator, symbol: Sym) -> bool:
    bounds = evaluator.bounds(symbol)
    if bounds is None:
        return True
    _, lowest, _, highest = bounds
    return lowest <= leading_number(symbol.user_text, BASES[symbol.type]) <= highest


def _set_new_symbols(evaluator: Evaluator, value: Tri | None) -> None:
    """Give every symbol without a user value `value` (conf_set_all_new_symbols)."""
    program = evaluator.program
    if program.model.dialect.member_order_decides:
        if value is not None:
            for node in program.menu_order:
                symbol = node.symbol
                if (
                    symbol is not None
                    and node.prompt is not None
                    and symbol.type in TRISTATES
                    and not (symbol.has_user or symbol.is_choice or symbol.is_choice_member)
                ):
                    symbol.has_user, symbol.user_tri = True, value
        evaluator.invalidate()
        return
    rules = evaluator.choices
    assert isinstance(rules, ChoiceHasValue)
    if value is not None:
        for symbol in program.all_symbols:
            if symbol.type in TRISTATES and not (symbol.has_user or symbol.valid):
                yes = value is Tri.N and symbol.allnoconfig_y
                symbol.has_user, symbol.user_tri = True, Tri.Y if yes else value
    evaluator.invalidate()
    for symbol in program.all_symbols:
        if symbol.is_choice_member or (symbol.is_choice and not symbol.has_user):
            symbol.needs_choice_values = True
    for symbol in program.all_symbols:
        if symbol.is_choice and not symbol.has_user:
            evaluator.calculate(symbol)
            rules.settle(symbol)


def _finish(evaluator: Evaluator, user: UserConfig | None, changed: bool = False) -> Outcome:
    if not (changed or (user is not None and user.changed)):
        evaluator.invalidate()
    text = dotconfig_text(evaluator)
    warnings = [] if user is None else [f"{warning}\n" for warning in user.warnings]
    return Outcome(_valuation(evaluator), _encoded(text), (*warnings, *evaluator.warnings))


def _valuation(evaluator: Evaluator) -> Valuation:
    program = evaluator.program
    states: dict[str, SymbolState] = {}
    for name in program.model.symbols:
        symbol = program.interner.symbols[name]
        evaluator.calculate(symbol)
        states[name] = symbol_state(symbol)
    return Valuation(program.model, states)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
