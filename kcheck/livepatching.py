"""The symbols that live patching hangs on: what a snapshot keeps, with all behind it.

Each group names the source that asks for it; a symbol that a version does not have is passed
over there.
"""

from __future__ import annotations

SYMBOLS: dict[str, tuple[str, ...]] = {
    # kernel/livepatch/Kconfig, 4.0 to 7.3, and who uses it in the tree.
    "livepatch": (
        "LIVEPATCH", "HAVE_LIVEPATCH", "MODULES", "SYSFS", "KALLSYMS", "KALLSYMS_ALL",
        "TRIM_UNUSED_KSYMS", "FTRACE", "FUNCTION_TRACER", "DYNAMIC_FTRACE",
        "DYNAMIC_FTRACE_WITH_REGS", "DYNAMIC_FTRACE_WITH_ARGS", "HAVE_FENTRY",
        "HAVE_FUNCTION_TRACER", "HAVE_DYNAMIC_FTRACE", "HAVE_DYNAMIC_FTRACE_WITH_REGS",
        "HAVE_DYNAMIC_FTRACE_WITH_ARGS", "FTRACE_MCOUNT_RECORD", "DEBUG_KERNEL", "EXPERT",
        "MPROFILE_KERNEL", "DISABLE_MPROFILE_KERNEL", "LIVEPATCH_64",
        "SAMPLE_LIVEPATCH", "TEST_LIVEPATCH", "TEST_KLP_LIVEPATCH",
    ),
    # include/linux/livepatch.h, klp_have_reliable_stack; arch/*/Kconfig for the unwinders.
    "consistency": (
        "STACKTRACE", "RELIABLE_STACKTRACE", "HAVE_RELIABLE_STACKTRACE", "STACK_VALIDATION",
        "OBJTOOL", "HAVE_OBJTOOL", "HAVE_STACK_VALIDATION", "FRAME_POINTER",
        "FRAME_POINTER_UNWINDER", "ORC_UNWINDER",
        "GUESS_UNWINDER", "UNWINDER_FRAME_POINTER", "UNWINDER_GUESS", "UNWINDER_ORC",
        "UNWINDER_PROLOGUE",
    ),
    # scripts/livepatch/klp-build, since 6.19.
    "klp-build": (
        "KLP_BUILD", "HAVE_KLP_BUILD", "GCC_PLUGIN_LATENT_ENTROPY", "GCC_PLUGIN_RANDSTRUCT",
        "LD_DEAD_CODE_DATA_ELIMINATION", "AS_IS_LLVM", "AS_VERSION",
    ),
    # kpatch-build and its old core module (dynup/kpatch).
    "kpatch": (
        "DEBUG_INFO", "DEBUG_INFO_SPLIT", "DEBUG_INFO_REDUCED", "DEBUG_INFO_BTF",
        "DEBUG_INFO_BTF_MODULES", "X86_KERNEL_IBT", "LTO_CLANG", "RANDSTRUCT",
        "MODVERSIONS", "MODULE_SRCVERSION_ALL", "EXPOLINE", "EXPOLINE_EXTERN",
        "LD_ORPHAN_WARN", "LD_ORPHAN_WARN_LEVEL",
        "CALL_PADDING", "FTRACE_MCOUNT_USE_PATCHABLE_FUNCTION_ENTRY", "GCC_PLUGIN_STACKLEAK",
        "GCC_PLUGINS", "CFI_CLANG", "CFI", "FINEIBT", "RUST", "STRICT_KERNEL_RWX",
        "STRICT_MODULE_RWX", "KPROBES",
    ),
    # kernel/module/signing.c and security/lockdown: what refuses a patch when it is loaded.
    "loading": (
        "MODULE_SIG", "MODULE_SIG_FORCE", "MODULE_SIG_ALL", "MODULE_SIG_SHA256",
        "MODULE_SIG_SHA384", "MODULE_SIG_SHA512", "MODULE_SIG_HASH", "MODULE_SIG_KEY",
        "SYSTEM_TRUSTED_KEYS", "SYSTEM_TRUSTED_KEYRING", "SECONDARY_TRUSTED_KEYRING",
        "SYSTEM_EXTRA_CERTIFICATE", "INTEGRITY_MACHINE_KEYRING", "LOCK_DOWN_IN_EFI_SECURE_BOOT",
        "MODULE_UNLOAD", "MODULE_FORCE_LOAD", "SECURITYFS", "SECURITY_LOCKDOWN_LSM",
        "SECURITY_LOCKDOWN_LSM_EARLY", "LOCK_DOWN_KERNEL_FORCE_NONE",
        "LOCK_DOWN_KERNEL_FORCE_INTEGRITY", "LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY",
    ),
    # tools/testing/selftests/livepatch/config.
    "selftests": ("DYNAMIC_DEBUG", "DEBUG_FS", "PROC_FS"),
    # What vendors' trees have besides: openEuler's consistency models, SUSE's kGraft and clones.
    "vendors": (
        "KGR", "KGRAFT",
        "LIVEPATCH_FTRACE", "LIVEPATCH_WO_FTRACE", "LIVEPATCH_PER_TASK_CONSISTENCY",
        "LIVEPATCH_STOP_MACHINE_CONSISTENCY", "LIVEPATCH_IPA_CLONES", "HAVE_LIVEPATCH_WO_FTRACE",
    ),
    # For reading the running kernel's own configuration.
    "running": ("IKCONFIG", "IKCONFIG_PROC", "LOCALVERSION", "CC_IS_GCC", "CC_IS_CLANG"),
}  # fmt: skip


def all_symbols() -> frozenset[str]:
    """All of them."""
    return frozenset(name for group in SYMBOLS.values() for name in group)
