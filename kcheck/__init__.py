"""Kconfig dependencies resolved as the kernel's own conf does, for live patching first.

As a library: see docs/library.md.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kcheck.library import Config, Kernel, check, evaluate, explain, load, plan

__all__ = ["Config", "Kernel", "__version__", "check", "evaluate", "explain", "load", "plan"]


def __getattr__(name: str) -> Any:
    """What other programs use is loaded when it is asked for: the command line starts faster."""
    if name not in __all__:
        raise AttributeError(f"module 'kcheck' has no attribute {name!r}")
    return getattr(importlib.import_module("kcheck.library"), name)
