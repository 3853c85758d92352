"""Look a running system over: every fact, what it does, and what follows for a livepatch."""

from __future__ import annotations

import enum
from pathlib import Path

import msgspec

from kcheck.doctor.effects import Effect, effect_of
from kcheck.doctor.facts import (
    Fact,
    FolderMissing,
    FolderThere,
    Lockdown,
    LockMode,
    NoModules,
    Option,
    OptionOff,
    OptionOn,
    OptionStale,
    Refusal,
    Reliable,
    SignaturesEnforced,
    Topic,
    Unknown,
    Unreliable,
)
from kcheck.doctor.files import is_there
from kcheck.doctor.kernel import (
    ftrace,
    is_on,
    kallsyms,
    lockdown,
    module_loading,
    pointers,
    signatures,
    tainted,
)
from kcheck.doctor.patches import FOLDER, loaded_patches
from kcheck.dotconfig import DotConfig, read_dotconfig
from kcheck.trees.running import System, build_trees, find_config

_CONSISTENCY = (4, 12)
_NEVER_IMMEDIATE = (4, 16)
_ONLY_A_WARNING = (5, 2)


class Outlook(enum.Enum):
    """Whether a livepatch can be loaded, as far as the facts go."""

    LOADABLE = "loadable"
    REFUSED = "refused"
    WITHOUT_EFFECT = "without-effect"
    UNSEEN = "unseen"
    """Not even whether the kernel has LIVEPATCH could be seen."""


class Item(msgspec.Struct, frozen=True):
    """A fact, what it is about, and what it does."""

    topic: Topic
    fact: Fact
    effect: Effect


class Checkup(msgspec.Struct, frozen=True):
    """What was seen of a system.

    `config` and `trees` are files as they are named there; `passed_over` says of configs that
    are there and of no use why.
    """

    release: str
    machine: str
    config: str | None
    passed_over: tuple[str, ...]
    trees: tuple[str, ...]
    items: tuple[Item, ...]

    def count(self, effect: Effect) -> int:
        """How many facts have that effect."""
        return sum(item.effect is effect for item in self.items)

    @property
    def outlook(self) -> Outlook:
        """What follows from the facts."""
        if self.count(Effect.BLOCKS):
            return Outlook.REFUSED
        if self.count(Effect.DEFEATS):
            return Outlook.WITHOUT_EFFECT
        if any(isinstance(item.fact, OptionOn | FolderThere) for item in self.items):
            return Outlook.LOADABLE
        return Outlook.UNSEEN

    @property
    def must_be_signed(self) -> bool:
        """Whether an unsigned patch would be refused."""
        return any(
            isinstance(item.fact, SignaturesEnforced)
            or (isinstance(item.fact, Lockdown) and item.fact.mode is not LockMode.NONE)
            for item in self.items
        )


def examine(system: System) -> Checkup:
    """Every fact about the system; raises nothing for what is missing there."""
    found = find_config(system)
    config = None if found.path is None else read_dotconfig(found.path)
    option = livepatch_option(system, config)
    loading = module_loading(system)
    facts: list[tuple[Topic, Fact]] = [
        (Topic.LIVEPATCH, option),
        (Topic.FOLDER, _folder(system, option)),
        (Topic.MODULES, loading),
        (Topic.LOCKDOWN, lockdown(system, config)),
        (Topic.FTRACE, ftrace(system)),
        *((Topic.PATCH, patch) for patch in loaded_patches(system)),
        (Topic.TAINTED, tainted(system)),
        (Topic.KALLSYMS, kallsyms(system)),
        (Topic.POINTERS, pointers(system)),
    ]
    if not isinstance(loading, NoModules):
        facts.insert(3, (Topic.SIGNATURES, signatures(system, config)))
    if system.numbers is None or system.numbers >= _CONSISTENCY:
        facts.insert(2, (Topic.STACK_TRACES, _stack_traces(system, config)))
    return Checkup(
        system.release,
        system.machine,
        None if found.path is None else _named(system, found.path),
        found.passed_over,
        tuple(_named(system, tree) for tree in build_trees(system)),
        tuple(Item(topic, fact, effect_of(fact)) for topic, fact in facts),
    )


def livepatch_option(system: System, config: DotConfig | None) -> Option:
    """What the running kernel's config says of LIVEPATCH."""
    if config is None:
        return Unknown("no config of this kernel was found")
    line = config.last("LIVEPATCH")
    if line is not None and line.value == "y":
        return OptionOn()
    if is_there(system, FOLDER):
        return OptionStale()
    return OptionOff(offered=line is not None)


def _folder(system: System, option: Option) -> FolderThere | FolderMissing | Unknown:
    """klp_init makes it as the kernel starts (kernel/livepatch/core.c)."""
    if is_there(system, FOLDER):
        return FolderThere()
    if is_there(system, "/sys/kernel"):
        return FolderMissing(told=isinstance(option, OptionOff))
    return Unknown("/sys/kernel: no such folder; is sysfs mounted?")


def _stack_traces(system: System, config: DotConfig | None) -> Reliable | Unreliable | Unknown:
    """klp_have_reliable_stack (include/linux/livepatch.h) and its use in klp_enable_patch:
    4.14 has the immediate flag, 4.16 has not, 5.4 only warns; 5.2 by its commit."""
    if config is None:
        return Unknown("no config of this kernel was found")
    if is_on(config, "STACKTRACE") and is_on(config, "HAVE_RELIABLE_STACKTRACE"):
        return Reliable()
    if system.numbers is None:
        return Unknown(f"no version in '{system.release}'")
    if system.numbers < _NEVER_IMMEDIATE:
        return Unreliable(Refusal.UNLESS_IMMEDIATE)
    return Unreliable(Refusal.ALWAYS if system.numbers < _ONLY_A_WARNING else Refusal.NEVER)


def _named(system: System, path: Path) -> str:
    """A file's name as it is on that system."""
    return f"/{path.relative_to(system.root)}"
