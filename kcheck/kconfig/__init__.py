"""Kconfig files in, Model out; the only package that knows kconfiglib."""
