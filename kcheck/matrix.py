"""One question over all architectures of a tree, several processes at a time."""

from __future__ import annotations

import gc
import multiprocessing
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import msgspec

from kcheck.arches import (
    SubArchitecture,
    canonical_arch,
    srcarch_of,
    sub_architectures,
    subarch,
)
from kcheck.dotconfig import DotConfig, read_dotconfig
from kcheck.errors import ConfigError, KcheckError, UnknownSymbolError
from kcheck.explain.answer import explain
from kcheck.kconfig.load import ProbeMode, load
from kcheck.question import (
    default_question,
    is_foreign_compiler,
    named_question,
    outcome_of,
    session_of,
)
from kcheck.survey import Row, Survey, Unanswered
from kcheck.toolchain.programs import Toolchain, installed_prefix
from kcheck.trees.defconfig import named_configs
from kcheck.trees.directory import Tree, architectures, open_tree

_WORD = re.compile(r"[a-z0-9]+(?:_64)?")


class Asked(msgspec.Struct, frozen=True):
    """What one process is given to find out; `config` None for the tree's own defconfig."""

    tree: Path
    kind: SubArchitecture
    config: Path | None
    toolchain: Toolchain
    mode: ProbeMode
    symbols: tuple[str, ...]


def kinds_of(tree: Tree) -> tuple[SubArchitecture, ...]:
    """The tree's sub-architectures, by name: those whose defconfig it has."""
    kinds = [kind for srcarch in architectures(tree) for kind in sub_architectures(srcarch)]
    return tuple(
        kind
        for kind in sorted(kinds, key=lambda each: each.name)
        if kind.defconfig is None or named_configs(tree, srcarch_of(kind.arch), kind.defconfig)
    )


def configs_by_kind(kinds: Sequence[SubArchitecture], path: Path) -> dict[str, Path]:
    """Which sub-architectures the .config at `path`, or those in that folder, are for.

    That is read off the file's header, or its name where it has none.  Raises ConfigError
    for a file that says neither, and for two files for the same sub-architecture.
    """
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.is_file() and each.name[0] != ".")
        if not files:
            raise ConfigError(f"{path}: no files in it; a folder holds one .config a piece")
    else:
        files = [path]
    found: dict[str, Path] = {}
    for file in files:
        kind = _kind_of(kinds, read_dotconfig(file), file)
        if kind.name in found:
            raise ConfigError(f"{file}: is for {kind.name}, as is {found[kind.name]}; leave one")
        found[kind.name] = file
    return found


def _kind_of(kinds: Sequence[SubArchitecture], config: DotConfig, file: Path) -> SubArchitecture:
    words = _WORD.findall(file.name.lower())
    named = [kind for kind in kinds if kind.name in words]
    told = [config.header[0]] if config.header else words
    srcarches = {srcarch_of(canonical_arch(word)) for word in told}
    like = [kind for kind in kinds if srcarch_of(kind.arch) in srcarches]
    for candidates in ([kind for kind in like if kind in named], like):
        fitting = [kind for kind in candidates if len(candidates) == 1 or _fits(kind, config)]
        if len(fitting) == 1:
            return fitting[0]
    raise ConfigError(
        f"{file}: neither its header nor its name says for which architecture of this tree;"
        " name it ARCH.config"
    )


def _fits(kind: SubArchitecture, config: DotConfig) -> bool:
    lines = ((config.last(symbol), is_on) for symbol, is_on in kind.marks)
    return all((line is not None and line.value == "y") == is_on for line, is_on in lines)


def toolchain_for(kind: SubArchitecture, given: Toolchain) -> Toolchain:
    """What the user named; else a cross compiler for that machine if one is installed."""
    if given.cc or given.llvm or srcarch_of(kind.arch) == srcarch_of(subarch()):
        return given
    return msgspec.structs.replace(given, cross_compile=installed_prefix(kind.machines))


def answer(asked: Asked) -> Row | Unanswered:
    """Ask one sub-architecture.  Raises UnknownSymbolError for a name of no symbol."""
    # What the one before has left behind: programs switch the collection of garbage off.
    gc.collect()
    kind = asked.kind
    try:
        loaded = load(open_tree(asked.tree), kind.arch, asked.toolchain, asked.mode)
        question = (
            default_question(loaded, kind.defconfig)
            if asked.config is None
            else named_question(loaded, asked.config)
        )
        session = session_of(question, outcome_of(question))
        found = tuple(explain(session, question.config, symbol) for symbol in asked.symbols)
    except UnknownSymbolError:
        raise
    except KcheckError as error:
        return Unanswered(kind.name, str(error))
    notes = (*loaded.notes, *question.notes)
    name, target = question.config_name, loaded.model.target
    return Row(kind.name, target, name, is_foreign_compiler(loaded), found, notes)


def survey(
    tree: Tree,
    questions: Sequence[Asked],
    workers: int,
    answered: Callable[[], None],
) -> Survey:
    """Ask all, `workers` at a time; `answered` is called as each of them has come in.

    Raises UnknownSymbolError for a name of no symbol.
    """
    rows: list[Row] = []
    unanswered: list[Unanswered] = []
    with _pool(workers) as pool:
        waiting = [pool.submit(answer, asked) for asked in questions]
        for future in as_completed(waiting):
            answered()
            match future.result():
                case Row() as row:
                    rows.append(row)
                case Unanswered() as missing:
                    unanswered.append(missing)
    rows.sort(key=lambda row: row.arch)
    unanswered.sort(key=lambda missing: missing.arch)
    return Survey(tree.version, str(tree.path), tuple(rows), tuple(unanswered))


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end early where an answer ends all: a name that is no symbol's."""
    # Started afresh: a copy of this process would inherit the locks of its threads.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=gc.disable)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
