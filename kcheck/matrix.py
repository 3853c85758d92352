"""One question over all architectures of a tree, several processes at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from kcheck.arches import (
    SubArchitecture,
    canonical_arch,
    srcarch_of,
    sub_architectures,
)
from kcheck.cache import key_of, own_stamp, programs_key, stamp_of, tree_stamp
from kcheck.dotconfig import DotConfig, read_dotconfig
from kcheck.errors import ConfigError, KcheckError, UnknownSymbolError
from kcheck.explain.answer import explain_in_part
from kcheck.findings import Explanation
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.processes import answers, hold, let_go, processes
from kcheck.question import (
    Question,
    default_question,
    fits,
    is_foreign_compiler,
    named_question,
    stored_defconfig,
)
from kcheck.store import Store
from kcheck.survey import Row, Survey, Unanswered
from kcheck.texts import as_bytes, from_bytes
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import named_configs
from kcheck.trees.directory import Tree
from kcheck.trees.places import Place, open_again
from kcheck.trees.snapshot import Snapshot
from kcheck.trees.target import make_target

_WORD = re.compile(r"[a-z0-9]+(?:_64)?")


class Asked(msgspec.Struct, frozen=True):
    """What one process is given to find out; `config` None for the tree's own defconfig."""

    tree: Place
    kind: SubArchitecture
    config: Path | None
    toolchain: Toolchain
    mode: ProbeMode
    symbols: tuple[str, ...]


def kinds_of(tree: Tree | Snapshot) -> tuple[SubArchitecture, ...]:
    """The tree's sub-architectures, by name: those whose defconfig it has."""
    kinds = [kind for srcarch in tree.architectures() for kind in sub_architectures(srcarch)]
    kinds.sort(key=lambda each: each.name)
    return tuple(kind for kind in kinds if _has_defconfig(tree, kind))


def _has_defconfig(tree: Tree | Snapshot, kind: SubArchitecture) -> bool:
    if kind.defconfig is None:
        return True
    if isinstance(tree, Snapshot):
        return stored_defconfig(tree, kind.arch, kind.defconfig) is not None
    return bool(named_configs(tree, srcarch_of(kind.arch), kind.defconfig))


def config_files(path: Path) -> list[Path]:
    """The .config at `path`, or those in that folder.  Raises ConfigError for an empty one."""
    if not path.is_dir():
        return [path]
    files = sorted(each for each in path.iterdir() if each.is_file() and each.name[0] != ".")
    if not files:
        raise ConfigError(f"{path}: no files in it; a folder holds one .config a piece")
    return files


def configs_by_kind(kinds: Sequence[SubArchitecture], path: Path) -> dict[str, Path]:
    """Which sub-architectures the .config at `path`, or those in that folder, are for.

    That is read off the file's header, or its name where it has none.  Raises ConfigError
    for a file that says neither, and for two files for the same sub-architecture.
    """
    found: dict[str, Path] = {}
    for file in config_files(path):
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
        fitting = [kind for kind in candidates if len(candidates) == 1 or fits(kind, config)]
        if len(fitting) == 1:
            return fitting[0]
    raise ConfigError(
        f"{file}: neither its header nor its name says for which architecture of this tree;"
        " name it ARCH.config"
    )


def answer(asked: Asked) -> Row | Unanswered:
    """Ask one sub-architecture.  Raises UnknownSymbolError for a name of no symbol."""
    let_go()
    try:
        loaded = load(open_again(asked.tree), asked.kind.arch, asked.toolchain, asked.mode)
        # What files say to every architecture stays.
        hold()
        return row_of(asked, loaded, explain_in_part)
    except UnknownSymbolError:
        raise
    except KcheckError as error:
        return Unanswered(asked.kind.name, str(error))


def row_of(asked: Asked, loaded: Loaded, explained: Callable[[Question, str], Explanation]) -> Row:
    """What `explained` says of each symbol, on the config that is asked about."""
    question = (
        default_question(loaded, asked.kind.defconfig)
        if asked.config is None
        else named_question(loaded, asked.config)
    )
    return Row(
        asked.kind.name,
        loaded.facts,
        question.config_name,
        is_foreign_compiler(loaded),
        tuple(explained(question, symbol) for symbol in asked.symbols),
        (*loaded.notes, *question.notes),
    )


def survey(
    tree: Tree | Snapshot,
    questions: Sequence[Asked],
    workers: int,
    answered: Callable[[], None],
    store: Store,
) -> Survey:
    """Ask all, `workers` at a time; `answered` is called as each of them has come in.

    What `store` has is not asked again, and what it does not have is put there.  Raises
    UnknownSymbolError for a name of no symbol.
    """
    keys = _keys(tree, questions)
    rows: list[Row] = []
    waiting: list[Asked] = []
    for asked in questions:
        name = asked.kind.name
        kept = from_bytes(store.get(keys[name]), Row) if name in keys else None
        if kept is None:
            waiting.append(asked)
        else:
            rows.append(kept)
            answered()
    unanswered: list[Unanswered] = []
    for found in answers(answer, waiting, processes(workers), answered):
        match found:
            case Row() as row:
                rows.append(row)
                if row.arch in keys and (content := as_bytes(row)) is not None:
                    store.put(keys[row.arch], content)
            case Unanswered() as missing:
                unanswered.append(missing)
    rows.sort(key=lambda row: row.arch)
    unanswered.sort(key=lambda missing: missing.arch)
    is_snapshot = isinstance(tree, Snapshot)
    return Survey(tree.version, tree.label, is_snapshot, tuple(rows), tuple(unanswered))


def _keys(tree: Tree | Snapshot, questions: Sequence[Asked]) -> dict[str, str]:
    """The key of each question's answer, by sub-architecture; none for an answer that must
    not be kept: what it is made from is too new, or somebody else's record."""
    own, files = own_stamp(), tree_stamp(tree)
    keys: dict[str, str] = {}
    if not (own.is_settled and files.is_settled):
        return keys
    for asked in questions:
        config = stamp_of([asked.config] if asked.config else [])
        if asked.mode is ProbeMode.RECORDED or not config.is_settled:
            continue
        try:
            target = make_target(tree, asked.kind.arch, asked.toolchain)
        except KcheckError:
            continue
        programs = programs_key(target)
        keys[asked.kind.name] = key_of(own.digest, files.digest, config.digest, asked, programs)
    return keys
