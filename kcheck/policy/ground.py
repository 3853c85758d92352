"""What a config is judged by: a tree's model or a snapshot's, and that part which rules see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec

from kcheck.arches import canonical_arch, srcarch_of, sub_architectures
from kcheck.checking import Basis, Checked, Repair, Result
from kcheck.dotconfig import DotConfig
from kcheck.explain.assumptions import assumed_answers
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.model import Model, Prompt
from kcheck.policy.scope import Surroundings
from kcheck.policy.values import Value, Values, WrittenValues
from kcheck.question import about, foreign_compiler, short_compiler
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import Tree
from kcheck.trees.places import Place, SnapshotPlace, open_place
from kcheck.trees.snapshot import Snapshot, version_numbers


class Ground(msgspec.Struct, frozen=True, dict=True):
    """A tree or a snapshot, read for one architecture, for rules about `names`.

    `narrow` is the model of all that the rules' symbols hang on, in which those have the
    values that they have in the whole one; it may be the whole one itself.
    """

    loaded: Loaded
    narrow: Model
    names: frozenset[str]

    @property
    def basis(self) -> Basis:
        """Whether it is a tree's."""
        return Basis.SNAPSHOT if isinstance(self.loaded.target.tree, Snapshot) else Basis.TREE

    @property
    def is_whole(self) -> bool:
        """Whether rules see all that there is of it."""
        return self.narrow is self.loaded.model

    @cached_property
    def settable(self) -> frozenset[str]:
        """The symbols of the narrow model that somebody can set."""
        return frozenset(
            name
            for name, symbol in self.narrow.symbols.items()
            if any(isinstance(each, Prompt) for each in symbol.properties)
        )

    @cached_property
    def tells(self) -> frozenset[str]:
        """The symbols that tell kinds of machines apart."""
        srcarch = self.loaded.target.srcarch
        return _marks(srcarch).union(*(kind.tells for kind in sub_architectures(srcarch)))

    @cached_property
    def unknown(self) -> frozenset[str]:
        """Those of the rules' symbols about which a snapshot can say nothing."""
        return frozenset(name for name in self.names if not self.loaded.model.knows(name))

    def notes(self, of_header: tuple[str, ...], of_plan: tuple[str, ...] = ()) -> tuple[str, ...]:
        """What answers rest on, with what is to be known of a config's header and of a plan."""
        unknown: tuple[str, ...] = ()
        if self.unknown:
            unknown = (
                f"the snapshot does not have {', '.join(sorted(self.unknown))}: what the config's"
                " own lines say counts, and no repair is looked for",
            )
        return (*self.loaded.notes, *of_header, *unknown, *of_plan, *self._rests_on)

    @cached_property
    def _rests_on(self) -> tuple[str, ...]:
        assumed = assumed_answers(self.loaded.model, *sorted(self.names))
        return (*assumed, *foreign_compiler(self.loaded))

    def checked(
        self,
        config: DotConfig,
        results: Sequence[Result],
        repair: Repair | None,
        notes: tuple[str, ...],
    ) -> Checked:
        """What came of a config that was judged by this."""
        facts = self.loaded.model.target
        return Checked(
            config.name,
            self.basis,
            facts.arch,
            facts.version,
            facts,
            tuple(results),
            repair,
            notes,
        )

    def narrowed(self, config: DotConfig) -> DotConfig:
        """The config's lines about symbols of the narrow model."""
        return about(config, self.narrow)


@lru_cache(maxsize=1)
def ground(
    place: Place,
    arch: str | None,
    toolchain: Toolchain,
    mode: ProbeMode,
    names: frozenset[str],
) -> Ground:
    """Read what lies at `place`, for rules about `names`.

    Raises the errors of kcheck.kconfig.load.load.
    """
    loaded = load(_opened(place), arch, toolchain, mode)
    if loaded.model.kept is not None:
        # Rules about live patching hang on half of what a snapshot has; and what does not hold
        # is computed in the whole of it anyway.
        return Ground(loaded, loaded.model, names)
    parts = loaded.parts
    narrow = parts.part(parts.cone(names | _marks(loaded.target.srcarch)))
    return Ground(loaded, narrow, names)


def _opened(place: Place) -> Tree | Snapshot:
    return open_place(place) if isinstance(place, Path) else _snapshot(place)


@lru_cache(maxsize=1)
def _snapshot(place: SnapshotPlace) -> Tree | Snapshot:
    # Configs come by versions, and a snapshot is many megabytes.
    return open_place(place)


def _marks(srcarch: str) -> frozenset[str]:
    """The symbols that only some kinds of machines have on."""
    kinds = sub_architectures(srcarch)
    return frozenset(symbol for kind in kinds for symbol, _ in kind.marks)


class PartlyKnown:
    """Values that are computed where the model knows the symbol, and else taken from lines."""

    def __init__(self, model: Model, computed: Values, config: DotConfig) -> None:
        self._model = model
        self._computed = computed
        self._written = WrittenValues(config)

    def of(self, symbol: str) -> Value:
        """The symbol's value."""
        known = self._model.knows(symbol)
        return self._computed.of(symbol) if known else self._written.of(symbol)


def surroundings(ground: Ground, values: Values) -> Surroundings:
    """What a config that was computed is for."""
    target = ground.loaded.target
    names = {target.arch, target.srcarch, *_kinds(target.srcarch, values)}
    compiler = compiler_of(short_compiler(ground.loaded.model.target.compiler))
    return Surroundings(target.tree.numbers, frozenset(names), compiler)


def written_surroundings(config: DotConfig, values: Values) -> Surroundings:
    """What a config says of itself."""
    if config.header is None:
        return Surroundings((), frozenset(), _written_compiler(values))
    arch = canonical_arch(config.header[0])
    names = {arch, srcarch_of(arch), *_kinds(srcarch_of(arch), values)}
    numbers = version_numbers(config.header[1])
    return Surroundings(numbers, frozenset(names), _written_compiler(values))


def _kinds(srcarch: str, values: Values) -> frozenset[str]:
    """The kinds of machine whose marks the values have."""
    fitting = [
        kind
        for kind in sub_architectures(srcarch)
        if all(values.of(symbol).is_on == is_on for symbol, is_on in kind.marks)
    ]
    return frozenset(name for kind in fitting for name in (kind.name, kind.arch))


def compiler_of(text: str) -> tuple[str, tuple[int, ...]] | None:
    """The name and the version in `gcc 12.2.0`; None for what is neither gcc nor clang."""
    match = re.search(r"(gcc|clang)\D* (\d+(?:\.\d+)*)", text)
    if match is None:
        return None
    return match[1], tuple(int(number) for number in match[2].split("."))


def _written_compiler(values: Values) -> tuple[str, tuple[int, ...]] | None:
    """By CC_IS_GCC and GCC_VERSION, or clang's, which configs have since 4.18."""
    for name in ("gcc", "clang"):
        version = values.of(f"{name.upper()}_VERSION").text
        if values.of(f"CC_IS_{name.upper()}").is_on and version.isdigit():
            number = int(version)
            return name, (number // 10000, number // 100 % 100, number % 100)
    return None
