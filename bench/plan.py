"""What turns a symbol on, beside two other programs that answer that question.

    python -m bench.plan [--tree DIR] [--arch ARCH] [--config FILE] [--symbols N] [--seed N]
                         [--peers]

Asked is for symbols that are off, drawn by chance, each on top of the same .config.
What a program makes ready once, the model read or formulas made, is not in its times.  Each
answer is then put to the tree's own conf: `holds` counts those with which it gives the symbol
at least m, `harm` those of them that cost another symbol which was on, `others` is the median
of symbols that change besides.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.peer_programs import peer_programs
from bench.peers import PEERS, Answer, Answers, Question
from bench.results import Missing
from kcheck.dotconfig import merge_dotconfigs, parse_dotconfig, read_dotconfig
from kcheck.evaluate.conf import defconfig, olddefconfig
from kcheck.findings import Costly, Reachable
from kcheck.goals import AtLeast
from kcheck.kconfig.load import ProbeMode, load
from kcheck.model import Model, SymbolType, Tri
from kcheck.solve.session import Session
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.defconfig import default_configs
from kcheck.trees.directory import open_tree
from kcheck.trees.target import Target
from tests.real.kernel_conf import run_conf, tree_path


def ours(model: Model, question: Question) -> Answers:
    """What kcheck finds, asked for y as the others are.  Its model has been read before."""
    started = time.perf_counter()
    session = Session(model, parse_dotconfig(question.config, "base"))
    session.prepare()
    ready = time.perf_counter() - started
    each = []
    for symbol in question.symbols:
        started = time.perf_counter()
        solution = session.solve((AtLeast(symbol, Tri.Y),))
        seconds = time.perf_counter() - started
        made = None
        if isinstance(solution, Reachable | Costly):
            made = question.config + "".join(f"{line}\n" for line in solution.plan.lines).encode()
        each.append(Answer(seconds, made))
    return Answers(ready, tuple(each))


def base_config(model: Model, target: Target, file: Path | None) -> bytes:
    """`file` as `make olddefconfig` leaves it; without one the architecture's defconfig."""
    if file is not None:
        return olddefconfig(model, read_dotconfig(file)).text
    files = default_configs(target.whole_tree, target.arch, target.srcarch)
    merged = merge_dotconfigs("defconfig", [read_dotconfig(path) for path in files])
    return defconfig(model, merged).text


def symbols_off(model: Model, config: bytes) -> list[str]:
    """Every bool and tristate that is off with `config`, by name."""
    values = _values(config)
    return sorted(
        name
        for name, symbol in model.symbols.items()
        if symbol.type in (SymbolType.BOOL, SymbolType.TRISTATE) and name not in values
    )


def _values(config: bytes) -> dict[str, str]:
    """The symbols that have a line with a value; one that is n has none."""
    lines = re.findall(r"^CONFIG_(\w+)=(.*)$", config.decode("utf-8", "replace"), re.MULTILINE)
    return dict(lines)


def _judged(question: Question, answers: Answers) -> str:
    """What conf makes of the answers, as the table's last columns."""
    before = _values(question.config)
    others, harm, given = [], 0, 0
    for symbol, answer in zip(question.symbols, answers.each, strict=True):
        if answer.config is None:
            continue
        given += 1
        made = run_conf(question.tree, "olddefconfig", question.environment, answer.config)
        if made.returncode != 0:
            sys.exit(f"bench: exit code {made.returncode} from conf: {made.stderr}")
        after = _values(made.config)
        if after.get(symbol) not in ("y", "m"):
            continue
        changed = {
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        } - {symbol}
        harm += any(
            before.get(name) == "y" or (before.get(name) == "m" and after.get(name) != "y")
            for name in changed
        )
        others.append(len(changed))
    median = f"{statistics.median(others):7.0f}" if others else f"{'-':>7}"
    return f"{given:8}{len(others):7}{harm:6}{median}"


def _timed(times: Sequence[float]) -> str:
    ordered = sorted(times)
    percentile = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(times):9.3f}{percentile:9.3f}{max(times):9.3f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.plan", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tree", type=Path, default=tree_path("7.3"), metavar="DIR")
    parser.add_argument("--arch", default="x86_64")
    parser.add_argument("--config", type=Path, metavar="FILE", help="instead of the defconfig")
    parser.add_argument("--symbols", type=int, default=10, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", action="store_true", help="ask the other programs, too")
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    asked = _arguments()
    loaded = load(open_tree(asked.tree), asked.arch, Toolchain(), ProbeMode.RUN)
    config = base_config(loaded.model, loaded.target, asked.config)
    off = symbols_off(loaded.model, config)
    drawn = random.Random(asked.seed).sample(off, min(asked.symbols, len(off)))
    target = loaded.target
    environment = target.environment
    question = Question(target.whole_tree.path, target.arch, environment, config, tuple(drawn))
    base = asked.config.name if asked.config else "defconfig"
    print(f"linux {target.tree.version} {target.arch} on {base}:", end=" ")
    print(f"{len(drawn)} of {len(off)} symbols that are off, seed {asked.seed}; seconds")
    print(f"{'':<14}{'ready':>8}{'median':>9}{'95 %':>9}{'most':>9}", end="")
    print(f"{'answers':>8}{'holds':>7}{'harm':>6}{'others':>7}")
    _show("kcheck", question, ours(loaded.model, question))
    if not asked.peers:
        return
    for name, program in peer_programs().items():
        if isinstance(program, Missing):
            print(f"{name:<14}  left out: {program.why}")
            continue
        _show(name, question, PEERS[name](program, question))


def _show(name: str, question: Question, answers: Answers) -> None:
    times = [answer.seconds for answer in answers.each]
    row = f"{name:<14}{answers.ready:8.2f}{_timed(times)}{_judged(question, answers)}"
    print(row, flush=True)


if __name__ == "__main__":
    main()
