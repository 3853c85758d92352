"""Facts about a running system in words: the value for a column, and what it means."""

from __future__ import annotations

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
    Waiting,
)
from kcheck.report.taints import letter_of, taint_of

_REFUSALS = {
    Refusal.UNLESS_IMMEDIATE: "only a patch that is marked immediate loads (else ENOSYS)",
    Refusal.ALWAYS: "every patch is refused (ENOSYS): none can be told to be safe",
    Refusal.NEVER: "a patch loads, but its transition may never end: a sleeping task cannot be"
    " told to be safe",
}
_MODES = {
    LockMode.NONE: "nothing is locked down",
    LockMode.INTEGRITY: "a patch has to be signed with a key that the kernel trusts (else EPERM)",
    LockMode.CONFIDENTIALITY: "a patch has to be signed with a key that the kernel trusts (else"
    " EPERM), and the kernel's memory cannot be read",
}
_OFFERED = "the kernel is built without it; all that it depends on is there"
_NOT_OFFERED = "the kernel is built without it, and without something that it depends on"
_TOLD = "so it is with LIVEPATCH off"
_NOT_TOLD = "the running kernel takes none (ENODEV)"
_POINTERS = {
    0: "kernel addresses are not restricted",
    1: "kernel addresses are for root (CAP_SYSLOG)",
}


def value_of(fact: Fact) -> str:
    """The value, short enough for a column; a question mark for what is unknown."""
    match fact:
        case Unknown():
            return "?"
        case OptionOn() | OptionStale() | SignaturesOptional() | SignaturesEnforced():
            return _by_state(fact)
        case OptionOff(offered):
            return "not set" if offered else "no line"
        case FolderThere() | KallsymsShown():
            return "there"
        case FolderMissing():
            return "not there"
        case Reliable():
            return "reliable"
        case Unreliable():
            return "not reliable"
        case ModulesLoad():
            return "on"
        case ModulesDisabled():
            return "disabled"
        case NoModules() | NoSignatures() | NoLockdown() | NoFtrace() | NoKallsyms():
            return "off"
        case Lockdown(mode):
            return mode.value
        case FtraceOn():
            return "1"
        case FtraceOff():
            return "0"
        case Patch(name):
            return name
        case NoPatches():
            return "none"
        case Tainted(bits):
            return "".join(letter_of(bit) for bit in bits) or "0"
        case KallsymsHidden():
            return "zeros"
        case Pointers(level):
            return str(level)
        case _:
            assert_never(fact)


def _by_state(fact: OptionOn | OptionStale | SignaturesOptional | SignaturesEnforced) -> str:
    match fact:
        case OptionOn():
            return "y"
        case OptionStale():
            return "not y"
        case SignaturesOptional():
            return "not enforced"
        case SignaturesEnforced():
            return "enforced"


def meaning_of(fact: Fact) -> str:
    """What the fact means for loading a livepatch."""
    match fact:
        case Unknown(why):
            return why
        case OptionOn():
            return "the kernel is built for livepatches"
        case OptionOff(offered):
            return _OFFERED if offered else _NOT_OFFERED
        case OptionStale():
            return "the kernel has livepatching all the same: this is not its config"
        case FolderThere():
            return "/sys/kernel/livepatch: the running kernel takes livepatches"
        case FolderMissing(told):
            return f"no /sys/kernel/livepatch: {_TOLD if told else _NOT_TOLD}"
        case Reliable():
            return "tasks that sleep can be switched to a patch"
        case Unreliable(refusal):
            return _REFUSALS[refusal]
        case Patch():
            return _patch(fact)
        case NoPatches():
            return "no livepatch is loaded"
        case Tainted(bits):
            return "; ".join(map(taint_of, bits)) or "the kernel is not tainted"
        case ModulesLoad() | ModulesDisabled() | NoModules() | FtraceOn() | FtraceOff():
            return _mechanism(fact)
        case NoFtrace() | KallsymsShown() | KallsymsHidden() | NoKallsyms() | Pointers():
            return _symbols(fact)
        case SignaturesEnforced() | SignaturesOptional() | NoSignatures():
            return _signatures(fact)
        case Lockdown(mode):
            return _MODES[mode]
        case NoLockdown():
            return "SECURITY_LOCKDOWN_LSM is off: nothing is locked down"
        case _:
            assert_never(fact)


def _mechanism(fact: ModulesLoad | ModulesDisabled | NoModules | FtraceOn | FtraceOff) -> str:
    match fact:
        case ModulesLoad():
            return "a livepatch is a module, and modules can be loaded"
        case ModulesDisabled():
            return "kernel.modules_disabled=1: no module is taken any more until a reboot (EPERM)"
        case NoModules():
            return "MODULES is off, and a livepatch is a module"
        case FtraceOn():
            return "functions can be redirected"
        case FtraceOff(refused):
            what = "is refused (EBUSY)" if refused else "loads but redirects nothing"
            return f"a patch {what}; sysctl kernel.ftrace_enabled=1 helps"


def _symbols(fact: NoFtrace | KallsymsShown | KallsymsHidden | NoKallsyms | Pointers) -> str:
    match fact:
        case NoFtrace():
            return "FUNCTION_TRACER is off, which LIVEPATCH needs"
        case NoKallsyms():
            return "KALLSYMS is off, which LIVEPATCH needs"
        case KallsymsShown():
            return "/proc/kallsyms has addresses for tools that look symbols up"
        case KallsymsHidden():
            return "/proc/kallsyms hides addresses from this user; livepatches do not need it"
        case Pointers(level):
            hidden = "kernel addresses are hidden from root, too; livepatches do not need them"
            return _POINTERS.get(level, hidden)


def _signatures(fact: SignaturesEnforced | SignaturesOptional | NoSignatures) -> str:
    match fact:
        case SignaturesEnforced(by):
            return (
                f"{by}: a patch has to be signed with a key that the kernel trusts"
                " (else EKEYREJECTED)"
            )
        case SignaturesOptional():
            return "an unsigned patch loads, and taints the kernel (E)"
        case NoSignatures():
            return "MODULE_SIG is off: signatures are not looked at"


def _patch(patch: Patch) -> str:
    kind = "cumulative, " if patch.replace else ""
    place = f", number {patch.stack_order} in order" if patch.stack_order is not None else ""
    if patch.transition:
        way = "enabled" if patch.enabled else "disabled"
        force = "; its `force` ends that, at a risk" if patch.can_force else ""
        waits = _waiting(patch.waiting)
        return (
            f"{kind}being {way}{place}: any other is refused until that is done (EBUSY); "
            f"{waits}{force}"
        )
    if patch.enabled:
        return f"{kind}enabled{place}, all tasks use it"
    if patch.in_the_way:
        return "disabled: none that comes after it can be enabled before it is (EBUSY)"
    return f"{kind}disabled, can be unloaded"


def _waiting(waiting: Waiting | Unknown | None) -> str:
    match waiting:
        case Waiting(0, _) | None:
            return "no task in /proc waits, perhaps an idle processor"
        case Waiting(count, first):
            names = ", ".join(f"{task.name} ({task.pid})" for task in first)
            more = f" and {count - len(first)} more" if count > len(first) else ""
            return f"{count} task{' waits' if count == 1 else 's wait'}: {names}{more}"
        case Unknown(why):
            return f"whom it waits for is unknown: {why}"
        case _:
            assert_never(waiting)
