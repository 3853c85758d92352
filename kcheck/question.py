"""A tree that was read, the .config that it is looked at with, and what an answer rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from kcheck.arches import (
    SubArchitecture,
    canonical_arch,
    srcarch_of,
    sub_architectures,
    subarch,
)
from kcheck.border import Border, Outgrown, grown
from kcheck.dotconfig import (
    DotConfig,
    merge_dotconfigs,
    parse_dotconfig,
    parse_line,
    read_dotconfig,
)
from kcheck.errors import ConfigError
from kcheck.evaluate.conf import Outcome, defconfig, olddefconfig
from kcheck.evaluate.program import program_of
from kcheck.kconfig.load import Loaded
from kcheck.model import Model
from kcheck.parts import Parts
from kcheck.trees.defconfig import default_configs, defconfig_name, named_configs
from kcheck.trees.directory import Tree
from kcheck.trees.makefiles import make_facts
from kcheck.trees.snapshot import Snapshot

if TYPE_CHECKING:
    from kcheck.solve.session import Session


class Question(msgspec.Struct, frozen=True):
    """A tree that was read, the config that it is looked at with, and its name.

    `is_default` where nobody named a config: then it is the tree's defconfig, or None where
    it has none.  `notes` are for the user to know.  About a part of a model `border` says where
    that ends.
    """

    loaded: Loaded
    config: DotConfig | None
    config_name: str
    is_default: bool
    notes: tuple[str, ...] = ()
    border: Border | None = None

    @property
    def full_name(self) -> str:
        """The config's name; where it was not named, that there is none."""
        if self.is_default and self.config is not None:
            return f"{self.config_name} (no .config)"
        return self.config_name


def default_question(loaded: Loaded, name: str | None = None) -> Question:
    """The tree on what `make defconfig` takes, or on the defconfig `name`."""
    tree, arch, srcarch = loaded.target.tree, loaded.target.arch, loaded.target.srcarch
    if isinstance(tree, Snapshot):
        config = stored_defconfig(tree, arch, name)
    else:
        files = named_configs(tree, srcarch, name) if name else default_configs(tree, arch, srcarch)
        config = None
        if files:
            own = defconfig_name(make_facts(tree, srcarch), arch, srcarch)
            name = name or (files[0].name if len(files) == 1 else own)
            config = merge_dotconfigs(name, [read_dotconfig(each) for each in files])
    if config is None:
        return Question(loaded, None, "no .config: all symbols at their defaults", True)
    return Question(loaded, config, config.name, True)


def stored_defconfig(snapshot: Snapshot, arch: str, name: str | None) -> DotConfig | None:
    """What a snapshot keeps of a defconfig: of the one named, else of what make takes."""
    stored = snapshot.arch(arch)
    if name is None:
        name = defconfig_name(stored.make, arch, stored.srcarch)
        if all(each.name != name for each in stored.defconfigs):
            name = stored.default
    for each in stored.defconfigs:
        if each.name == name:
            return DotConfig(name, tuple(parse_line(*line) for line in each.lines))
    return None


def named_question(loaded: Loaded, path: Path) -> Question:
    """The tree on the .config at `path`.

    Raises ConfigError for one that cannot be read or is another architecture's.
    """
    tree = loaded.target.tree
    short = str(path)
    if isinstance(tree, Tree) and path.is_relative_to(tree.path):
        short = str(path.relative_to(tree.path))
    config = DotConfig(short, read_dotconfig(path).lines)
    return Question(loaded, config, short, False, header_notes(config, loaded))


def header_notes(config: DotConfig, loaded: Loaded) -> tuple[str, ...]:
    """What the user should know of the .config's header.

    Raises ConfigError for one that is another architecture's.
    """
    if config.header is None:
        return ()
    arch, version = config.header
    target = loaded.target
    if srcarch_of(canonical_arch(arch)) != target.srcarch:
        raise ConfigError(
            f"{config.name}: a .config for {arch}, but the question is about {target.arch};"
            f" use --arch {arch} or another --config"
        )
    if version == target.tree.version:
        return ()
    if isinstance(target.tree, Snapshot) and target.tree.stands_for(version):
        return ()
    return (
        f"{config.name}: made for linux {version}, read here as one for"
        f" {target.tree.version}, as make olddefconfig would",
    )


