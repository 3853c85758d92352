"""One module a format; see the package above."""
