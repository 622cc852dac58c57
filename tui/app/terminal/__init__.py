"""The terminal itself: what it shows is kept, so that only what differs is written to it."""
