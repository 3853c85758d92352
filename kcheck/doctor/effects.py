"""What each fact does to a livepatch, with the place in the kernel that does it."""

from __future__ import annotations

import enum
from typing import assert_never

from kcheck.doctor.facts import (
    Fact,
    FolderMissing,
    FolderThere,
    FtraceOff,
    FtraceOn,
    KallsymsHidden,
    KallsymsShown,
    Lockdown,
    LockMode,
    ModulesDisabled,
    ModulesLoad,
    NoFtrace,
    NoKallsyms,
    NoLockdown,
    NoModules,
    NoPatches,
    NoSignatures,
    OptionOff,
    OptionOn,
    OptionStale,
    Patch,
    Pointers,
    Refusal,
    Reliable,
    SignaturesEnforced,
    SignaturesOptional,
    Tainted,
    Unknown,
    Unreliable,
)


class Effect(enum.Enum):
    """What a fact does to loading a livepatch."""

    BLOCKS = "blocks"
    DEFEATS = "defeats"
    """The patch loads and changes nothing."""
    KNOW = "know"
    """It does not stand in the way, but asks for something or is worth a look."""
    UNKNOWN = "unknown"
    FINE = "fine"


_LIVEPATCHED = 15
"""TAINT_LIVEPATCH (include/linux/panic.h)."""
_HIDDEN_FROM_ROOT = 2


def effect_of(fact: Fact) -> Effect:
    """What the kernel does with a livepatch where that holds.

    - No LIVEPATCH, no MODULES: a module marked as a livepatch is refused with ENOEXEC, or no
      module is taken at all (kernel/module/main.c, check_modinfo_livepatch).
    - No /sys/kernel/livepatch though it should be there: ENODEV (klp_initialized,
      kernel/livepatch/core.c).
    - kernel.modules_disabled: EPERM (may_init_module, kernel/module/main.c).
    - Enforced signatures: EKEYREJECTED, lockdown: EPERM, each for what is not signed
      (module_sig_check, kernel/module/signing.c).
    - ftrace_enabled=0: EBUSY (__register_ftrace_function, kernel/trace/ftrace.c) or no effect.
    - A patch in transition: EBUSY for any other (__klp_enable_patch).
    - What LIVEPATCH depends on (FUNCTION_TRACER, KALLSYMS) is worth knowing; that LIVEPATCH
      is off then is what blocks.
    - Nothing in the kernel asks kernel.tainted, /proc/kallsyms or kptr_restrict for this.
    """
    match fact:
        case Unknown():
            return Effect.UNKNOWN
        case OptionOff() | ModulesDisabled() | NoModules():
            return Effect.BLOCKS
        case FolderMissing(told):
            return Effect.KNOW if told else Effect.BLOCKS
        case Unreliable(refusal):
            return Effect.BLOCKS if refusal is Refusal.ALWAYS else Effect.KNOW
        case FtraceOff(refused):
            return Effect.BLOCKS if refused else Effect.DEFEATS
        case Patch():
            return _effect_of_patch(fact)
        case Lockdown(mode):
            return Effect.FINE if mode is LockMode.NONE else Effect.KNOW
        case Tainted(bits):
            return Effect.FINE if set(bits) <= {_LIVEPATCHED} else Effect.KNOW
        case Pointers(level):
            return Effect.KNOW if level >= _HIDDEN_FROM_ROOT else Effect.FINE
        case OptionStale() | SignaturesEnforced() | NoFtrace() | KallsymsHidden() | NoKallsyms():
            return Effect.KNOW
        case OptionOn() | FolderThere() | Reliable() | ModulesLoad() | SignaturesOptional():
            return Effect.FINE
        case NoSignatures() | NoLockdown() | FtraceOn() | NoPatches() | KallsymsShown():
            return Effect.FINE
        case _:
            assert_never(fact)


def _effect_of_patch(patch: Patch) -> Effect:
    if patch.transition or patch.in_the_way:
        return Effect.BLOCKS
    return Effect.FINE if patch.enabled else Effect.KNOW
