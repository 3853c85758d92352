"""What a kernel tree's Kconfig files say, as frozen values: the model.

The model holds what is *written*, each property with its own file and line, before
anything is propagated: an `if` block's condition stays with the `if`, a menu's
`depends on` with the menu.  What it *means* (which value each symbol gets) is the
evaluator's business.

Nothing here imports another module of kcheck.
"""

from kcheck.model.entries import Choice, Comment, Definition, Entry, If, Menu, probes_in
from kcheck.model.expressions import (
    And,
    Comparison,
    Constant,
    Expr,
    Location,
    Not,
    Operand,
    Or,
    Relation,
    SymbolRef,
    SymbolType,
    Tri,
)
from kcheck.model.facts import Dialect, Elsewhere, Kept, Probe, ProbeSource, TargetFacts
from kcheck.model.properties import (
    Default,
    Depends,
    Imply,
    Prompt,
    Property,
    Range,
    Select,
    TypeDeclaration,
    VisibleIf,
)
from kcheck.model.tree import Model, Symbol

__all__ = [
    "And",
    "Choice",
    "Comment",
    "Comparison",
    "Constant",
    "Default",
    "Definition",
    "Depends",
    "Dialect",
    "Elsewhere",
    "Entry",
    "Expr",
    "If",
    "Imply",
    "Kept",
    "Location",
    "Menu",
    "Model",
    "Not",
    "Operand",
    "Or",
    "Probe",
    "ProbeSource",
    "Prompt",
    "Property",
    "Range",
    "Relation",
    "Select",
    "Symbol",
    "SymbolRef",
    "SymbolType",
    "TargetFacts",
    "Tri",
    "TypeDeclaration",
    "VisibleIf",
    "probes_in",
]
