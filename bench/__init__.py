"""Measurements; each beside conf in one run, as a ratio."""
