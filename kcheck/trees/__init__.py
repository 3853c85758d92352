"""Where a kernel tree comes from, and what is asked about it."""
