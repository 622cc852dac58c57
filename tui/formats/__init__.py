"""Documents: bytes to values and back, without touching a byte that need not change. No I/O."""
