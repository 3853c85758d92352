"""What the running system says about loading a livepatch: facts, free of wording."""
