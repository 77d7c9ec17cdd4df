"""Commands of the operator that are too long for cli.py: their arguments, and what they print."""