def fits(kind: SubArchitecture, config: DotConfig) -> bool:
    """Whether `config` is one for that kind of machine, by the lines that tell its siblings
    apart."""
    lines = ((config.last(symbol), is_on) for symbol, is_on in kind.marks)
    return all((line is not None and line.value == "y") == is_on for line, is_on in lines)


def arch_of(config: DotConfig | None) -> str | None:
    """The ARCH of a .config by its header, on x86 and the like by its lines; None: not told.

    Where no line tells the kinds apart it is the header's own word, as in a file that is no
    whole .config.
    """
    if config is None or config.header is None:
        return None
    arch = canonical_arch(config.header[0])
    like = [
        kind.arch
        for kind in sub_architectures(srcarch_of(arch))
        if fits(kind, config) and any(config.last(symbol) for symbol in kind.tells)
    ]
    return like[0] if len(like) == 1 else arch


def outcome_of(question: Question) -> Outcome:
    """What conf makes of the question's config."""
    if question.is_default and question.config is not None:
        return defconfig(question.loaded.model, question.config)
    return olddefconfig(question.loaded.model, question.config)


def about(config: DotConfig, model: Model) -> DotConfig:
    """The config's lines about symbols of `model`."""
    known = model.symbols
    return DotConfig(config.name, tuple([line for line in config.lines if line.symbol in known]))


def session_of(question: Question, outcome: Outcome) -> Session:
    """Where lines are tried: behind the file named, or behind the .config that the tree's
    defaults make.
    """
    # Only here: the solver takes as long to import as all the rest.
    from kcheck.solve.session import Session

    config = question.config
    if question.is_default and config is not None:
        config = parse_dotconfig(outcome.text, question.config_name)
    return Session(question.loaded.model, config, outcome.valuation, question.border)


_Answer = TypeVar("_Answer")
_SMALL = 4000
"""Of a model with so few symbols all are looked at: to find a part, too, takes its time."""
_MOST = 2
"""Parts that grow to more than one in so many of all symbols are no less work than all."""


def in_part(
    question: Question, names: Iterable[str], ask: Callable[[Question], _Answer]
) -> _Answer:
    """What `ask` finds by as much of the model as the answer about `names` takes.

    That is what they hang on, and what hangs on all that the answer changes, which `ask` may
    have to be asked again for.  Raises KconfigSyntaxError for dependencies in a circle.
    """
    loaded = question.loaded
    parts, config = loaded.parts, question.config
    if len(parts.defined) <= _SMALL:
        return ask(question)
    if parts.index.may_loop and not parts.frame.dialect.tolerates_loops:
        program_of(parts.model)
    inside = parts.cone(names)
    looked_at = len(inside)
    while looked_at * _MOST < len(parts.defined):
        model = parts.part(inside)
        part = msgspec.structs.replace(
            question,
            loaded=msgspec.structs.replace(loaded, parts=Parts.of(model)),
            config=None if config is None else about(config, model),
            border=Border(parts, inside),
        )
        try:
            return ask(part)
        except Outgrown as reached:
            inside = grown(parts, inside, reached)
            looked_at += len(inside)
    return ask(question)


def short_compiler(version_text: str) -> str:
    """`gcc (Debian 12.2.0-14) 12.2.0` as `gcc 12.2.0`."""
    if "(assumed" in version_text:
        return version_text
    words = version_text.split()
    numbers = [word for word in words if word[:1].isdigit()]
    if not words:
        return "no compiler"
    name = "clang" if "clang" in version_text else words[0].rsplit("/", 1)[-1]
    return f"{name} {numbers[-1]}" if numbers else name


def is_foreign_compiler(loaded: Loaded) -> bool:
    """Whether this machine's own compiler was asked about another machine's code."""
    target = loaded.target
    named = target.toolchain.cc or target.toolchain.llvm or target.environment["CROSS_COMPILE"]
    if named or loaded.facts.probes == "none" or not loaded.parts.frame.probes:
        return False
    return target.srcarch not in (srcarch_of(subarch()), "um")


def foreign_compiler(loaded: Loaded) -> tuple[str, ...]:
    """What an answer rests on where it rests on such a compiler."""
    if not is_foreign_compiler(loaded):
        return ()
    return (
        f"it was this machine's {subarch()} compiler that answered for {loaded.target.arch};"
        " --cross-compile names another",
    )
