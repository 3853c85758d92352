"""The snapshots that come with the program, beside the trees that they were made of.

A snapshot has the cone of the symbols in kcheck/livepatching.py.  Of what it has it must say
what the tree says, with the same answers of the compiler: the same values, verdicts, reasons
and plans.  Debian's trees move on; where one is newer than what was built in, a snapshot is
made of it here, and the built-in one is not compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from kcheck.arches import arch_words
from kcheck.comparison import plan_of
from kcheck.condense import read_part, version_of
from kcheck.dotconfig import content_of, parse_dotconfig
from kcheck.errors import KconfigSyntaxError
from kcheck.evaluate.conf import Outcome, allmodconfig, allnoconfig, allyesconfig, olddefconfig
from kcheck.evaluate.valuation import SymbolState
from kcheck.explain.answer import explain
from kcheck.findings import Costly, Explanation, NeedsToolchain, Plan, Reachable, Verdict
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.livepatching import all_symbols
from kcheck.matrix import kinds_of
from kcheck.model import Probe, Tri
from kcheck.question import Question, default_question, outcome_of, session_of
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import Tree, open_tree
from kcheck.trees.snapshot import BUILT_IN, Snapshot, listed, open_snapshot
from kcheck.trees.stored import StoredArch, StoredVersion, numbers_of
from kcheck.trees.target import SRCTREE
from tests.real.compare import PROBE_SECONDS
from tests.real.fetch_trees import VERSIONS, trees_folder
from tests.real.kernel_conf import run_conf, tree_path, trees_there, why_not_there

pytestmark = pytest.mark.real
NAMES = all_symbols()
SEEDS = ("1", "2")
SAMPLE = 8
WAYS = 8
"""Other plans that are looked at, where a snapshot's answer is another than the tree's."""
FAST = {
    ("5.10", "x86_64", ProbeMode.RUN),
    ("6.1", "s390", ProbeMode.RUN),
    ("6.12", "arm64", ProbeMode.RUN),
    ("7.2", "riscv", ProbeMode.NONE),
    ("7.3", "x86_64", ProbeMode.RUN),
    ("7.3", "powerpc", ProbeMode.RUN),
}
COMPILERS = {
    "powerpc": Toolchain(cross_compile="powerpc64le-linux-gnu-"),
    "arm64": Toolchain(cross_compile="aarch64-linux-gnu-"),
    "s390": Toolchain(cross_compile="s390x-linux-gnu-"),
    "x86_64": Toolchain(llvm="1"),
}
"""What else may be asked, where it is installed."""


@pytest.fixture(autouse=True)
def _nothing_on_record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was answered before must not stand in for the programs, nor for the trees."""
    monkeypatch.setenv("KCHECK_TREES", str(trees_folder()))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def _trees() -> dict[str, Tree]:
    """Debian's trees, and of others those that a built-in snapshot was made of."""
    built_in = {each.version for each in listed()}
    found: dict[str, Tree] = {}
    for name in trees_there():
        if (tree_path(name) / "Makefile").is_file():
            tree = open_tree(tree_path(name))
            if name in VERSIONS or tree.version in built_in:
                found[name] = tree
    return found


TREES = _trees()


def _words(tree: Tree) -> list[str]:
    return sorted(word for folder in tree.architectures() for word in arch_words(folder))


def _cases(*modes: ProbeMode) -> list[object]:
    """Every version, ARCH and mode; those of FAST in the fast slice."""
    cases: list[object] = []
    for name in VERSIONS:
        if name not in TREES:
            skip = pytest.mark.skip(reason=why_not_there(name))
            cases.append(pytest.param(name, "", ProbeMode.NONE, id=name, marks=skip))
    for name, tree in TREES.items():
        for arch in _words(tree):
            for mode in modes:
                marks = [pytest.mark.xdist_group(f"snapshot-{name}-{arch}")]
                if (name, arch, mode) not in FAST:
                    marks.append(pytest.mark.whole)
                cases.append(
                    pytest.param(name, arch, mode, id=f"{name}-{arch}-{mode}", marks=marks)
                )
    return cases


