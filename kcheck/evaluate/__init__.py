"""Model and .config in, values out: exactly what the kernel's own conf makes of them."""

from kcheck.callables import make_callable

make_callable(__name__)
