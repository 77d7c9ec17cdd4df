"""The pure core: standard library only. Time, randomness and ids come in as arguments."""