# What was built in is what is built.


@lru_cache(maxsize=2)
def _built_in(version: str) -> Snapshot | None:
    """The built-in snapshot of that very version."""
    return next((open_snapshot(each) for each in listed() if each.version == version), None)


def _must_be_built_in(name: str) -> StoredVersion:
    found = _built_in(TREES[name].version)
    if found is None:
        pytest.skip(f"linux-{name} is {TREES[name].version} by now, which is not built in")
    return found.stored


def _of_arch(version: StoredVersion, arch: str) -> dict[str, object]:
    """All that is kept of one ARCH, numbers resolved: they hang on what else was read."""
    stored = msgspec.msgpack.decode(version.arches[arch], type=StoredArch)
    return {
        "asked": version.kept.asked,
        "dialect": version.dialect,
        "entries": [version.entries[number] for number in numbers_of(stored.steps)],
        "mentioned": [version.operands[number] for number in numbers_of(stored.mentioned)],
        "rest": msgspec.structs.replace(stored, steps=(), mentioned=()),
    }


@pytest.mark.parametrize(("name", "arch", "mode"), _cases(ProbeMode.RUN))
def test_one_architecture_built_anew_is_what_is_built_in(
    name: str, arch: str, mode: ProbeMode
) -> None:
    there = _must_be_built_in(name)
    assert there.kept.asked == NAMES
    rebuilt = version_of(TREES[name], [read_part(TREES[name], arch, NAMES)], NAMES)
    assert _of_arch(rebuilt, arch) == _of_arch(there, arch)


@pytest.mark.whole
@pytest.mark.parametrize("name", TREES)
def test_all_built_anew_are_what_is_built_in(name: str) -> None:
    """With what they share: where symbols are defined that an architecture lacks."""
    there, rebuilt = _must_be_built_in(name), _rebuilt(name).stored
    assert rebuilt.arches.keys() == there.arches.keys() == set(_words(TREES[name]))
    assert [_of_arch(rebuilt, arch) for arch in rebuilt.arches] == [
        _of_arch(there, arch) for arch in rebuilt.arches
    ]
    assert msgspec.structs.replace(rebuilt, arches={}) == msgspec.structs.replace(there, arches={})
    assert kinds_of(Snapshot(BUILT_IN, there)) == kinds_of(TREES[name])


@lru_cache(maxsize=1)
def _rebuilt(name: str) -> Snapshot:
    tree = TREES[name]
    parts = [read_part(tree, arch, NAMES) for arch in _words(tree)]
    return Snapshot(BUILT_IN, version_of(tree, parts, NAMES))


# It says what the tree says.


class Pair(msgspec.Struct, frozen=True):
    """A tree and its snapshot, read alike."""

    whole: Loaded
    kept: Loaded

    @property
    def folder(self) -> str:
        """The tree's folder, which stands in its commands; a snapshot has SRCTREE there."""
        return str(self.whole.target.whole_tree.path)

    def without_folder(self, value: object) -> Any:
        """The value as JSON has it, with nothing in it of where the tree lies.

        Nor of how many lines each arm of an alternative takes, which counts what they do to
        all symbols; whether a program or its record answered; and which architectures read
        a definition, which a tree is searched for as text, a snapshot knows.
        """
        return self._bare(msgspec.to_builtins(value, str_keys=True))

    def _bare(self, value: object) -> object:
        match value:
            case dict():
                hidden = ("source", "lines", "read_by")
                return {
                    name: self._bare(each) for name, each in value.items() if name not in hidden
                }
            case list() | tuple():
                return [self._bare(each) for each in value]
            case str():
                return value.replace(self.folder, SRCTREE)
            case _:
                return value


OWN = Toolchain()
"""This machine's compiler."""


