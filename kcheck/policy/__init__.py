"""Rules: their files, what they ask, and whether a config has it."""
