"""Packages that are functions, too: `kcheck.explain` is both."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _CallableModule(ModuleType):
    """A package that does, when it is called, what kcheck.library has under its name."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        name = self.__name__.rpartition(".")[2]
        return getattr(importlib.import_module("kcheck.library"), name)(*arguments, **named)


def make_callable(name: str) -> None:
    """Let the package of that name be called.

    Importing a package puts it in the place of the function that `import kcheck` offers; so
    it has to do what the function does.
    """
    sys.modules[name].__class__ = _CallableModule
