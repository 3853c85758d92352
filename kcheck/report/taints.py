"""The bits of kernel.tainted: their letters and what they stand for."""

from __future__ import annotations

_TAINTS = (
    ("P", "a proprietary module was loaded"),
    ("F", "a module was loaded by force"),
    ("S", "the hardware is out of specification"),
    ("R", "a module was unloaded by force"),
    ("M", "a processor reported a machine check"),
    ("B", "a memory page was found bad"),
    ("U", "a user asked for the taint"),
    ("D", "the kernel has had an oops: tasks may hang and hold up a transition"),
    ("A", "an ACPI table was overridden"),
    ("W", "the kernel has had a warning"),
    ("C", "a staging driver was loaded"),
    ("I", "a firmware bug is worked around"),
    ("O", "a module from outside of the tree was loaded"),
    ("E", "an unsigned module was loaded"),
    ("L", "a soft lockup has occurred: tasks may hang and hold up a transition"),
    ("K", "a livepatch has been loaded"),
    ("X", "a distribution's own mark"),
    ("T", "structures are laid out at random"),
    ("N", "an in-kernel test was run"),
    ("J", "fwctl may have changed a device"),
)
"""By bit, up to 6.18 (taint_flags, kernel/panic.c)."""


def letter_of(bit: int) -> str:
    """As an oops shows it; a question mark for a bit newer than this."""
    return _TAINTS[bit][0] if bit < len(_TAINTS) else "?"


def taint_of(bit: int) -> str:
    """The letter and what happened."""
    return ": ".join(_TAINTS[bit]) if bit < len(_TAINTS) else f"bit {bit}: newer than kcheck"
