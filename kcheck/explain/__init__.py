"""Why a symbol has the value it has: reasons built from model and valuation."""
