"""Random small Kconfig trees and .configs, from a source of chance handed in.

A condition mentions only symbols defined before, so that most trees are without loops;
a few refer ahead, and then conf's refusal is what is compared.
"""

from __future__ import annotations

from random import Random

from kcheck.kconfig.dialect import dialect_for_version

_TYPES = ("bool", "bool", "bool", "tristate", "tristate", "int", "hex", "string")
_LITERALS = {
    "bool": ("y", "n"),
    "tristate": ("y", "m", "n"),
    "int": ("0", "1", "5", "64", "-3"),
    "hex": ("0x0", "0x10", "ff", "0x1F"),
    "string": ('"a"', '""', '"b c"'),
}
_LOGICAL = ("bool", "tristate")


class RandomTree:
    """One tree for one version's language: `kconfig` and `config` are its two files.

    `old` is the language of `option modules` (to 5.12); `implies` and `orders` say whether
    `imply` (since 4.10) and `<` with its kin (since 4.2) belong to it.
    """

    def __init__(
        self,
        chance: Random,
        new_choices: bool,
        conditional: bool,
        old: bool,
        most: int = 12,
        implies: bool = True,
        orders: bool = True,
    ) -> None:
        self._chance = chance
        self._new_choices = new_choices
        self._conditional = conditional
        self._old = old
        self._pull_words = ("select", "select", "imply") if implies else ("select",)
        self._relations = ("=", "!=", "<", ">", "<=", ">=") if orders else ("=", "!=")
        count = chance.randint(4, most)
        self._names = [f"S{number}" for number in range(count)]
        self._types = {name: chance.choice(_TYPES) for name in self._names}
        self._types[self._names[0]] = "bool"
        self._in_choice: set[str] = set()
        self._next = 0
        carries = "option modules" if old else "modules"
        lines = ["config MODULES", '\tbool "modules"']
        if chance.random() < 0.7:
            lines.append("\tdefault y")
        lines.append(f"\t{carries}")
        while self._next < count:
            lines += self._block(0)
        if chance.random() < 0.3:
            again = [name for name in self._names if name not in self._in_choice]
            if again:
                lines += self._config(chance.choice(again))
        self.kconfig = "\n".join(lines) + "\n"
        self.config = self._make_config()

    def _before(self, name: str) -> list[str]:
        return self._names[: self._names.index(name)]

    def _literal(self, name: str) -> str:
        return self._chance.choice(_LITERALS[self._types[name]])

    def _atom(self, names: list[str]) -> str:
        name = self._chance.choice(names)
        draw = self._chance.random()
        if self._types[name] in _LOGICAL:
            if draw < 0.6:
                return name
            if draw < 0.8:
                return f"!{name}"
            # `BOOL != y` makes 6.12 to 7.3 read a symbol as an expression: what they
            # print then is an address, and where they go further they crash.
            if self._types[name] == "bool":
                return f"{name}=y" if draw < 0.9 else f"{name}!=n"
            return f"{name}{self._chance.choice(('=', '!='))}{self._literal(name)}"
        relation = self._chance.choice(self._relations)
        same = [each for each in names if self._types[each] == self._types[name] and each != name]
        with_other = same and self._chance.random() < 0.2
        other = self._chance.choice(same) if with_other else self._literal(name)
        if other == '""' and self._old:
            # Up to 4.20 conf aborts where it has to print an empty text (lkc.h, xfwrite).
            other = '"a"'
        return f"{name}{relation}{other}"

    def _expr(self, names: list[str], depth: int = 2) -> str:
        if not names:
            return self._chance.choice("ynmy")
        draw = self._chance.random()
        if depth == 0 or draw < 0.45:
            return self._atom(names)
        if draw < 0.5:
            return self._chance.choice("ymn")
        if draw < 0.55:
            return f"!({self._expr(names, depth - 1)})"
        operator = self._chance.choice((" && ", " || "))
        text = f"{self._expr(names, depth - 1)}{operator}{self._expr(names, depth - 1)}"
        return f"({text})" if self._chance.random() < 0.3 else text

    def _condition(self, name: str, likely: float = 0.3) -> str:
        if self._chance.random() >= likely:
            return ""
        return f" if {self._expr(self._before(name))}"

    def _config(self, name: str, member: bool = False) -> list[str]:
        chance, kind = self._chance, self._types[name]
        menuconfig = not member and chance.random() < 0.1
        lines = [f"{'menuconfig' if menuconfig else 'config'} {name}"]
        if member or menuconfig or chance.random() < 0.7:
            lines.append(f'\t{kind} "{name} text"{self._condition(name)}')
        else:
            lines.append(f"\t{kind}")
        if chance.random() < 0.4:
            only = self._condition(name) if self._conditional else ""
            lines.append(f"\tdepends on {self._expr(self._before(name))}{only}")
        if not member:
            lines += self._defaults(name)
        if kind in _LOGICAL:
            lines += self._pulls(name)
        if chance.random() < 0.1:
            lines += ["\thelp", "\t  Some text.", "", "\t  More."]
        return lines

    def _defaults(self, name: str) -> list[str]:
        chance, kind = self._chance, self._types[name]
        same = [each for each in self._before(name) if self._types[each] == kind]
        lines = []
        for _ in range(chance.randint(0, 2)):
            if kind in _LOGICAL:
                value = self._expr(self._before(name), 1) if chance.random() < 0.5 else "y"
            else:
                use_symbol = same and chance.random() < 0.3
                value = chance.choice(same) if use_symbol else self._literal(name)
            lines.append(f"\tdefault {value}{self._condition(name)}")
        if kind in ("int", "hex") and chance.random() < 0.5:
            low, high = ("1", "64") if kind == "int" else ("0x2", "0x40")
            if same and chance.random() < 0.3:
                high = chance.choice(same)
            lines.append(f"\trange {low} {high}{self._condition(name)}")
        return lines

    def _pulls(self, name: str) -> list[str]:
        chance = self._chance
        behind = self._names[self._names.index(name) + 1 :]
        targets = [each for each in behind if self._types[each] in _LOGICAL]
        return [
            f"\t{chance.choice(self._pull_words)} {chance.choice(targets)}{self._condition(name)}"
            for _ in range(chance.choice((0, 0, 0, 1, 1, 2)))
            if targets
        ]

    def _block(self, depth: int) -> list[str]:
        lines: list[str] = []
        for _ in range(self._chance.randint(1, 4)):
            if self._next >= len(self._names):
                break
            name = self._names[self._next]
            draw = self._chance.random()
            if draw < 0.6 or depth > 2:
                self._next += 1
                lines += self._config(name)
            elif draw < 0.7:
                condition = self._expr(self._before(name))
                lines += [f"if {condition}", *self._block(depth + 1), "endif"]
            elif draw < 0.8:
                lines += self._menu(name, depth)
            elif draw < 0.86:
                lines.append(f'comment "comment {name}"')
                if self._chance.random() < 0.5:
                    lines.append(f"\tdepends on {self._expr(self._before(name))}")
            else:
                lines += self._choice()
        return lines

    def _menu(self, name: str, depth: int) -> list[str]:
        lines = [f'menu "menu {name}"']
        options = []
        if self._chance.random() < 0.5:
            options.append(f"\tdepends on {self._expr(self._before(name))}")
        if self._chance.random() < 0.4:
            # Up to 4.20 it must stand first (zconf.y, menu).
            place = 0 if self._old else len(options)
            options.insert(place, f"\tvisible if {self._expr(self._before(name))}")
        lines += options
        return [*lines, *self._block(depth + 1), "endmenu"]

    def _choice(self) -> list[str]:
        chance = self._chance
        members = self._names[self._next : self._next + 3]
        self._next += len(members)
        before = self._before(members[0])
        for member in members:
            plain = self._new_choices or chance.random() < 0.7
            self._types[member] = "bool" if plain else "tristate"
            self._in_choice.add(member)
        word = "prompt" if self._new_choices else chance.choice(("bool", "bool", "tristate"))
        lines = ["choice", f'\t{word} "choice"{self._condition(members[0])}']
        if not self._new_choices and chance.random() < 0.15:
            lines.append("\toptional")
        if chance.random() < 0.3:
            lines.append(f"\tdepends on {self._expr(before)}")
        if chance.random() < 0.5:
            lines.append(f"\tdefault {chance.choice(members)}{self._condition(members[0])}")
        for member in members:
            lines += self._config(member, member=True)
        return [*lines, "endchoice"]

    def _make_config(self) -> str:
        chance = self._chance
        lines = []
        for name in (*self._names, "MODULES"):
            if chance.random() >= 0.6:
                continue
            kind = self._types.get(name, "bool")
            if kind in _LOGICAL:
                value = chance.choice(("y", "y", "m", None))
                line = f"# CONFIG_{name} is not set" if value is None else f"CONFIG_{name}={value}"
            elif kind == "string":
                line = f"CONFIG_{name}=" + chance.choice(('"a"', '"x\\"y"', "bare", '"open'))
            else:
                numbers = ("1", "99", "0x10", "-3", "007", "ff", "5", "")
                line = f"CONFIG_{name}={chance.choice(numbers)}"
            lines.append(line)
        chance.shuffle(lines)
        if chance.random() < 0.1:
            lines.append("junk")
        return "\n".join(lines) + "\n"


def random_tree(chance: Random, version: tuple[int, ...], most: int = 12) -> RandomTree:
    """A tree in the language of that version."""
    dialect = dialect_for_version(version)
    return RandomTree(
        chance,
        new_choices=dialect.member_order_decides,
        conditional="conditional_depends" in dialect.constructs,
        old="option" in dialect.constructs,
        most=most,
        implies=version >= (4, 10),
        orders=version >= (4, 2),
    )
