"""What single lines of a .config ask for, as conf takes them."""

from __future__ import annotations

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.nodes import TRISTATES
from kcheck.evaluate.program import program_of
from kcheck.evaluate.userconfig import UserConfig
from kcheck.evaluate.values import Evaluator
from kcheck.model import Model


def asked_values(model: Model, config: DotConfig) -> dict[int, str]:
    """For each line that conf takes over: its number and the value, without quotes.

    Lines that conf passes over or refuses, and those about what is not defined, are left
    out.  Every line is read for itself, whatever others say about its symbol.
    """
    program = program_of(model)
    reader = UserConfig(program, Evaluator(program).choices)
    taken: dict[int, str] = {}
    for line in config.lines:
        if line.symbol is None or line.symbol not in model.symbols:
            continue
        symbol = program.interner.symbols[line.symbol]
        symbol.has_user = False
        reader.read(DotConfig(config.name, (line,)))
        if symbol.has_user:
            is_logical = symbol.type in TRISTATES
            taken[line.number] = "nmy"[symbol.user_tri] if is_logical else symbol.user_text
    return taken
