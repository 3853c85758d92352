"""Every error that kcheck raises on purpose, each with the exit code it ends in.

The message of an error is one line: what is wrong, where, and what to do.
"""

from __future__ import annotations


class KcheckError(Exception):
    """Something the user can mend: bad usage or input that cannot be read."""

    exit_code = 2


class UsageError(KcheckError):
    """An option's value that is none of those it takes."""


class TreeError(KcheckError):
    """The kernel tree is missing, incomplete or not one."""


class ArchError(KcheckError):
    """The architecture is not one of the tree's."""


class KconfigSyntaxError(KcheckError):
    """A Kconfig file that the kernel's own conf would refuse, too."""


class ToolchainError(KcheckError):
    """The compiler, or another program that Kconfig asks, is missing."""


class ProbeError(KcheckError):
    """A probe could not be answered: it hangs, or no answer is on record."""


class ConfigError(KcheckError):
    """A .config, defconfig or fragment that cannot be read."""


class RuleError(KcheckError):
    """A rule file that cannot be read, does not fit its schema, or is not there."""


class UnknownSymbolError(KcheckError):
    """A symbol name that the tree neither defines nor mentions."""


class NotKeptError(KcheckError):
    """A symbol that a snapshot does not have, whether or not the tree did."""


class CacheError(KcheckError):
    """Something that is kept cannot be removed."""


class SpoolError(KcheckError):
    """What is to be written down for a while cannot be."""


class ProcessError(KcheckError):
    """Processes that were to answer are killed, or a cluster cannot be used."""


class JudgeError(KcheckError):
    """The kernel's own conf says something else than kcheck: a fault of kcheck's."""

    exit_code = 3
