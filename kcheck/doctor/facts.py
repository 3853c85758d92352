"""The facts about a running system, as values: a closed union.

Where a rule changed with a version, the value says what holds for this kernel.
"""

from __future__ import annotations

import enum

import msgspec


class Topic(enum.Enum):
    """What a fact is about; of patches there may be several."""

    LIVEPATCH = "livepatch"
    FOLDER = "folder"
    STACK_TRACES = "stack-traces"
    MODULES = "modules"
    SIGNATURES = "signatures"
    LOCKDOWN = "lockdown"
    FTRACE = "ftrace"
    PATCH = "patch"
    TAINTED = "tainted"
    KALLSYMS = "kallsyms"
    POINTERS = "kptr-restrict"


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """It could not be seen, and why, with the file's name."""

    why: str


class OptionOn(msgspec.Struct, frozen=True, tag="option-on"):
    """The running config has LIVEPATCH=y."""


class OptionOff(msgspec.Struct, frozen=True, tag="option-off"):
    """The running config has not.

    `offered`: it says `is not set`, so all that LIVEPATCH depends on is met.  Without any line
    something of that is not, or the architecture has no livepatching.
    """

    offered: bool


class OptionStale(msgspec.Struct, frozen=True, tag="option-stale"):
    """The config says that LIVEPATCH is off, but the kernel has it: not this kernel's config."""


class FolderThere(msgspec.Struct, frozen=True, tag="folder-there"):
    """/sys/kernel/livepatch is there."""


class FolderMissing(msgspec.Struct, frozen=True, tag="folder-missing"):
    """It is not, while /sys/kernel is; `told` where the config says that LIVEPATCH is off."""

    told: bool


class Reliable(msgspec.Struct, frozen=True, tag="stacks-reliable"):
    """The kernel can tell what a sleeping task is in the midst of."""


class Refusal(enum.Enum):
    """What klp_enable_patch does without reliable stacks (klp_have_reliable_stack)."""

    UNLESS_IMMEDIATE = "unless-immediate"
    """4.12 to 4.15: only patches marked immediate, else ENOSYS."""
    ALWAYS = "always"
    """4.16 to 5.1: ENOSYS."""
    NEVER = "never"
    """Since 5.2 a warning; tasks switch only as they leave the kernel."""


class Unreliable(msgspec.Struct, frozen=True, tag="stacks-unreliable"):
    """It cannot; what it does to a patch then changed twice."""

    refusal: Refusal


class ModulesLoad(msgspec.Struct, frozen=True, tag="modules-load"):
    """Modules can be loaded."""


class ModulesDisabled(msgspec.Struct, frozen=True, tag="modules-disabled"):
    """kernel.modules_disabled is 1, which only a reboot undoes."""


class NoModules(msgspec.Struct, frozen=True, tag="no-modules"):
    """The kernel is built without MODULES."""


class SignaturesEnforced(msgspec.Struct, frozen=True, tag="signatures-enforced"):
    """Only modules with a signature that the kernel trusts are taken; `by` says what says so."""

    by: str


class SignaturesOptional(msgspec.Struct, frozen=True, tag="signatures-optional"):
    """Unsigned modules are taken, and taint the kernel."""


class NoSignatures(msgspec.Struct, frozen=True, tag="no-signatures"):
    """The kernel is built without MODULE_SIG."""


class LockMode(enum.Enum):
    """How far the kernel is locked down (security/lockdown/lockdown.c)."""

    NONE = "none"
    INTEGRITY = "integrity"
    CONFIDENTIALITY = "confidentiality"


class Lockdown(msgspec.Struct, frozen=True, tag="lockdown"):
    """The mode that is on."""

    mode: LockMode


class NoLockdown(msgspec.Struct, frozen=True, tag="no-lockdown"):
    """The kernel is built without SECURITY_LOCKDOWN_LSM."""


class FtraceOn(msgspec.Struct, frozen=True, tag="ftrace-on"):
    """Calls can be redirected."""


class FtraceOff(msgspec.Struct, frozen=True, tag="ftrace-off"):
    """kernel.ftrace_enabled is 0; `refused`: the kernel then takes no patch."""

    refused: bool


class NoFtrace(msgspec.Struct, frozen=True, tag="no-ftrace"):
    """The kernel is built without FUNCTION_TRACER."""


class Task(msgspec.Struct, frozen=True):
    """A thread: its number and its name."""

    pid: int
    name: str


class Waiting(msgspec.Struct, frozen=True, tag="waiting"):
    """Threads that have not switched yet: how many, and the first of them."""

    count: int
    first: tuple[Task, ...]


class Patch(msgspec.Struct, frozen=True, tag="patch"):
    """A patch that the kernel knows; None where its version does not say.

    `waiting` is set while it is in transition.  `in_the_way`: it is disabled, and the kernel
    enables patches in the order that they came (before 5.1).
    """

    name: str
    enabled: bool
    transition: bool
    can_force: bool
    replace: bool | None
    stack_order: int | None
    waiting: Waiting | Unknown | None
    in_the_way: bool


class NoPatches(msgspec.Struct, frozen=True, tag="no-patches"):
    """None is loaded."""


class Tainted(msgspec.Struct, frozen=True, tag="tainted"):
    """The bits of kernel.tainted that are set, lowest first."""

    bits: tuple[int, ...]


class KallsymsShown(msgspec.Struct, frozen=True, tag="kallsyms-shown"):
    """/proc/kallsyms has addresses for whoever asked."""


class KallsymsHidden(msgspec.Struct, frozen=True, tag="kallsyms-hidden"):
    """It has names, and zeros for addresses."""


class NoKallsyms(msgspec.Struct, frozen=True, tag="no-kallsyms"):
    """The kernel is built without KALLSYMS."""


class Pointers(msgspec.Struct, frozen=True, tag="pointers"):
    """kernel.kptr_restrict."""

    level: int


Option = OptionOn | OptionOff | OptionStale | Unknown
Fact = (
    Option
    | FolderThere
    | FolderMissing
    | Reliable
    | Unreliable
    | ModulesLoad
    | ModulesDisabled
    | NoModules
    | SignaturesEnforced
    | SignaturesOptional
    | NoSignatures
    | Lockdown
    | NoLockdown
    | FtraceOn
    | FtraceOff
    | NoFtrace
    | Patch
    | NoPatches
    | Tainted
    | KallsymsShown
    | KallsymsHidden
    | NoKallsyms
    | Pointers
)
