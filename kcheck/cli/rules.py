"""kcheck rules: the rule sets that there are, what they ask, and one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kcheck.policy.rules import Rule
    from kcheck.report.rules import ShownRule

FormatOption = Annotated[str, typer.Option("--format", help="text or json.")]
NamesArgument = Annotated[
    list[str], typer.Argument(metavar="NAME|FILE...", help="Rule sets, or files of rules.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(
        help="Rule sets for kcheck check: those that there are, and one's own.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    commands.command("list")(list_sets)
    commands.command("show")(show)
    commands.command("lint")(lint)
    commands.command("new")(new)
    app.add_typer(commands, name="rules")


def list_sets(output: FormatOption = "text") -> None:
    """List the rule sets that come with kcheck."""
    import datetime

    from kcheck.policy.rules import load_rules, shipped
    from kcheck.report.rules import SetFacts, sets_json, sets_text

    _require(output)
    found: list[SetFacts] = []
    for name in shipped():
        rules = load_rules([name], datetime.date.today())
        title = rules.titles[f"rules/{name}.toml"]
        found.append(SetFacts(name, title, sum(rule.ask is not None for rule in rules.rules)))
    sys.stdout.write(sets_json(found) if output == "json" else sets_text(found))


def show(
    names: NamesArgument,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", help="Only the rule of that id; may be repeated.")
    ] = None,
    output: FormatOption = "text",
) -> None:
    """Show what rules ask, where they apply, why, and what to do."""
    import datetime

    from kcheck.errors import RuleError
    from kcheck.policy.rules import load_rules
    from kcheck.report.rules import rules_json, rules_text

    _require(output)
    rules = load_rules(names, datetime.date.today()).rules
    missing = set(rule or ()) - {each.facts.id for each in rules}
    if missing:
        raise RuleError(f"{', '.join(names)}: no rule '{min(missing)}' in it")
    shown = [_shown(each) for each in rules if not rule or each.facts.id in rule]
    sys.stdout.write(rules_json(shown) if output == "json" else rules_text(shown))


def lint(names: NamesArgument) -> None:
    """Say what is wrong with rule files: keys, values, conditions, what they extend.

    What may be wrong, such as a symbol that no snapshot has, is named too.  Exit code 0: they
    can be used.  1: some cannot.  2: there is no such file.
    """
    import datetime

    from kcheck.errors import RuleError
    from kcheck.policy.lint import doubts
    from kcheck.policy.rules import load_rules, rule_path

    today = datetime.date.today()
    faults = 0
    for name in names:
        path = rule_path(name)
        if not path.is_file():
            raise RuleError(f"{name}: no such file; kcheck rules new {name} makes one")
        try:
            rules = load_rules([name], today)
        except RuleError as error:
            faults += 1
            _say(str(error))
            continue
        for doubt in doubts(rules, today):
            _say(f"{doubt.location}: {doubt.text}")
        count = sum(rule.ask is not None for rule in rules.rules)
        counted = "1 rule" if count == 1 else f"{count} rules"
        _say(f"{name}: {counted}, which can be used")
    if faults:
        raise typer.Exit(1)


def new(
    file: Annotated[Path, typer.Argument(help="The rule file to make; must not be there yet.")],
) -> None:
    """Make a rule file to begin with."""
    from kcheck.errors import RuleError
    from kcheck.policy.template import TEMPLATE

    try:
        with file.open("x", encoding="utf-8") as made:
            made.write(TEMPLATE)
    except FileExistsError:
        raise RuleError(f"{file}: is there already; name another") from None
    except OSError as error:
        raise RuleError(f"{file}: cannot be written: {error.strerror}") from None
    _say(f"{file}: made; next: kcheck rules lint {file}")


def _shown(rule: Rule) -> ShownRule:
    from kcheck.policy.conditions import text_of
    from kcheck.report.rules import ShownRule

    scope = rule.scope
    pairs = [
        ("linux", scope.versions_text),
        ("on", ", ".join(scope.arches)),
        ("by", scope.compilers_text),
        ("where", text_of(scope.where) if scope.where is not None else ""),
    ]
    if rule.waiver is not None:
        state = "has run out on" if rule.waiver.expired else "until"
        pairs.append(("waived", f"{rule.waiver.reason} ({state} {rule.waiver.until})"))
    return ShownRule(rule.facts, tuple(pair for pair in pairs if pair[1]))


def _say(message: str) -> None:
    from kcheck.printable import one_line

    sys.stdout.write(f"{one_line(message)}\n")


def _require(output: str) -> None:
    from kcheck.errors import UsageError

    if output not in ("text", "json"):
        raise UsageError(f"--format '{output}': not text or json")
