"""Model and .config in, values out: exactly what the kernel's own conf makes of them."""
