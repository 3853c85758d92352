"""Findings put into words: one module a format."""
