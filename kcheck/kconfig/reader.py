"""Read a tree's Kconfig files for one target into a Model."""

from __future__ import annotations

from kcheck.kconfig.checks import check
from kcheck.kconfig.dialect import dialect_of
from kcheck.kconfig.parser import Parser
from kcheck.model import Model, TargetFacts
from kcheck.toolchain.probes import Prober
from kcheck.trees.target import Target


def read_model(target: Target, prober: Prober) -> Model:
    """Parse the Kconfig files of `target`, asking `prober` what their macros ask.

    Raises KconfigSyntaxError for a file that conf would refuse too, ProbeError where a
    probe has no answer.
    """
    tree = target.tree
    parser = Parser(
        tree.path, dialect_of(tree.path, tree.numbers), target.environment, prober, target.asked
    )
    parser.parse("Kconfig")
    model = Model(
        target=TargetFacts(
            version=tree.version,
            arch=target.arch,
            srcarch=target.srcarch,
            compiler=target.environment.get("CC_VERSION_TEXT", ""),
            source=str(tree.path),
            probes=prober.mode,
        ),
        dialect=parser.dialect,
        title=parser.title,
        modules=parser.modules,
        entries=tuple(parser.entries),
        probes=tuple(parser.probes),
        files=tuple(parser.files),
        mentioned=tuple(parser.mentioned),
    )
    check(model)
    return model
