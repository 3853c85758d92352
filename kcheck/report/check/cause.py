"""Why a symbol is off, or on, in a few words."""

from __future__ import annotations

from kcheck.findings import (
    AllOf,
    Costly,
    Explanation,
    NeedsToolchain,
    NotDefinedHere,
    NotSelected,
    NotSet,
    Off,
    OneOf,
    Origin,
    ProbeAnswer,
    Reason,
    Solution,
    Unmet,
    WhyOn,
)
from kcheck.model import Location
from kcheck.report.arches import first_cause, why
from kcheck.report.chain import asked, places
from kcheck.report.layout import as_many_as_fit

_NAMES = 60


def why_off(found: Explanation | WhyOn, line: Location | None) -> str:
    """The end of the cheapest chain of causes: `because X is n, which is yours to set`."""
    if isinstance(found, WhyOn):
        return why_on(found, line)
    if not found.reasons:
        return _of_origins(found.origins, line) if found.origins else why(found)
    return _leaf_said(found) + _price(found.solution, "on")


def _leaf_said(found: Explanation) -> str:
    first = found.reasons[0]
    others = len(found.reasons) - 1
    more = f"; and {others} more reason{'s' if others > 1 else ''}" if others else ""
    match _leaf(first):
        case NotSet(symbol) if symbol == found.symbol:
            return "it is yours to set"
        case NotSet(symbol, value):
            return f"because {symbol} is {value or 'n'}, which is yours to set{more}"
        case NotDefinedHere(symbol, elsewhere) if symbol == found.symbol:
            if elsewhere:
                return f"not defined here, only in {places(elsewhere)}"
            return "no Kconfig file of this tree defines it"
        case ProbeAnswer(macro, _, answer, source):
            return f"because of the toolchain; {' '.join(asked(macro, answer, source))}{more}"
        case NotSelected(symbol, selector, "n", how, condition="") if symbol == found.symbol:
            verb = "select" if how == "selected" else "imply"
            return f"because {selector} is n, which would {verb} it{more}"
        case _:
            return f"because {first_cause(first)}{more}"


def _leaf(reason: Reason) -> Reason:
    match reason:
        case OneOf((Off(children=()), *_), common=(first, *_)):
            # What all arms wait on is said once, beside them.
            return _leaf(first)
        case AllOf((first, *_)) | OneOf((first, *_)):
            return _leaf(first)
        case Unmet(children=(first, *_)) | Off(children=(first, *_)):
            return _leaf(first)
        case _:
            return reason


def why_on(found: Explanation | WhyOn, line: Location | None) -> str:
    """What keeps the symbol on, or gives it its value: `selected by LATENCYTOP (PLACE)`."""
    if isinstance(found, Explanation):
        # A bool that has to be y and is only m has a chain of causes as one that is off has.
        return why_off(found, line) if found.reasons else _of_origins(found.origins, line)
    return _of_origins(found.kept_by, line) + _price(found.solution, "off")


def _of_origins(origins: tuple[Origin, ...], line: Location | None) -> str:
    """A select or imply before the config's own line, whose removal would not do."""
    pulled = [each for each in origins if each.how.endswith(" by")]
    for each in (*pulled, *origins):
        match each.how:
            case "set at" | "asked":
                return "the line says so" if each.place == str(line) else f"set at {each.place}"
            case "default":
                return f"by default ({each.place})"
            case how:
                return f"{how} {each.detail} ({each.place})"
    return ""


def _price(solution: Solution | None, goal: str) -> str:
    match solution:
        case Costly(plan):
            lost = as_many_as_fit([each.symbol for each in plan.lost], _NAMES)
            return f"; turning it {goal} gives up {lost}"
        case NeedsToolchain((first, *_), _):
            question = " ".join(asked(first.macro, first.answer, first.source))
            return f"; another toolchain would do, {question}"
        case _:
            return ""
