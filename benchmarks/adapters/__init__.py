"""What runs in measured processes, in the peer's own environment: it has the standard library and the peer, no more."""
