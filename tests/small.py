"""Small trees for tests: a Kconfig text or folder made into a Model."""

from __future__ import annotations

import os
from pathlib import Path

from kcheck.findings import Costly, Explanation, NeedsToolchain, Plan, Reachable
from kcheck.kconfig.checks import check
from kcheck.kconfig.dialect import dialect_for_version
from kcheck.kconfig.parser import Parser
from kcheck.model import Dialect, Model, TargetFacts
from kcheck.toolchain.probes import Prober, RunProber

VERSIONS = {
    "5.10": (5, 10, 223),
    "6.1": (6, 1, 192),
    "6.12": (6, 12, 117),
    "7.2": (7, 2, 13),
    "7.3": (7, 3, 4),
}
"""The versions whose trees `make trees` fetches, and what their Makefiles say."""

OTHER_VERSIONS = {
    "4.0": (4, 0, 0),
    "4.4": (4, 4, 155),
    "4.7": (4, 7, 4),
    "4.9": (4, 9, 0),
    "4.12": (4, 12, 0),
    "4.14": (4, 14, 74),
    "4.20": (4, 20, 0),
    "5.4": (5, 4, 286),
    "5.11": (5, 11, 0),
    "5.15": (5, 15, 135),
    "6.6.9": (6, 6, 9),
    "6.6.47": (6, 6, 47),
    "6.6.87": (6, 6, 87),
    "6.13": (6, 13, 7),
    # Its Makefile says 6.17.0, but it was taken when 6.18 was being merged.
    "6.17": (6, 18, 0),
    "6.18": (6, 18, 2),
    "7.0": (7, 0, 0),
}
"""Versions whose trees no package holds: tests use those that happen to be there."""

ALL_VERSIONS = VERSIONS | OTHER_VERSIONS


def read_folder(
    folder: Path,
    version: str = "7.3",
    prober: Prober | None = None,
    dialect: Dialect | None = None,
) -> Model:
    """The model of the Kconfig in `folder`, read as that version's conf would."""
    environment = {"PATH": os.environ["PATH"], "ARCH": "test", "SRCARCH": "test", "CC": "gcc"}
    dialect = dialect or dialect_for_version(ALL_VERSIONS[version])
    with RunProber(environment) as running:
        parser = Parser(folder, dialect, environment, prober or running)
        parser.parse("Kconfig")
    facts = TargetFacts(version, "test", "test", "", str(folder), "run")
    model = Model(
        target=facts,
        dialect=dialect,
        title=parser.title,
        modules=parser.modules,
        entries=tuple(parser.entries),
        probes=tuple(parser.probes),
        files=tuple(parser.files),
        mentioned=tuple(parser.mentioned),
    )
    check(model)
    return model


def read_text(folder: Path, kconfig: str, version: str = "7.3") -> Model:
    """The model of `kconfig`, written into `folder` first."""
    (folder / "Kconfig").write_text(kconfig)
    return read_folder(folder, version)


def plan_of(explanation: Explanation) -> Plan | None:
    """The plan that an explanation shows, whatever its verdict; None where it shows none."""
    match explanation.solution:
        case Reachable(plan) | Costly(plan) | NeedsToolchain(_, plan):
            return plan
        case _:
            return None
