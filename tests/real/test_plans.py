"""Plans and proofs for symbols of real trees, confirmed by each tree's own conf."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from random import Random

import msgspec
import pytest

from kcheck.arches import srcarch_of
from kcheck.dotconfig import content_of, merge_dotconfigs, parse_dotconfig, quoted, read_dotconfig
from kcheck.errors import UnknownSymbolError
from kcheck.evaluate.conf import allnoconfig, defconfig
from kcheck.findings import Costly, NeedsToolchain, Plan, Reachable, Unreachable
from kcheck.goals import AtLeast, parse_goal
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.model import Model, SymbolType, Tri
from kcheck.question import default_question, outcome_of, session_of
from kcheck.solve.session import Session
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import default_configs
from kcheck.trees.directory import open_tree
from tests.real.compare import ARCHES, OTHERS
from tests.real.fetch_trees import VERSIONS, debian_config
from tests.real.kernel_conf import run_conf, tree_path

pytestmark = pytest.mark.real
LOGICAL = (SymbolType.BOOL, SymbolType.TRISTATE)
BASES = ("defconfig", "allnoconfig", "debian")
DEBIAN = {
    "x86_64": "amd64", "i386": "i386", "arm64": "arm64", "powerpc": "ppc64el", "s390": "s390x",
    "riscv": "riscv64", "loongarch": "loong64", "arm": "armhf",
}  # fmt: skip
ANSWERED = {"y": 2, "m": 1}
_LINE = re.compile(rb"^CONFIG_(\w+)=([ym])$", re.MULTILINE)


class Target(msgspec.Struct, frozen=True):
    """A tree as one architecture sees it, and one base .config, as conf has written it."""

    loaded: Loaded
    config: bytes

    def conf(self, lines: Iterable[str]) -> dict[str, int]:
        """What is on by conf's word with `lines` behind the base: 2 for y, 1 for m."""
        return on_in(self.written(lines))

    def written(self, lines: Iterable[str]) -> bytes:
        """The .config that conf writes with `lines` behind the base."""
        text = self.config + content_of(lines)
        tree = self.loaded.target.whole_tree.path
        made = run_conf(tree, "olddefconfig", self.loaded.target.environment, text)
        assert made.returncode == 0, made.stderr[-300:]
        return made.config


def on_in(config: bytes) -> dict[str, int]:
    """The symbols that a .config has on."""
    return {name.decode(): ANSWERED[value.decode()] for name, value in _LINE.findall(config)}


@cache
def loaded_for(version: str, arch: str, cross_compile: str | None = None) -> Loaded:
    """The tree, read once."""
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    if not (tree / "arch" / srcarch_of(arch) / "Kconfig").is_file():
        pytest.skip(f"linux {version} has no {arch}")
    toolchain = Toolchain(cross_compile=cross_compile)
    return load(open_tree(tree), arch, toolchain, ProbeMode.RUN, time_limit=60)


def target_for(version: str, arch: str, base: str, cross_compile: str | None = None) -> Target:
    """The target, its base brought up to date by conf itself."""
    loaded = loaded_for(version, arch, cross_compile)
    if base == "allnoconfig":
        return Target(loaded, allnoconfig(loaded.model).text)
    if base == "debian":
        path = debian_config(version, DEBIAN.get(arch, ""))
        if path is None:
            pytest.skip(f"Debian has no config of {version} for {arch}")
        text = path.read_bytes()
        made = run_conf(
            loaded.target.whole_tree.path, "olddefconfig", loaded.target.environment, text
        )
        return Target(loaded, made.config)
    files = default_configs(loaded.target.whole_tree, loaded.target.arch, loaded.target.srcarch)
    if not files:
        pytest.skip(f"{arch} of {version} has no defconfig file")
    merged = merge_dotconfigs("defconfig", [read_dotconfig(file) for file in files])
    return Target(loaded, defconfig(loaded.model, merged).text)