# Of an architecture one is read with its probes run, then another with none, then again the first.
@lru_cache(maxsize=2)
def _pair(name: str, arch: str, mode: ProbeMode, toolchain: Toolchain = OWN) -> Pair:
    snapshot = _built_in(TREES[name].version) or _rebuilt(name)
    return Pair(
        load(TREES[name], arch, toolchain, mode, PROBE_SECONDS),
        load(snapshot, arch, toolchain, mode, PROBE_SECONDS),
    )


def _same_answers(pair: Pair) -> None:
    """Every probe that a snapshot asks is one of the tree's, and answered alike."""

    def told(probe: Probe) -> tuple[object, ...]:
        return (probe.macro, probe.location, probe.answer.replace(pair.folder, SRCTREE))

    assert pair.kept.model.probes
    assert set(map(told, pair.kept.model.probes)) <= set(map(told, pair.whole.model.probes))
    assert pair.kept.model.target.compiler == pair.whole.model.target.compiler


@pytest.mark.parametrize(("name", "arch", "mode"), _cases(ProbeMode.RUN, ProbeMode.NONE))
def test_values_are_those_of_the_tree(name: str, arch: str, mode: ProbeMode) -> None:
    pair = _pair(name, arch, mode)
    if TREES[name].numbers >= (4, 18):
        _same_answers(pair)
    assert len(pair.kept.model.symbols) > 100
    for what, whole, kept in _outcomes(pair, arch):
        for symbol in pair.kept.model.symbols:
            expected = _effective(whole.valuation.state(symbol))
            assert _effective(kept.valuation.state(symbol)) == expected, (what, symbol)


def _effective(state: SymbolState) -> SymbolState:
    """Without what a .config says of a symbol that is hidden, which means nothing.

    Up to 6.1 conf forgets that, unless anything in the whole file is out of date.
    """
    return state if state.visibility != Tri.N else msgspec.structs.replace(state, user=None)


def _outcomes(pair: Pair, arch: str) -> Iterator[tuple[str, Outcome, Outcome]]:
    tree = pair.whole.target.whole_tree
    named = [kind.defconfig for kind in kinds_of(tree) if kind.arch == arch] or [None]
    for each in named:
        one, other = (default_question(loaded, each) for loaded in (pair.whole, pair.kept))
        assert one.config_name == other.config_name
        yield one.config_name, outcome_of(one), outcome_of(other)
    made: Sequence[Callable[..., Outcome]] = (allnoconfig, allyesconfig, allmodconfig)
    for function in made:
        yield function.__name__, function(pair.whole.model), function(pair.kept.model)
    for seed in SEEDS:
        environment = pair.whole.target.environment
        by_chance = run_conf(tree.path, "randconfig", environment, KCONFIG_SEED=seed)
        assert by_chance.returncode == 0, by_chance.stderr
        config = parse_dotconfig(by_chance.config, ".config")
        one_made, other_made = (
            olddefconfig(loaded.model, config) for loaded in (pair.whole, pair.kept)
        )
        yield f"randconfig {seed}", one_made, other_made


@pytest.mark.parametrize("arch", COMPILERS)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name == "7.3" else pytest.mark.whole)
        for name, tree in TREES.items()
        if tree.numbers >= (4, 18)
    ],
)
def test_another_compiler_is_asked_alike(name: str, arch: str) -> None:
    """What stands in for a tree's scripts finds out what they do (toolchain/standins.py)."""
    toolchain = COMPILERS[arch]
    compiler = f"{toolchain.cross_compile}gcc" if toolchain.cross_compile else "clang"
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    try:
        pair = _pair(name, arch, ProbeMode.RUN, toolchain)
    except KconfigSyntaxError as error:
        if "not supported" not in str(error):
            raise
        pytest.skip(f"{compiler} is too old for linux-{name}")
    _same_answers(pair)
    environments = [dict(loaded.target.environment) for loaded in (pair.whole, pair.kept)]
    for each in environments:
        del each["srctree"]
    assert environments[0] == environments[1]


