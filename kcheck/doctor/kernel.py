"""What the kernel's own settings and state say, each from its file of /proc or /sys.

A missing file tells something only beside one that every kernel makes in the same place;
without that one the place is not mounted, or hidden.
"""

from __future__ import annotations

from kcheck.doctor.facts import (
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
    NoSignatures,
    Pointers,
    SignaturesEnforced,
    SignaturesOptional,
    Tainted,
    Unknown,
)
from kcheck.doctor.files import Absent, is_there, number_of, odd, text_of
from kcheck.dotconfig import DotConfig
from kcheck.trees.running import System

_SYSCTL = "/proc/sys/kernel"
_SIG_ENFORCE = "/sys/module/module/parameters/sig_enforce"
_LOCKDOWN = "/sys/kernel/security/lockdown"
_LOCKDOWN_SINCE = (5, 4)
_PERMANENT = (5, 5)
"""FTRACE_OPS_FL_PERMANENT, commit 7162431dcf72: 5.4 has it not, 5.6 has."""


def is_on(config: DotConfig, symbol: str) -> bool:
    """Whether the config has the symbol as y."""
    line = config.last(symbol)
    return line is not None and line.value == "y"


def module_loading(system: System) -> ModulesLoad | ModulesDisabled | NoModules | Unknown:
    """kernel.modules_disabled, which only kernels with MODULES have (kernel/module/main.c)."""
    value = number_of(system, f"{_SYSCTL}/modules_disabled")
    if isinstance(value, Absent):
        return NoModules() if _has_sysctls(system) else _hidden(value)
    if isinstance(value, Unknown):
        return value
    return ModulesDisabled() if value else ModulesLoad()


def signatures(
    system: System, config: DotConfig | None
) -> SignaturesEnforced | SignaturesOptional | NoSignatures | Unknown:
    """The parameter sig_enforce of kernel/module/signing.c.

    It may be on without MODULE_SIG_FORCE, by the command line or secure boot.  Up to 4.14 and
    a little later there is no such file where MODULE_SIG_FORCE is set (kernel/module.c), and
    where MODULE_SIG is off there is none today.
    """
    text = text_of(system, _SIG_ENFORCE)
    if isinstance(text, Unknown):
        return text
    if isinstance(text, str):
        if text not in ("Y", "N"):
            return odd(_SIG_ENFORCE, text)
        return SignaturesEnforced("sig_enforce") if text == "Y" else SignaturesOptional()
    if config is None:
        return Unknown(f"{_SIG_ENFORCE}: no such file, and no config to tell why")
    if is_on(config, "MODULE_SIG_FORCE"):
        return SignaturesEnforced("MODULE_SIG_FORCE")
    if is_on(config, "MODULE_SIG"):
        return Unknown(f"{_SIG_ENFORCE}: no such file; is sysfs mounted?")
    return NoSignatures()


def lockdown(system: System, config: DotConfig | None) -> Lockdown | NoLockdown | Unknown:
    """The mode in brackets, as in `none [integrity] confidentiality` (lockdown_read,
    security/lockdown/lockdown.c).

    Before 5.4 distributions had patches of their own, so a config proves nothing there.
    """
    text = text_of(system, _LOCKDOWN)
    if isinstance(text, Unknown):
        return text
    if isinstance(text, Absent):
        recent = system.numbers is not None and system.numbers >= _LOCKDOWN_SINCE
        if config is not None and recent and not is_on(config, "SECURITY_LOCKDOWN_LSM"):
            return NoLockdown()
        return Unknown(f"{_LOCKDOWN}: no such file; is securityfs mounted?")
    for mode in LockMode:
        if f"[{mode.value}]" in text.split():
            return Lockdown(mode)
    return odd(_LOCKDOWN, text)


def ftrace(system: System) -> FtraceOn | FtraceOff | NoFtrace | Unknown:
    """kernel.ftrace_enabled, which only kernels with FUNCTION_TRACER have.

    Off, registering a livepatch's handler ends in EBUSY; before 5.5 it succeeded and nothing
    was redirected (ftrace_startup_enable, kernel/trace/ftrace.c).
    """
    value = number_of(system, f"{_SYSCTL}/ftrace_enabled")
    if isinstance(value, Absent):
        return NoFtrace() if _has_sysctls(system) else _hidden(value)
    if isinstance(value, Unknown):
        return value
    if value:
        return FtraceOn()
    return FtraceOff(refused=system.numbers is None or system.numbers >= _PERMANENT)


def tainted(system: System) -> Tainted | Unknown:
    """The bits of kernel.tainted (Documentation/admin-guide/tainted-kernels.rst)."""
    value = number_of(system, f"{_SYSCTL}/tainted")
    if isinstance(value, Absent):
        return _hidden(value)
    if isinstance(value, Unknown):
        return value
    if value < 0:
        return odd(f"{_SYSCTL}/tainted", str(value))
    return Tainted(tuple(bit for bit in range(value.bit_length()) if value >> bit & 1))


def kallsyms(system: System) -> KallsymsShown | KallsymsHidden | NoKallsyms | Unknown:
    """Whether /proc/kallsyms shows addresses (kallsyms_show_value, kernel/ksyms_common.c).

    The first symbols may well lie at zero (a processor's own data), so more are looked at.
    """
    name = "/proc/kallsyms"
    text = text_of(system, name)
    if isinstance(text, Unknown):
        return text
    if isinstance(text, Absent):
        return NoKallsyms() if is_there(system, "/proc/version") else _hidden(text)
    addresses = [line.split()[0] for line in text.splitlines() if line.strip()]
    if not addresses:
        return odd(name, text)
    return KallsymsShown() if any(each.strip("0") for each in addresses) else KallsymsHidden()


def pointers(system: System) -> Pointers | Unknown:
    """kernel.kptr_restrict: 0, 1 (needs CAP_SYSLOG) or 2 (from everybody)."""
    value = number_of(system, f"{_SYSCTL}/kptr_restrict")
    if isinstance(value, Absent):
        return _hidden(value)
    return value if isinstance(value, Unknown) else Pointers(value)


def _has_sysctls(system: System) -> bool:
    return is_there(system, f"{_SYSCTL}/tainted")


def _hidden(file: Absent) -> Unknown:
    return Unknown(f"{file.name}: no such file; is /proc mounted?")
