"""What an answer rests on that nobody has seen: answers assumed, symbols left out."""

from __future__ import annotations

from kcheck.latest import Latest
from kcheck.model import Model, Probe, ProbeSource, probes_in
from kcheck.parts import parts_of

_MOST = 3
"""How many assumed answers are named."""


def assumed_answers(model: Model, *names: str) -> tuple[str, ...]:
    """What rests on answers that no program gave; with `names`, of what those hang on.

    All answers are assumed where no program was to be asked or none is there.  Else it is
    those of scripts that a snapshot does not have.
    """
    assumed = [probe for probe in model.probes if probe.source is ProbeSource.ASSUMED]
    if not assumed:
        return ()
    if len(assumed) == len(model.probes):
        why = " (--probes none)" if model.target.probes == "none" else ""
        return (
            f"no question was put to the toolchain{why}: assumed is a current gcc and"
            " binutils that can do what is asked, and no rustc, bindgen, pahole",
        )
    macros = _latest.of(model).behind(names) if names else tuple(probe.macro for probe in assumed)
    macros = tuple(dict.fromkeys(macros))
    if not macros:
        return ()
    more = f" and {len(macros) - _MOST} more" if len(macros) > _MOST else ""
    listed = ", ".join(macros[:_MOST])
    return (f"assumed, since it asks a script that a snapshot does not have: {listed}{more}",)


def left_out(model: Model) -> tuple[str, ...]:
    """For a plan from a snapshot: that it is about the symbols which that has."""
    if model.kept is None:
        return ()
    return (
        "a snapshot has only what bears on live patching: what the lines do to other symbols"
        " is not seen",
    )


class _Assumed:
    """The macros of a model's assumed answers; many configs ask about the same symbols."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._told: dict[tuple[str, ...], tuple[str, ...]] = {}

    def behind(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the answers that the symbols hang on."""
        if names not in self._told:
            wanted = _asked_by(self._model, names)
            probes = (each for each in self._model.probes if each.source is ProbeSource.ASSUMED)
            self._told[names] = tuple(each.macro for each in probes if each in wanted)
        return self._told[names]


_latest: Latest[Model, _Assumed] = Latest(_Assumed, 1)


def _asked_by(model: Model, names: tuple[str, ...]) -> frozenset[Probe]:
    """The probes whose answers stand in the lines of what the symbols hang on."""
    parts = parts_of(model)
    standing = parts.standing(parts.cone(names))
    found = {number for each in standing for number in probes_in(parts.entries[each])}
    return frozenset(model.probes[number] for number in found)
