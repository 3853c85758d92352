"""The values under one .config after the other, each found from what differs from the one before.

Configs of one kernel have nearly all of their lines in common; what they have in common is
neither read nor computed again.
"""

from __future__ import annotations

from collections import defaultdict

from kcheck.dotconfig import DotConfig
from kcheck.evaluate.changes import Base
from kcheck.evaluate.nodes import NOTHING_SAID, Said, Sym, said_of
from kcheck.evaluate.order import units_of
from kcheck.evaluate.program import Program, deep_recursion
from kcheck.evaluate.propagate import propagate
from kcheck.evaluate.userconfig import UserConfig
from kcheck.evaluate.values import Evaluator
from kcheck.model import Model


class Near:
    """`model` under the .config that was read last.

    The values are those of kcheck.evaluate.conf.olddefconfig.
    """

    def __init__(self, model: Model) -> None:
        # Not one that others share, who would leave other values in its symbols.
        self._program = Program(model)
        self._evaluator = Evaluator(self._program)
        self._order = units_of(self._program)
        self._symbols = [each for each in self._program.all_symbols if not each.constant]
        self._ranged = [each for each in self._symbols if each.ranges]
        self._said: dict[Sym, Said] = {}
        self._texts: dict[str, str] | None = None
        self._computed: list[Sym] = []
        self._is_conf_s = False
        self._lent: Base | None = None
        self._latest: Base | None = None
        self._since: dict[Sym, None] = {}
        """The base given last, and the symbols that were computed since."""
        self._members = {
            each.name: self._order.of(each) for each in self._symbols if each.choice is not None
        }
        """The units that members of choices are in."""

    @property
    def can_follow(self) -> bool:
        """Whether no symbols wait on each other; where some do, only conf's own order of
        computing gives conf's answer.
        """
        return self._order.is_straight

    def symbol(self, name: str) -> Sym:
        """The symbol of that name with its value, which the next .config changes."""
        return self._program.interner.symbols[name]

    def read(self, config: DotConfig) -> bool:
        """Find the values under `config`.

        False where conf would compute some from numbers that it then forgets (confdata.c,
        conf_read, up to 6.9): these values are not conf's.
        """
        if self._lent is not None:
            self._lent.give_back()
            self._lent = None
        lines = [line for line in config.lines if line.symbol is not None]
        texts = {line.symbol: line.text for line in lines if line.symbol is not None}
        before = self._texts
        # A symbol of which a file speaks twice is worth no shorter way.
        self._texts = texts if len(texts) == len(lines) else None
        with deep_recursion():
            if before is None or self._texts is None:
                self._read_whole(config)
            else:
                self._read_lines(config, self._differing(before, texts))
        for symbol in self._computed:
            # Computing takes back some of what was said.
            symbol.say(self._said[symbol])
        self._since.update(dict.fromkeys(self._computed))
        self._is_conf_s = self.can_follow and not self._forgets_numbers()
        return self._is_conf_s

    def base(self) -> Base | None:
        """The .config that was read last, to be tried with lines added until the next one is
        read; None where these values are not conf's.
        """
        if self._is_conf_s:
            changed = self._program.all_symbols if self._latest is None else self._since
            self._lent = self._latest = Base.of(self._evaluator, self._latest, changed)
            self._since = {}
        return self._lent

    def close(self) -> None:
        """Let go of the model; nothing can be asked any more, of what was lent neither."""
        self._program.dissolve()

    def _differing(self, before: dict[str, str], texts: dict[str, str]) -> set[str]:
        """The symbols of which the files say something else; of a choice all members, since
        what counts of them hangs on their order.
        """
        found = {name for name, _ in before.items() ^ texts.items()}
        said = self._of_choices(before), self._of_choices(texts)
        moved = {unit for unit in said[0].keys() | said[1].keys() if said[0][unit] != said[1][unit]}
        return found | {name for name, unit in self._members.items() if unit in moved}

    def _of_choices(self, texts: dict[str, str]) -> defaultdict[int, list[str]]:
        said: defaultdict[int, list[str]] = defaultdict(list)
        for name, text in texts.items():
            if name in self._members:
                said[self._members[name]].append(text)
        return said

    def _read_whole(self, config: DotConfig) -> None:
        """Everything anew, as the first time."""
        self._evaluator = Evaluator(self._program)
        self._latest = None
        UserConfig(self._program, self._evaluator.choices).read(config)
        self._said = {symbol: said_of(symbol) for symbol in self._symbols}
        self._evaluator.calculate(self._program.modules)
        for symbol in self._program.all_symbols:
            self._evaluator.calculate(symbol)
        self._computed = self._symbols

    def _read_lines(self, config: DotConfig, names: set[str]) -> None:
        """What `config` says of these symbols, and all whose values hang on that."""
        symbols = [
            found
            for name in names
            if (found := self._program.interner.symbols.get(name)) is not None
            and found in self._said
        ]
        choices = self._evaluator.choices
        for symbol in symbols:
            symbol.say(NOTHING_SAID)
            if symbol.choice is not None:
                choices.nothing_read(symbol)
        symbols += {each.choice for each in symbols if isinstance(each.choice, Sym)}
        user = UserConfig(self._program, choices)
        user.take(line for line in config.lines if line.symbol in names)
        due = {self._order.of(symbol) for symbol in symbols}
        self._said.update((symbol, said_of(symbol)) for symbol in symbols)
        self._computed = []
        self._begin_pass()
        propagate(self._order, due, self._compute, self._begin_pass, in_sight=True)

    def _begin_pass(self) -> None:
        """Conditions are computed anew, symbols keep what they have."""
        self._program.passes += 1

    def _compute(self, number: int) -> bool:
        unit = self._order.units[number]
        before = [symbol.value for symbol in unit]
        for symbol in unit:
            symbol.forget_value()
        for symbol in unit:
            self._evaluator.calculate(symbol)
        self._computed += unit
        return any(symbol.value != old for symbol, old in zip(unit, before, strict=True))

    def _forgets_numbers(self) -> bool:
        return self._program.model.dialect.resets_out_of_range and any(
            symbol.has_user and symbol.text != symbol.user_text for symbol in self._ranged
        )
