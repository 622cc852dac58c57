"""Something noticed in or about a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """What was noticed: in words, at a line (from 1) where it has one, on a disk (its index) where on one."""

    text: str
    line: int | None = None
    disk: int | None = None
