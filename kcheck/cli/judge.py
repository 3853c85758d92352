"""--verify-with-conf: a plan applied by the tree's own conf."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kcheck.findings import Costly, Reachable
    from kcheck.kconfig.load import Loaded
    from kcheck.solve.session import Session


def confirmed(loaded: Loaded, session: Session, solution: Reachable | Costly) -> Reachable | Costly:
    """The solution, its plan marked as confirmed by conf.

    Raises UsageError where probes are not run, since conf asks the compiler itself, and
    JudgeError where conf makes something else of the lines.
    """
    import msgspec

    from kcheck.errors import JudgeError, UsageError
    from kcheck.judge import build_conf, run_conf
    from kcheck.temporary import TemporaryFolder

    target = loaded.target
    tree = target.whole_tree.path
    if loaded.facts.probes != "run":
        raise UsageError("--verify-with-conf: conf asks the compiler itself; use --probes run")
    asked, made = session.applied(solution.plan)
    with TemporaryFolder("kcheck-judge-") as name:
        program = Path(name, "conf")
        build_conf(tree, program)
        judged = run_conf(program, "olddefconfig", target.environment, asked)
    if judged.returncode != 0 or judged.config != made:
        raise JudgeError(
            f"{tree}: the tree's own conf makes another .config of these lines"
            " than kcheck does; please report it"
        )
    plan = msgspec.structs.replace(solution.plan, verified_by="the tree's own conf")
    return msgspec.structs.replace(solution, plan=plan)