@cache
def ever_on(version: str, arch: str) -> frozenset[str]:
    """What is on in conf's allyesconfig, allmodconfig or any of 30 randconfigs."""
    loaded = loaded_for(version, arch)
    tree, environment = loaded.target.whole_tree.path, loaded.target.environment
    found: set[str] = set()
    for mode in ("allyesconfig", "allmodconfig"):
        found.update(on_in(run_conf(tree, mode, environment).config))
    for seed in range(30):
        made = run_conf(tree, "randconfig", environment, KCONFIG_SEED=str(seed))
        found.update(on_in(made.config))
    return frozenset(found)


def _targets() -> Sequence[object]:
    fast = [
        ("5.10", "x86_64", "defconfig"), ("6.1", "s390", "debian"), ("6.12", "arm64", "debian"),
        ("7.2", "loongarch", "debian"), ("7.3", "x86_64", "allnoconfig"),
        ("7.3", "powerpc", "defconfig"),
    ]  # fmt: skip
    group = pytest.mark.xdist_group
    every = [
        (version, arch, base) for version in VERSIONS for arch in ARCHES + OTHERS for base in BASES
    ]
    return [
        pytest.param(*each, 8, marks=group("-".join(each[:2])), id="-".join(each))
        for each in fast
    ] + [
        pytest.param(
            *each, 34, marks=[pytest.mark.whole, group("-".join(each[:2]))],
            id="-".join((*each, "more")),
        )
        for each in every
    ]  # fmt: skip


@pytest.mark.parametrize(("version", "arch", "base", "count"), _targets())
def test_plans_and_proofs_hold_by_confs_word(
    version: str, arch: str, base: str, count: int
) -> None:
    target = target_for(version, arch, base)
    model = target.loaded.model
    config = parse_dotconfig(target.config, ".config")
    as_it_is = target.written(())
    before, was = on_in(as_it_is), _values(model, as_it_is)
    off = sorted(
        name
        for name, symbol in model.symbols.items()
        if symbol.type in LOGICAL and name not in before and not symbol.transitional
    )
    names = Random(f"{version} {arch} {base}").sample(off, count)
    if "LIVEPATCH" in model.symbols:
        names.append("LIVEPATCH")
    session = Session(model, config)
    for name in names:
        solution = session.solve((AtLeast(name, Tri.M),))
        match solution:
            case Reachable(plan) | Costly(plan):
                assert plan.proved_minimal, name
                written = target.written(plan.lines)
                after = on_in(written)
                assert name in after, (name, plan.lines)
                _effects_are_confs(model, plan, was, _values(model, written))
                lost = {each for each in before if after.get(each, 0) < before[each]}
                assert lost == {each.symbol for each in plan.lost}, (name, plan.lines)
                assert isinstance(solution, Reachable) == (not lost), name
                if isinstance(solution, Reachable):
                    _no_line_to_spare(target, name, plan.lines, before)
            case Unreachable(proof):
                assert proof.certain, name
                assert proof.core, name
                assert name not in ever_on(version, arch), name
            case NeedsToolchain(answers):
                assert answers, name


def _effects_are_confs(
    model: Model, plan: Plan, was: dict[str, str], comes: dict[str, str]
) -> None:
    """What follows from the plan's lines is what conf's two files differ in."""
    for each in plan.effects:
        told = tuple(_as_text(model, each.symbol, text) for text in (each.before, each.after))
        assert told == (was.get(each.symbol), comes.get(each.symbol)), (each, plan.lines)
    lines = parse_dotconfig(content_of(plan.lines), "plan").by_symbol
    told_of = {each.symbol for each in plan.effects} | lines.keys()
    for name in (was.keys() | comes.keys()) - told_of:
        # A line that comes or goes with what counts where there is none changes nothing.
        is_same = was.get(name) == comes.get(name)
        assert is_same or {was.get(name), comes.get(name)} < {None, '""', "0", "0x0"}, name


def _values(model: Model, config: bytes) -> dict[str, str]:
    """What a .config says; a bool or tristate that it leaves out is n."""
    off = {name: "n" for name, symbol in model.symbols.items() if symbol.type in LOGICAL}
    lines = parse_dotconfig(config, ".config").by_symbol
    return off | {name: line.value for name, line in lines.items() if line.value is not None}


