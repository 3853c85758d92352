"""What differs between two models, in what they say rather than in how it is written."""
