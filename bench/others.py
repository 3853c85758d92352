"""What turns LIVEPATCH on: kcheck beside two other programs that answer that question.

All are asked on top of the same .config, the architecture's defconfig as conf writes it, each
as a whole process, and conf judges what they answer.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.answers import SYMBOL
from bench.peer_programs import peer_programs
from bench.peers import (
    Question,
    kconfig_mcp_answers,
    kconfig_mcp_command,
    klocalizer_command,
    klocalizer_environment,
)
from bench.processes import Conf, beside, fresh_kcheck, run, say
from bench.results import Missing, Pair, Row
from tests.real.kernel_conf import run_conf

ROUNDS = 5


def measured(tree: Path, conf: Conf) -> Iterator[Row | Missing]:
    """Rows of what turns LIVEPATCH on."""
    base = conf.defconfig(tree / "arch/x86/configs/x86_64_defconfig")
    question = Question(tree, "x86_64", conf.environment, base, (SYMBOL,))
    yield from _kcheck(question, conf)
    programs = peer_programs()
    for name, ask in (("kconfig-mcp", _kconfig_mcp), ("klocalizer", _klocalizer)):
        program = programs[name]
        if isinstance(program, Missing):
            yield program
            continue
        say(name)
        yield from ask(program, question, conf)


def _kcheck(question: Question, conf: Conf) -> Iterator[Row]:
    say("a fragment for LIVEPATCH")
    with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as name:
        base = Path(name, "base.config")
        base.write_bytes(question.config)
        target = ("--tree", str(question.tree), "--arch", question.arch)
        ours = ("fragment", SYMBOL, *target, "--config", str(base))
        with fresh_kcheck() as kcheck:
            pairs, mib = beside(conf, 1, lambda: kcheck(*ours))
            yield Row("kcheck", f"fragment {SYMBOL}, cold", pairs, mib)
            pairs, mib = beside(conf, ROUNDS, lambda: kcheck(*ours))
            yield Row("kcheck", f"fragment {SYMBOL}, again", pairs, mib)


def _kconfig_mcp(python: Path, question: Question, conf: Conf) -> Iterator[Row | Missing]:
    name = "kconfig-mcp"
    with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as folder:
        command = kconfig_mcp_command(python, question, Path(folder))
        environment = dict(question.environment)
        made = kconfig_mcp_answers(run(command, environment, (0,)).output, question).each[0].config
        if not _holds(made, question):
            yield Missing(name, f"no answer for {SYMBOL} that conf confirms")
            return
        pairs, mib = beside(conf, ROUNDS, lambda: run(command, environment, (0,)))
        yield Row(name, f"{SYMBOL}; it keeps nothing", pairs, mib)


def _klocalizer(program: Path, question: Question, conf: Conf) -> Iterator[Row | Missing]:
    """It takes a minute the first time: each is run once."""
    name = "klocalizer"
    environment = klocalizer_environment(program, question)
    with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as folder:
        work = Path(folder)
        command = klocalizer_command(program, question, SYMBOL, work)
        made = work / "made"
        for when in ("makes its formulas", "again"):
            judge = conf()
            # 10 and 11 say that there is no such configuration.
            done = run(command, environment, (0, 10, 11), work)
            if not _holds(made.read_bytes() if made.is_file() else None, question):
                yield Missing(name, f"no answer for {SYMBOL} that conf confirms")
                return
            made.unlink()
            pair = Pair(done.seconds, judge.seconds)
            yield Row(name, f"{SYMBOL}, {when}", (pair,), done.mib)


def _holds(made: bytes | None, question: Question) -> bool:
    """Whether conf has LIVEPATCH on with that .config."""
    if made is None:
        return False
    judged = run_conf(question.tree, "olddefconfig", question.environment, made)
    return re.search(rf"^CONFIG_{SYMBOL}=y$".encode(), judged.config, re.MULTILINE) is not None
