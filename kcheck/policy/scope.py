"""Where a rule applies: for which kernel versions, architectures and compilers."""

from __future__ import annotations

import re

import msgspec

from kcheck.arches import canonical_arch
from kcheck.model import Relation
from kcheck.policy.conditions import Condition

_BOUND = re.compile(r"\s*(>=|<=|>|<|=|!=)?\s*v?(\d+(?:\.\d+){0,2})\s*\Z")
_COMPILER = re.compile(r"\s*(gcc|clang)\s*(.*)\Z")


class Bound(msgspec.Struct, frozen=True):
    """A version in that relation to `numbers`, as far as those go: 5.10.3 is = 5.10."""

    relation: Relation
    numbers: tuple[int, ...]

    def takes(self, version: tuple[int, ...]) -> bool:
        """Whether `version` is within the bound."""
        length = len(self.numbers)
        numbers = (*version, 0, 0, 0)[:length]
        match self.relation:
            case Relation.EQUAL:
                return numbers == self.numbers
            case Relation.UNEQUAL:
                return numbers != self.numbers
            case Relation.LESS:
                return numbers < self.numbers
            case Relation.LESS_EQUAL:
                return numbers <= self.numbers
            case Relation.GREATER:
                return numbers > self.numbers
            case Relation.GREATER_EQUAL:
                return numbers >= self.numbers


class Compiler(msgspec.Struct, frozen=True):
    """A compiler, `gcc` or `clang`, within bounds; as a fact, its version alone is an `=`."""

    name: str
    bounds: tuple[Bound, ...]


class Scope(msgspec.Struct, frozen=True):
    """Where a rule applies; what is empty or None excludes nothing."""

    versions: tuple[Bound, ...]
    versions_text: str
    arches: tuple[str, ...]
    compilers: tuple[Compiler, ...]
    compilers_text: str
    where: Condition | None


class Surroundings(msgspec.Struct, frozen=True):
    """What a config is for.

    `arches` are all names of its architecture (ARCH, the folder below arch/, the kind of
    machine), empty where nothing says; `compiler` is its name and version, None where nothing
    says; `version` is empty likewise.
    """

    version: tuple[int, ...]
    arches: frozenset[str]
    compiler: tuple[str, tuple[int, ...]] | None


class ScopeError(ValueError):
    """What was written is no bound, or no compiler; the message says why."""


def parse_bounds(text: str) -> tuple[Bound, ...]:
    """The bounds in `>=4.12, <5.11`.  Raises ScopeError."""
    found: list[Bound] = []
    for part in text.split(","):
        match = _BOUND.match(part)
        if match is None:
            raise ScopeError(f"{part.strip()!r} is no bound of versions: write >=4.12, <5.11")
        numbers = tuple(int(each) for each in match[2].split("."))
        found.append(Bound(Relation(match[1] or "="), numbers))
    return tuple(found)


def parse_compiler(text: str) -> Compiler:
    """The compiler in `gcc >= 8`.  Raises ScopeError."""
    match = _COMPILER.match(text)
    if match is None:
        raise ScopeError(f"{text!r} is no compiler: write gcc or clang, with bounds behind it")
    return Compiler(match[1], parse_bounds(match[2]) if match[2].strip() else ())


def why_not(scope: Scope, around: Surroundings) -> str:
    """Why a rule does not apply there, its condition `where` left aside; "" where it does.

    Where nothing says which version, architecture or compiler it is, a rule that asks for one
    does not apply.
    """
    if scope.versions and not around.version:
        return f"for linux {scope.versions_text}; the config does not say for which it is"
    if not all(bound.takes(around.version) for bound in scope.versions):
        return f"for linux {scope.versions_text}"
    if scope.arches and not around.arches:
        return f"for {', '.join(scope.arches)}; the config does not say for which it is"
    named = {name for each in scope.arches for name in (each, canonical_arch(each))}
    if named and named.isdisjoint(around.arches):
        return f"for {', '.join(scope.arches)}"
    if scope.compilers and around.compiler is None:
        return f"for {scope.compilers_text}; which compiler it is, is not known"
    if scope.compilers and not any(_takes(each, around.compiler) for each in scope.compilers):
        return f"for {scope.compilers_text}"
    return ""


def _takes(wanted: Compiler, there: tuple[str, tuple[int, ...]] | None) -> bool:
    if there is None:
        return False
    name, version = there
    return name == wanted.name and all(bound.takes(version) for bound in wanted.bounds)
