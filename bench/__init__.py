"""Measurements; each beside a peer in one run, as a ratio."""
