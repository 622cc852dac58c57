"""Something noticed in or about a file."""

from __future__ import annotations

from typing import NamedTuple


class Remark(NamedTuple):
    """What was noticed: in words, at a line (from 1) where it has one, on a disk (its index) where on one.

    ``advice`` is what to do here, where what the rule says of all such is not it.
    """

    text: str
    line: int | None = None
    disk: int | None = None
    advice: str = ""
