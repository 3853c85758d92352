"""kcheck: what a Linux kernel tree allows for a configuration symbol, and why."""

__version__ = "0.1.0"
