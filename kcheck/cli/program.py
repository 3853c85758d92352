"""The program as typer knows it: its commands, found by name."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

from kcheck import __version__


def build() -> typer.Typer:
    """The application with every command of this package."""
    app = typer.Typer(
        name="kcheck",
        help="What a Linux kernel tree allows for a configuration symbol, and why.",
        cls=_Program,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def main(
        version: bool = typer.Option(
            False, "--version", callback=_version, is_eager=True, help="Show the version."
        ),
    ) -> None:
        del version

    return app


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"kcheck {__version__}")
        raise typer.Exit


class _Commands(Mapping[str, Any]):
    """The commands by name, each of the module of that name here.

    A module is imported when its command is asked for: how long one takes to start does not hang
    on how many there are.
    """

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._found:
            self._found[name] = _command(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        import pkgutil

        package = importlib.import_module("kcheck.cli")
        names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
        return (name for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Program(TyperGroup):
    """The group of all commands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "commands": _Commands()})


def _command(name: str) -> Any:
    """The command of that name, as typer makes it.  Raises KeyError where there is none."""
    if not name.isidentifier():
        raise KeyError(name)
    place = f"kcheck.cli.{name}"
    try:
        module = importlib.import_module(place)
    except ModuleNotFoundError as missing:
        if missing.name != place:
            raise
        raise KeyError(name) from None
    if not hasattr(module, "register"):
        raise KeyError(name)
    alone = typer.Typer(rich_markup_mode=None)
    module.register(alone)
    return typer.main.get_group(alone).commands[name]
