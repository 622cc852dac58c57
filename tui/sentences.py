"""What sentences are made of: clauses, as errors and notices tell them, and moments of the clock."""

from __future__ import annotations

from datetime import datetime


def capitalised(text: str) -> str:
    """A text with a capital at its start; the other letters stay as they are, unlike ``str.capitalize``'s."""
    return f"{text[:1].upper()}{text[1:]}"


def sentence(clause: str) -> str:
    """A clause, which has no capital and no full stop, with both."""
    return f"{capitalised(clause)}."


def local_minute(seconds: float) -> str:
    """A moment, in seconds since 1970 (UTC), by the clock of this place: ``2026-11-28 22:10``."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
