"""Something noticed in or about a file."""

from __future__ import annotations

from typing import NamedTuple


class Remark(NamedTuple):
    """What was noticed: in words, at a line (from 1) where it has one, on a disk (its index) where on one."""

    text: str
    line: int | None = None
    disk: int | None = None
