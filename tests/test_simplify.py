"""Simplified conditions mean what the conditions meant, whatever the values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kcheck.evaluate.nodes import Interner, Node, Op
from kcheck.evaluate.simplify import Simplifier
from kcheck.kconfig.dialect import dialect_for_version
from kcheck.model import SymbolType
from tests.small import VERSIONS

NAMES = {
    "A": SymbolType.BOOL,
    "B": SymbolType.BOOL,
    "T": SymbolType.TRISTATE,
    "U": SymbolType.TRISTATE,
}

Shape = tuple[object, ...]

_leaves = st.one_of(
    st.tuples(st.just("symbol"), st.sampled_from([*NAMES, "y", "m", "n"])),
    st.tuples(
        st.sampled_from(["=", "!="]), st.sampled_from([*NAMES]), st.sampled_from(["y", "m", "n"])
    ),
)
_shapes = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("!"), inner),
        st.tuples(st.sampled_from(["&&", "||"]), inner, inner),
    ),
    max_leaves=8,
)
_values = st.fixed_dictionaries(
    {
        name: st.sampled_from((0, 2) if kind is SymbolType.BOOL else (0, 1, 2))
        for name, kind in NAMES.items()
    }
)


def _interner() -> Interner:
    interner = Interner(True)
    for name, kind in NAMES.items():
        interner.symbol(name).type = kind
    return interner


def _node(shape: Shape, make: Interner) -> Node:
    kind, *rest = shape
    if kind == "symbol":
        name = str(rest[0])
        return make.node(Op.SYMBOL, make.symbol(name) if name in NAMES else make.constants[name])
    if kind in ("=", "!="):
        op = Op.EQUAL if kind == "=" else Op.UNEQUAL
        return make.node(op, make.symbol(str(rest[0])), make.constants[str(rest[1])])
    if kind == "!":
        return make.node(Op.NOT, _node(rest[0], make))  # type: ignore[arg-type]
    op = Op.AND if kind == "&&" else Op.OR
    return make.level(op, tuple(_node(each, make) for each in rest))  # type: ignore[arg-type]


def _value(node: Node, values: dict[str, int]) -> int:
    def of(name: str) -> int:
        return values.get(name, {"n": 0, "m": 1, "y": 2}.get(name, 0))

    if node.op is Op.SYMBOL:
        return of(node.left.name)
    if node.op is Op.NOT:
        return 2 - _value(node.left, values)
    if node.op is Op.AND:
        return min(_value(each, values) for each in node.left)
    if node.op is Op.OR:
        return max(_value(each, values) for each in node.left)
    equal = of(node.left.name) == of(node.right.name)
    return 2 if equal is (node.op is Op.EQUAL) else 0


def _has_fault(node: Node) -> bool:
    if node.op in (Op.AND, Op.OR):
        return any(_has_fault(each) for each in node.left)
    return node.op is Op.FAULT or (node.op is Op.NOT and _has_fault(node.left))


@given(shape=_shapes, values=_values, version=st.sampled_from(sorted(VERSIONS)))
def test_simplifying_keeps_the_value(shape: Shape, values: dict[str, int], version: str) -> None:
    make = _interner()
    simplifier = Simplifier(make, dialect_for_version(VERSIONS[version]))
    node = _node(shape, make)
    transformed = simplifier.transform(node)
    assert transformed is not None
    if _has_fault(transformed):
        return
    simplified = simplifier.deduplicate(transformed)
    assert simplified is not None
    assert _value(simplified, values) == _value(node, values)


@given(shape=_shapes)
def test_simplifying_twice_changes_nothing(shape: Shape) -> None:
    make = _interner()
    simplifier = Simplifier(make, dialect_for_version(VERSIONS["6.1"]))
    once = simplifier.deduplicate(simplifier.transform(_node(shape, make)))
    assert simplifier.deduplicate(once) is once


def test_bool_unequal_y_is_conf_s_fault_from_6_12() -> None:
    make = _interner()
    node = make.node(Op.UNEQUAL, make.symbol("A"), make.constants["y"])
    new = Simplifier(make, dialect_for_version(VERSIONS["7.3"])).transform(node)
    assert new is not None
    assert _has_fault(new)
    make = _interner()
    node = make.node(Op.UNEQUAL, make.symbol("A"), make.constants["y"])
    old = Simplifier(make, dialect_for_version(VERSIONS["6.1"])).transform(node)
    assert old is make.node(Op.NOT, make.node(Op.SYMBOL, make.symbol("A")))
