"""The columns of a fleet's table, and how wide each may be."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class MachineColumn(NamedTuple):
    """A column: what it is sorted by, its heading, where space is scarce too, and its width."""

    name: str
    title: str
    brief: str
    width: int


_TITLES = {
    "vm": ("VM", "VM"),
    "disk": ("DISK", "DISK"),
    "mode": ("MODE", "MODE"),
    "snapshot": ("SNAPSHOT", "SNAP"),
    "persistent": ("PERSISTENT", "PERS"),
    "finding": ("FINDINGS", "FIND"),
    "path": ("PATH", "PATH"),
}
COLUMNS = tuple(_TITLES)
MARGIN = 3
ROOMY = 112
_BRIEF = {"vm": 16, "disk": 10, "mode": 18, "snapshot": 6, "persistent": 6, "finding": 6}
_WIDE = {"vm": 20, "disk": 16, "mode": 18, "snapshot": 10, "persistent": 12, "finding": 22}
_LEAST_PATH = 12


@lru_cache(maxsize=8)
def columns_for(width: int) -> tuple[MachineColumn, ...]:
    """The columns that fit ``width``; from 160 columns on the path shares what is left with the names."""
    widths = dict(_WIDE if width >= ROOMY else _BRIEF)
    left = width - MARGIN - sum(widths.values())
    for name, most in (("vm", 14), ("finding", 12)):
        more = min(max(left - 40, 0), most)
        widths[name] += more
        left -= more
    if left < _LEAST_PATH:
        widths["vm"] = max(widths["vm"] + left, 4)
        left = 0
    widths["path"] = max(left, 0)
    return tuple(MachineColumn(name, *_TITLES[name], cells_wide) for name, cells_wide in widths.items())
