"""Every symbol of the trees gets an answer, and the answer agrees with its value."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from kcheck.dotconfig import merge_dotconfigs, parse_dotconfig, read_dotconfig
from kcheck.evaluate.conf import defconfig, olddefconfig
from kcheck.explain.answer import explain
from kcheck.findings import Costly, Reachable, Unreachable, Verdict
from kcheck.kconfig.load import ProbeMode, load
from kcheck.model import SymbolRef, SymbolType, Tri
from kcheck.report.json import explanation_json
from kcheck.report.text import Subject, explanation_text
from kcheck.solve.session import Session
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import default_configs
from kcheck.trees.directory import open_tree
from tests.real.fetch_trees import VERSIONS
from tests.real.kernel_conf import run_conf, tree_path

pytestmark = pytest.mark.real
SAMPLE = 60


def _targets() -> Sequence[object]:
    fast = [("5.10", "x86_64"), ("6.12", "x86_64"), ("7.3", "arm64"), ("7.3", "powerpc")]
    every = [
        (version, arch)
        for version in VERSIONS
        for arch in ("x86_64", "s390", "riscv", "arm", "mips")
    ]
    group = pytest.mark.xdist_group
    return [
        pytest.param(*pair, SAMPLE, marks=group("-".join(pair)), id="-".join(pair))
        for pair in fast
    ] + [
        pytest.param(
            *pair, 10 * SAMPLE, marks=[pytest.mark.whole, group("-".join(pair))],
            id="-".join((*pair, "more")),
        )
        for pair in dict.fromkeys(fast + every)
    ]  # fmt: skip


@pytest.mark.parametrize(("version", "arch", "count"), _targets())
def test_every_symbol_gets_an_answer(version: str, arch: str, count: int) -> None:
    tree = tree_path(version)
    if not tree.is_dir():
        pytest.skip(f"linux-{version} is not there; make trees")
    loaded = load(open_tree(tree), arch, Toolchain(), ProbeMode.RUN, time_limit=60)
    target, model = loaded.target, loaded.model
    files = default_configs(target.whole_tree, target.arch, target.srcarch)
    config = merge_dotconfigs("defconfig", [read_dotconfig(file) for file in files])
    outcome = defconfig(model, config)
    valuation = outcome.valuation
    base = parse_dotconfig(outcome.text, ".config")
    session = Session(model, base, valuation)
    chance = Random(f"{version} {arch}")
    undefined = [
        each.name
        for each in model.mentioned
        if isinstance(each, SymbolRef) and each.name not in model.symbols
    ]
    names = chance.sample(sorted(model.symbols), count) + chance.sample(undefined, 3)
    tried = 0
    for name in ["LIVEPATCH", *names]:
        found = explain(session, config, name)
        text = explanation_text(found, Subject(version, arch, "", "defconfig"), show_all=True)
        assert text.startswith(f"{name} "), name
        assert explanation_json(found, model.target, "defconfig")
        symbol = model.symbols.get(name)
        if symbol and symbol.type in (SymbolType.BOOL, SymbolType.TRISTATE):
            is_on = valuation.state(name).tri != Tri.N
            assert (found.verdict is Verdict.ENABLED) == is_on, name
            assert is_on or found.reasons or isinstance(found.solution, Unreachable), name
        if isinstance(found.solution, Reachable | Costly) and tried < 3:
            # The lines shown do what they say, by conf's own word.
            tried += 1
            lines = [line.text for line in base.lines] + list(found.solution.plan.lines)
            text_with = "\n".join([*lines, ""]).encode("utf-8", "surrogateescape")
            theirs = run_conf(tree, "olddefconfig", target.environment, text_with)
            ours = olddefconfig(model, parse_dotconfig(text_with, ".config"))
            assert theirs.config == ours.text
            assert f"CONFIG_{name}=".encode() in theirs.config
