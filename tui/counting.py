"""A number with its noun, as every sentence, title and report tells it."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 disk``, ``2,000 disks``; for a noun whose plural takes an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
