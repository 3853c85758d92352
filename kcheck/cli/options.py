"""The options that all commands share, and the way from them to a question."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kcheck.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from kcheck.dotconfig import DotConfig
    from kcheck.evaluate.conf import Outcome
    from kcheck.kconfig.load import Loaded
    from kcheck.report.text import Subject
    from kcheck.solve.session import Session

TreeOption = Annotated[
    Path | None,
    typer.Option("--tree", help="Kernel tree; default: the current folder or one above it."),
]
ArchOption = Annotated[
    str | None, typer.Option("--arch", help="Architecture; default: this machine's.")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The .config; default: the tree's, else its defaults."),
]
CcOption = Annotated[str | None, typer.Option("--cc", help="The C compiler, as make CC=.")]
CrossOption = Annotated[
    str | None,
    typer.Option("--cross-compile", help="Prefix of the compiler's programs, as make's."),
]
LlvmOption = Annotated[
    str | None, typer.Option("--llvm", help="Use LLVM: 1, a suffix (-18) or a folder (dir/).")
]
ProbesOption = Annotated[
    str,
    typer.Option(
        "--probes",
        help="Ask the compiler (run), take saved answers (recorded), or start nothing (none).",
    ),
]


@dataclass(frozen=True)
class Question:
    """A tree that was read, the config that it is looked at with, and its name."""

    loaded: Loaded
    config: DotConfig | None
    config_name: str
    is_default: bool


def load_tree(
    tree: Path | None,
    arch: str | None,
    cc: str | None,
    cross_compile: str | None,
    llvm: str | None,
    probes: str,
) -> Loaded:
    """Read the tree as the options say.  Raises the errors of kcheck.kconfig.load.load."""
    from kcheck.kconfig.load import ProbeMode, load
    from kcheck.toolchain.programs import Toolchain
    from kcheck.trees.directory import open_tree

    try:
        mode = ProbeMode(probes)
    except ValueError:
        raise UsageError(f"--probes '{probes}': not run, recorded or none") from None
    loaded = load(open_tree(tree), arch, Toolchain(cc, cross_compile, llvm), mode)
    for note in loaded.notes:
        warn(note)
    return loaded


def choose_config(loaded: Loaded, path: Path | None) -> Question:
    """The config to look at: the one named, the tree's .config, or the tree's defaults.

    Raises ConfigError for one that cannot be read or is another architecture's.
    """
    from kcheck.dotconfig import DotConfig, merge_dotconfigs, read_dotconfig
    from kcheck.trees.defconfig import default_configs, defconfig_name

    target = loaded.target
    tree = target.tree.path
    named = path
    if named is None and (tree / ".config").is_file():
        named = tree / ".config"
    if named is not None:
        config = DotConfig(_short(named, tree), read_dotconfig(named).lines)
        _check_header(config, loaded)
        return Question(loaded, config, config.name, False)
    defaults = default_configs(target.tree, target.arch, target.srcarch)
    if not defaults:
        return Question(loaded, None, "no .config: all symbols at their defaults", True)
    name = defconfig_name(target.tree, target.arch, target.srcarch)
    name = defaults[0].name if len(defaults) == 1 else name
    merged = merge_dotconfigs(name, [read_dotconfig(each) for each in defaults])
    return Question(loaded, merged, name, True)


def _short(path: Path, tree: Path) -> str:
    """The path as the user gave it; below the tree, without the tree's own."""
    return str(path.relative_to(tree)) if path.is_relative_to(tree) else str(path)


def _check_header(config: DotConfig, loaded: Loaded) -> None:
    from kcheck.arches import canonical_arch, srcarch_of

    if config.header is None:
        return
    arch, version = config.header
    target = loaded.target
    if srcarch_of(canonical_arch(arch)) != target.srcarch:
        raise ConfigError(
            f"{config.name}: a .config for {arch}, but the question is about {target.arch};"
            f" use --arch {arch} or another --config"
        )
    if version != target.tree.version:
        warn(
            f"{config.name}: made for linux {version}, read here as one for"
            f" {target.tree.version}, as make olddefconfig would"
        )


def outcome_of(question: Question) -> Outcome:
    """What conf makes of the question's config."""
    from kcheck.evaluate.conf import defconfig, olddefconfig

    if question.is_default and question.config is not None:
        return defconfig(question.loaded.model, question.config)
    return olddefconfig(question.loaded.model, question.config)


def session_of(question: Question, outcome: Outcome) -> Session:
    """Where lines are tried: behind the file named, or behind the .config that the tree's
    defaults make.
    """
    from kcheck.dotconfig import parse_dotconfig
    from kcheck.solve.session import Session

    config = question.config
    if question.is_default and config is not None:
        config = parse_dotconfig(outcome.text, question.config_name)
    return Session(question.loaded.model, config, outcome.valuation)


def subject_of(question: Question) -> Subject:
    """What a report says that it is about."""
    from kcheck.report.text import Subject

    facts = question.loaded.model.target
    return Subject(facts.version, facts.arch, short_compiler(facts.compiler), full_name(question))


def full_name(question: Question) -> str:
    """The config's name; where it was not named, that there is none."""
    if question.is_default and question.config is not None:
        return f"{question.config_name} (no .config)"
    return question.config_name


def short_compiler(version_text: str) -> str:
    """`gcc (Debian 12.2.0-14) 12.2.0` as `gcc 12.2.0`."""
    if "(assumed" in version_text:
        return version_text
    words = version_text.split()
    numbers = [word for word in words if word[:1].isdigit()]
    if not words:
        return "no compiler"
    name = "clang" if "clang" in version_text else words[0].rsplit("/", 1)[-1]
    return f"{name} {numbers[-1]}" if numbers else name


def foreign_compiler(loaded: Loaded) -> tuple[str, ...]:
    """What an answer rests on where this machine's compiler was asked about another's code."""
    from kcheck.arches import srcarch_of, subarch

    target = loaded.target
    named = target.toolchain.cc or target.toolchain.llvm or target.environment["CROSS_COMPILE"]
    if named or loaded.model.target.probes == "none":
        return ()
    if target.srcarch in (srcarch_of(subarch()), "um"):
        return ()
    return (
        f"it was this machine's {subarch()} compiler that answered for {target.arch};"
        " --cross-compile names another",
    )


def warn(message: str) -> None:
    """One line on stderr."""
    sys.stderr.write(f"kcheck: {message}\n")
