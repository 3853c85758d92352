"""The compiler and the other programs that Kconfig asks, and how they are asked."""