def _as_text(model: Model, name: str, text: str | None) -> str | None:
    is_string = model.symbols[name].type is SymbolType.STRING
    return quoted(text) if text is not None and is_string else text


def _no_line_to_spare(
    target: Target, name: str, lines: tuple[str, ...], before: dict[str, int]
) -> None:
    """Without any one of the lines the symbol stays off, or something is given up."""
    for line in lines:
        rest = [each for each in lines if each != line]
        without = target.conf(rest)
        harmless = all(without.get(each, 0) >= before[each] for each in before)
        assert not (name in without and harmless), (name, line, lines)


def _solved(target: Target, name: str) -> object:
    session = Session(target.loaded.model, parse_dotconfig(target.config, ".config"))
    return session.solve((parse_goal(target.loaded.model, name),))


def _lines(solution: object) -> set[str]:
    assert isinstance(solution, Reachable), solution
    return {line.removeprefix("CONFIG_") for line in solution.plan.lines}


def test_livepatch_takes_two_lines_on_x86() -> None:
    solution = _solved(target_for("7.3", "x86_64", "defconfig"), "LIVEPATCH")
    assert _lines(solution) == {"FUNCTION_TRACER=y", "LIVEPATCH=y"}


def test_kallsyms_all_is_set_by_its_own_prompt() -> None:
    solution = _solved(target_for("7.3", "x86_64", "allnoconfig"), "LIVEPATCH")
    lines = _lines(solution)
    assert "KALLSYMS_ALL=y" in lines
    unrelated = {"DEBUG_LOCK_ALLOC=y", "LOCK_STAT=y", "DEBUG_WW_MUTEX_SLOWPATH=y"}
    assert not lines & unrelated


def test_powerpc_with_an_x86_compiler_is_blocked_by_it() -> None:
    solution = _solved(target_for("7.3", "powerpc", "defconfig"), "LIVEPATCH")
    assert isinstance(solution, NeedsToolchain)
    assert any("mprofile-kernel" in each.macro for each in solution.answers)
    assert not any("PPC64" in line for line in solution.plan.lines)


def test_big_endian_powerpc_stays_what_it_is() -> None:
    """Least is lost by making it a 32-bit kernel; but it is the compiler that is at fault."""
    question = default_question(loaded_for("7.3", "powerpc"), "ppc64_defconfig")
    solution = session_of(question, outcome_of(question)).solve((AtLeast("LIVEPATCH", Tri.M),))
    assert isinstance(solution, NeedsToolchain)
    assert {each.symbol for each in solution.plan.lost}.isdisjoint({"PPC64", "64BIT"})


def test_arm64_has_livepatch_since_it_was_defined_there() -> None:
    with pytest.raises(UnknownSymbolError):
        _solved(target_for("6.12", "arm64", "defconfig"), "LIVEPATCH")
    assert isinstance(_solved(target_for("7.3", "arm64", "defconfig"), "LIVEPATCH"), Reachable)


def test_debians_loong64_takes_kallsyms_all_and_livepatch() -> None:
    solution = _solved(target_for("7.2", "loongarch", "debian"), "LIVEPATCH")
    assert _lines(solution) == {"KALLSYMS_ALL=y", "LIVEPATCH=y"}


@pytest.mark.parametrize(
    ("arch", "prefix"),
    [
        ("powerpc", "powerpc64le-linux-gnu-"),
        ("arm64", "aarch64-linux-gnu-"),
        ("s390", "s390x-linux-gnu-"),
    ],
)
@pytest.mark.parametrize("base", ["defconfig", "debian"])
def test_with_the_right_compiler_there_is_a_plan(arch: str, prefix: str, base: str) -> None:
    target = target_for("7.2", arch, base, _installed(prefix))
    goal = "LIVEPATCH"
    if goal in on_in(target.config):
        pytest.skip("on already")
    solution = _solved(target, goal)
    assert goal in target.conf(f"CONFIG_{line}" for line in _lines(solution))


def _installed(prefix: str) -> str:
    import shutil

    if shutil.which(f"{prefix}gcc") is None:
        pytest.skip(f"{prefix}gcc is not installed")
    return prefix
