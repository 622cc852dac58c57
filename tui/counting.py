"""Numbers and texts: a number with its noun, as every sentence tells it, and the number that digits are."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 disk``, ``2,000 disks``; for a noun whose plural takes an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def whole_number(text: str, most_digits: int = 9) -> int | None:
    """The number that a text is, made of ASCII digits alone and of at most so many; None for any other text.

    A text from elsewhere is read by this and not by ``int``, which takes digits of other scripts, says of ²
    that it is none although ``str.isdigit`` says it is one, and raises ValueError beyond 4,300 digits.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else None
