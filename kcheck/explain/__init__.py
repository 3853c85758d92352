"""Why a symbol has the value it has: reasons built from model and valuation."""

from kcheck.callables import make_callable

make_callable(__name__)