# It gives the tree's answer.


class Asking(msgspec.Struct, frozen=True):
    """One side of a pair on the architecture's defconfig."""

    question: Question
    outcome: Outcome
    session: Any

    def explain(self, symbol: str) -> Explanation:
        """The answer about one symbol."""
        return explain(self.session, self.question.config, symbol)

    def plans(self, symbol: str) -> list[Plan]:
        """The plans for one symbol: the best, and others that need no more lines."""
        found = explain(self.session, self.question.config, symbol, alternatives=WAYS)
        match found.solution:
            case Reachable(plan, others) | Costly(plan, others):
                return [plan, *others]
            case NeedsToolchain(_, plan):
                return [plan]
            case _:
                return []


def _asking(loaded: Loaded) -> Asking:
    question = default_question(loaded)
    outcome = outcome_of(question)
    return Asking(question, outcome, session_of(question, outcome))


def _given_up_unseen(pair: Pair, asking: Asking, plan: Plan) -> list[str]:
    """What the plan turns off or down in the tree that its snapshot does not have.

    By its lines, and by what it says itself, which counts other answers of the compiler in.
    """
    model = pair.whole.model
    told = {each.symbol for each in plan.lost}
    text = asking.outcome.text + content_of(plan.lines)
    after = olddefconfig(model, parse_dotconfig(text, ".config")).valuation
    before = asking.outcome.valuation
    return [
        symbol
        for symbol in model.symbols.keys() - pair.kept.model.symbols.keys()
        if symbol in told or after.state(symbol).tri < before.state(symbol).tri
    ]


@pytest.mark.parametrize(("name", "arch", "mode"), _cases(ProbeMode.RUN))
def test_answers_are_those_of_the_tree(
    name: str, arch: str, mode: ProbeMode, request: pytest.FixtureRequest
) -> None:
    """Verdict, reasons, and the number of lines; which lines may differ, where as few do.

    A snapshot has what its symbols hang on, not what hangs on them: a plan of one cannot spare
    what it does not have, as its answer says.  Where a plan of one of the two gives up such a
    symbol in the tree, they may differ in length, in whether anything is given up, and in which
    way stands first; so EXPERT, which a symbol without prompt may exclude, and on arm what
    ARM_LPAE leads to, which turns off whole families of machines.
    """
    pair = _pair(name, arch, mode)
    whole, kept = _asking(pair.whole), _asking(pair.kept)
    symbols = Random(f"{name} {arch}").sample(sorted(pair.kept.model.symbols), SAMPLE)
    if request.node.get_closest_marker("whole"):
        symbols += sorted(NAMES & pair.kept.model.symbols.keys())
    for symbol in dict.fromkeys(["LIVEPATCH", *symbols]):
        expected, found = whole.explain(symbol), kept.explain(symbol)
        told, lines = zip(*(_told(pair, each) for each in (expected, found)), strict=True)
        if told[0] == told[1] and lines[0] == lines[1]:
            continue
        if symbol in NAMES:
            reasons = [{**each, "verdict": None} for each in told]
            assert reasons[0] == reasons[1], symbol
        plans = [*whole.plans(symbol), *kept.plans(symbol)]
        unseen = [each for plan in plans for each in _given_up_unseen(pair, whole, plan)]
        assert unseen, (symbol, told, lines)
        if expected.verdict is not found.verdict:
            verdicts = (expected.verdict, found.verdict)
            assert verdicts == (Verdict.CONFLICT, Verdict.REACHABLE), symbol


def _told(pair: Pair, found: Explanation) -> tuple[object, int | None]:
    """What has to be the same of an answer, and how many lines its plan has."""
    plan = plan_of(found)
    bare = msgspec.structs.replace(found, solution=None, assumptions=())
    return pair.without_folder(bare), None if plan is None else len(plan.lines)
