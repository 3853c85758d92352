"""Two other programs that answer what turns a symbol on, asked for many symbols in a row.

`kconfig-mcp` is timed inside the Python that has it, `klocalizer` as one process a symbol.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

LIMIT = 300
"""Seconds that a peer may think about one symbol."""

# Runs in kconfig-mcp's Python: the search and check behind its tool kconfig_why_not, without
# the explanation that this also writes.  One line of JSON when loaded, then one a symbol.
KCONFIG_MCP = """
import json, signal, sys, time
from kconfig_mcp import engine
from kconfig_mcp.loader import load

def give_up(*_):
    raise TimeoutError

tree, config, environment, limit, *symbols = sys.argv[1:]
signal.signal(signal.SIGALRM, give_up)
started = time.perf_counter()
kconf = load(tree + "/Kconfig", config, json.loads(environment), "run").kconf
print(json.dumps(time.perf_counter() - started), flush=True)
for name in symbols:
    snapshot = engine.snapshot(kconf)
    lines = None
    started = time.perf_counter()
    signal.alarm(int(limit))
    try:
        symbol = kconf.syms[name]
        plans, _ = engine.plan_for(kconf, symbol, 2)
        found = engine.verify(kconf, symbol, 2, plans)
        lines = found and found[0]
    except TimeoutError:
        engine.restore(kconf, snapshot)
    finally:
        signal.alarm(0)
    print(json.dumps([time.perf_counter() - started, lines]), flush=True)
"""


class Question(msgspec.Struct, frozen=True):
    """What every program is asked: a tree, the .config as conf writes it, symbols.

    The environment is that which make hands to conf.
    """

    tree: Path
    arch: str
    environment: Mapping[str, str]
    config: bytes
    symbols: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """One symbol's: seconds, and a .config that is to have it on, None where there is none."""

    seconds: float
    config: bytes | None


class Answers(msgspec.Struct, frozen=True):
    """One program's: seconds to make ready, and an answer to each symbol in turn."""

    ready: float
    each: tuple[Answer, ...]


def kconfig_mcp_command(python: Path, question: Question, folder: Path) -> list[str]:
    """What asks kconfig-mcp; `folder` is for the .config."""
    config = folder / "base"
    config.write_bytes(question.config)
    environment = json.dumps(dict(question.environment))
    command = [str(python), "-c", KCONFIG_MCP, str(question.tree), str(config), environment]
    return [*command, str(LIMIT), *question.symbols]


def kconfig_mcp_answers(output: bytes, question: Question) -> Answers:
    """What it printed."""
    ready, *found = [json.loads(line) for line in output.splitlines()]
    each = []
    for seconds, lines in found:
        made = None
        if lines is not None:
            text = "".join(f"CONFIG_{symbol}={value}\n" for symbol, value in lines.items())
            made = question.config + text.encode()
        each.append(Answer(seconds, made))
    return Answers(ready, tuple(each))


def kconfig_mcp(python: Path, question: Question) -> Answers:
    """What kconfig-mcp finds, asked for y."""
    with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as name:
        done = subprocess.run(
            kconfig_mcp_command(python, question, Path(name)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=name,
            env=question.environment,
            check=True,
        )
    return kconfig_mcp_answers(done.stdout, question)


def klocalizer_command(program: Path, question: Question, symbol: str, folder: Path) -> list[str]:
    """What asks klocalizer, run in `folder`, where it keeps its formulas and writes `made`."""
    (folder / "base").write_bytes(question.config)
    command = [str(program), "--quiet", "--disable-downloading-formulas"]
    command += ["--formulas", str(folder / "formulas"), "--linux-ksrc", str(question.tree)]
    command += ["--arch", question.arch, "--repair", "base", "--output", "made"]
    return [*command, "--define", f"CONFIG_{symbol}"]


def klocalizer_environment(program: Path, question: Question) -> dict[str, str]:
    """It calls its kin by name, and the compiler."""
    path = f"{program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    asked = {name: question.environment[name] for name in ("CC", "LD")}
    return {**os.environ, "PATH": path, **asked}


def klocalizer(program: Path, question: Question) -> Answers:
    """What klocalizer finds.  Its formulas are made first and kept for all symbols."""
    environment = klocalizer_environment(program, question)
    with tempfile.TemporaryDirectory(prefix="kcheck-bench-") as name:
        work = Path(name)
        made = work / "made"

        def ask(symbol: str, limit: int | None) -> Answer:
            made.unlink(missing_ok=True)
            started = time.perf_counter()
            try:
                done = subprocess.run(
                    klocalizer_command(program, question, symbol, work),
                    cwd=work,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=limit,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return Answer(time.perf_counter() - started, None)
            seconds = time.perf_counter() - started
            # 10 and 11 say that there is no such configuration.
            if done.returncode not in (0, 10, 11):
                message = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
                sys.exit(f"bench: exit code {done.returncode} from {program}: {message}")
            return Answer(seconds, made.read_bytes() if done.returncode == 0 else None)

        first = ask(question.symbols[0], None)
        each = tuple(ask(symbol, LIMIT) for symbol in question.symbols)
    return Answers(first.seconds - each[0].seconds, each)


PEERS: dict[str, Callable[[Path, Question], Answers]] = {
    "kconfig-mcp": kconfig_mcp,
    "klocalizer": klocalizer,
}
