"""Read a tree's Kconfig files for one target into a Model."""

from __future__ import annotations

from contextlib import suppress

from kcheck.errors import KconfigSyntaxError
from kcheck.kconfig.checks import check
from kcheck.kconfig.dialect import dialect_of
from kcheck.kconfig.parser import Parser
from kcheck.model import Model, TargetFacts
from kcheck.toolchain.ahead import Ahead
from kcheck.toolchain.assume import AssumingProber
from kcheck.toolchain.probes import Answer, Prober
from kcheck.trees.target import Target


def read_model(target: Target, prober: Prober) -> Model:
    """Parse the Kconfig files of `target`, asking `prober` what their macros ask.

    Raises KconfigSyntaxError for a file that conf would refuse too, ProbeError where a
    probe has no answer.
    """
    return read_with_statements(target, prober)[0]


def begin_ahead(target: Target, ahead: Ahead) -> None:
    """Begin with the commands that reading `target` will ask for, as far as they can be told
    before any of them is answered.

    That is told by reading it with answers that are assumed, which in a tree is no work lost:
    files that say the same whatever the answers are need not be read again.
    """
    tree = target.whole_tree
    prober = _Beginning(ahead)
    parser = Parser(
        tree.path, dialect_of(tree.path, tree.numbers), target.environment, prober, target.asked
    )
    # Another answer may make a tree refuse what is asked of it; the real ones will tell.
    with suppress(KconfigSyntaxError):
        parser.parse("Kconfig")


class _Beginning:
    """Has each command begun with, and answers by assumption."""

    mode = "none"

    def __init__(self, ahead: Ahead) -> None:
        self._ahead = ahead
        self._assuming = AssumingProber()

    def ask(self, command: str, macro: str) -> Answer:
        """An assumed answer."""
        self._ahead.begin(command)
        return self._assuming.ask(command, macro)


def read_with_statements(target: Target, prober: Prober) -> tuple[Model, Parser]:
    """Likewise, with the parser, which has kept some statements as they are written."""
    tree = target.whole_tree
    parser = Parser(
        tree.path, dialect_of(tree.path, tree.numbers), target.environment, prober, target.asked
    )
    parser.parse("Kconfig")
    model = Model(
        target=facts_of(target, prober),
        dialect=parser.dialect,
        title=parser.title,
        modules=parser.modules,
        entries=tuple(parser.entries),
        probes=tuple(parser.probes),
        files=tuple(parser.files),
        mentioned=tuple(parser.mentioned),
    )
    check(model)
    return model, parser


def facts_of(target: Target, prober: Prober) -> TargetFacts:
    """What a model says of where it comes from."""
    return TargetFacts(
        version=target.tree.version,
        arch=target.arch,
        srcarch=target.srcarch,
        compiler=target.environment.get("CC_VERSION_TEXT", ""),
        source=target.tree.label,
        probes=prober.mode,
    )
