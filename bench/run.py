"""All that kcheck promises about time and memory, measured in one run beside conf.

    bench/run

Writes results.json, results.md, results.png and results.svg beside this file.  Needs the
kernel trees (make trees), a compiler, and, the first time, the network for two other programs.
Takes about twelve minutes on two processors, which should have nothing else to do.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

from bench import answers, fleet, growth, matrix, others
from bench.ground import tree_there
from bench.processes import Conf, say
from bench.results import Curve, Machine, Missing, Results, Row, save
from bench.table import brief, markdown

VERSION = "7.3"
HERE = Path(__file__).parent


def measured() -> Results:
    """Everything, in the order of the table."""
    tree = tree_there(VERSION)
    conf = Conf(tree)
    # Files of the tree, and of conf and the compiler, are then in memory.
    conf()
    rows: list[Row | Missing] = [*answers.measured(tree, VERSION, conf)]
    rows += matrix.measured(tree, conf)
    checks, by_configs = fleet.measured(conf)
    rows += checks
    rows += others.measured(tree, conf)
    curves: list[Curve] = [*growth.by_symbols(tree), by_configs]
    curves += [growth.by_cone(tree), growth.by_goals(tree, conf), *matrix.curves(tree)]
    return Results(
        machine(conf),
        tuple(each for each in rows if isinstance(each, Row)),
        tuple(each for each in rows if isinstance(each, Missing)),
        tuple(curves),
    )


def machine(conf: Conf) -> Machine:
    """What this runs on."""
    facts = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*: (.*)$", facts.read_text(), re.MULTILINE)
    return Machine(
        os.cpu_count() or 1,
        named[1] if named else platform.machine(),
        platform.python_version(),
        conf.environment["CC_VERSION_TEXT"],
        conf.environment["KERNELVERSION"],
    )


def write(results: Results, folder: Path) -> None:
    """Write raw figures, table and figure into `folder`."""
    # It is large, and what has been large once counts as memory of the processes measured.
    from bench.plot import draw

    save(results, folder / "results.json")
    (folder / "results.md").write_text(markdown(results))
    draw(results, folder / "results.png", folder / "results.svg")


def main() -> None:
    """Measure, write, and say what does not hold."""
    if sys.argv[1:]:
        sys.exit("bench: it takes no arguments; see bench/README.md")
    results = measured()
    write(results, HERE)
    say(brief(results))


if __name__ == "__main__":
    main()
