"""The columns of a fleet's table, and how wide each may be: what is of more worth is wide first."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class MachineColumn(NamedTuple):
    """A column: what it is sorted by, its heading, where space is scarce too, and its width."""

    name: str
    title: str
    brief: str
    width: int

    @property
    def heading(self) -> str:
        """The heading that leaves a blank behind it."""
        return self.title if len(self.title) < self.width else self.brief


# In the order they stand in: heading, brief heading, the least width; 0 is left out where there is no room.
_COLUMNS = {
    "vm": ("VM", "VM", 12),
    "disk": ("DISK", "DISK", 9),
    "snapshot": ("IN SNAPSHOTS", "IN SNAP", 8),
    "persistent": ("KEEPS WRITES", "KEEPS", 7),
    "state": ("L S R", "L S R", 6),
    "finding": ("FINDINGS", "FIND", 8),
    "mode": ("MODE", "MODE", 0),
    "path": ("PATH", "PATH", 0),
}
COLUMNS = tuple(_COLUMNS)
MARGIN = 3
# Which column grows up to which width, one after the other; beyond the last step space stays empty.
_STEPS = (
    ("finding", 12),
    ("vm", 16),
    ("disk", 11),
    ("snapshot", 13),
    ("persistent", 13),
    ("finding", 16),
    ("vm", 22),
    ("disk", 14),
    ("mode", 18),
    ("finding", 20),
    ("path", 30),
    ("vm", 34),
    ("finding", 34),
    ("mode", 28),
    ("disk", 18),
    ("path", 64),
)
# A column that is left out comes in with so much at least.
_COMES_IN = {"mode": 18, "path": 24}
LONG_MODE = 28


@lru_cache(maxsize=8)
def columns_for(width: int) -> tuple[MachineColumn, ...]:
    """The columns that fit ``width``."""
    widths = {name: least for name, (_, _, least) in _COLUMNS.items()}
    left = width - MARGIN - sum(widths.values())
    for name, upto in _STEPS:
        more = min(max(left, 0), upto - widths[name])
        if widths[name] or more >= _COMES_IN[name]:
            widths[name] += more
            left -= more
    if left < 0:
        widths["vm"] = max(widths["vm"] + left, 4)
    return tuple(
        MachineColumn(name, title, brief, widths[name])
        for name, (title, brief, _) in _COLUMNS.items()
        if widths[name]
    )
