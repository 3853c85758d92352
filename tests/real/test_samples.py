"""The configs in sample_configs, made again from the trees, and what conf says of them."""

from __future__ import annotations

from functools import cache

import pytest

from kcheck.dotconfig import read_dotconfig
from kcheck.evaluate.conf import olddefconfig
from kcheck.explain.answer import explain
from kcheck.findings import Costly, Explanation, Reachable, Verdict
from kcheck.kconfig.load import Loaded, ProbeMode, load
from kcheck.model import ProbeSource
from kcheck.solve.session import Session
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree
from kcheck.trees.snapshot import snapshot_of
from tests.real.kernel_conf import run_conf
from tests.real.make_samples import SAMPLES, Sample, Whole, is_there, make, tree_of, whole_of
from tests.real.test_plans import on_in

pytestmark = pytest.mark.real
BTF = "x86_64-6.12-blocked-by-toolchain.config"
FAST = ("x86_64-6.1-can-be-enabled.config", "x86_64-6.12-conflict.config")


def _has_plan(sample: Sample) -> bool:
    return "can-be-enabled" in sample.name or "conflict" in sample.name


EACH = pytest.mark.parametrize(
    "sample",
    [
        pytest.param(
            sample,
            id=sample.name,
            marks=[
                pytest.mark.xdist_group(sample.name),
                *(() if sample.name in FAST else (pytest.mark.whole,)),
            ],
        )
        for sample in SAMPLES
    ],
)


def _asked(sample: Sample) -> str:
    return "DEBUG_INFO_BTF" if sample.name == BTF else "LIVEPATCH"


@cache
def _whole(sample: Sample) -> Whole:
    if not is_there(sample):
        pytest.skip(f"no tree or no config of linux {sample.version} there; make trees")
    return whole_of(sample)


def _explained(loaded: Loaded, sample: Sample, whole: Whole | None = None) -> Explanation:
    config = read_dotconfig(sample.path) if whole is None else whole.config
    outcome = olddefconfig(loaded.model, config)
    return explain(Session(loaded.model, config, outcome.valuation), config, _asked(sample))


def _plan(found: Explanation) -> tuple[tuple[str, ...], set[str]]:
    """The lines, and what they give up."""
    if isinstance(found.solution, Reachable | Costly):
        return found.solution.plan.lines, {each.symbol for each in found.solution.plan.lost}
    return (), set()


@EACH
def test_made_again_it_is_the_same(sample: Sample) -> None:
    whole = _whole(sample)
    header = read_dotconfig(sample.path).header
    version = whole.loaded.target.tree.version
    if header is None or header[1] != version:
        pytest.skip(f"made from another linux {sample.version} than {version}, which is here")
    assert make(sample, whole) == sample.path.read_text()


@EACH
def test_it_says_the_same_as_the_whole_config_on_the_tree(sample: Sample) -> None:
    whole = _whole(sample)
    snapshot = snapshot_of(sample.version)
    assert snapshot is not None
    small = load(snapshot, sample.arch, Toolchain(), ProbeMode.NONE)
    one, other = _explained(whole.loaded, sample, whole), _explained(small, sample)
    assert one.verdict is other.verdict
    assert one.value == other.value
    assert _plan(one) == _plan(other)


@EACH
def test_confs_word_on_the_tree(sample: Sample) -> None:
    """On or off as conf has it; the lines turn it on, and give up what was said."""
    _whole(sample)
    tree = open_tree(tree_of(sample))
    loaded = load(tree, sample.arch, Toolchain(), ProbeMode.RUN, time_limit=60)
    assert any(probe.source is not ProbeSource.ASSUMED for probe in loaded.model.probes)
    found = _explained(loaded, sample)
    name = _asked(sample)

    def on(lines: tuple[str, ...]) -> dict[str, int]:
        text = sample.path.read_bytes() + "".join(f"{line}\n" for line in lines).encode()
        made = run_conf(tree.path, "olddefconfig", loaded.target.environment, text)
        assert made.returncode == 0, made.stderr[-300:]
        return on_in(made.config)

    before = on(())
    assert (name in before) == (found.verdict is Verdict.ENABLED)
    lines, lost = _plan(found)
    if lines:
        after = on(lines)
        assert name in after
        assert {each for each in before if after.get(each, 0) < before[each]} == lost
    if _has_plan(sample):
        assert lines
        assert bool(lost) == ("conflict" in sample.name)
