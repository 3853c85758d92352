"""Small trees for tests: a Kconfig text or folder made into a Model."""

from __future__ import annotations

import os
from pathlib import Path

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


def read_folder(
    folder: Path,
    version: str = "7.3",
    prober: Prober | None = None,
    dialect: Dialect | None = None,
) -> Model:
    """The model of the Kconfig in `folder`, read as that version's conf would."""
    environment = {"PATH": os.environ["PATH"], "ARCH": "test", "SRCARCH": "test", "CC": "gcc"}
    dialect = dialect or dialect_for_version(VERSIONS[version])
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
