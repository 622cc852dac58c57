"""A change to disks of many machines, file by file: what each step does, without a screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.app.fleet.rows import FleetRow
from tui.editing import Wish
from tui.fleet.bulk import Planned, Refused, plan
from tui.fleet.query import Row
from tui.fleet.walk import Candidate
from tui.rules import Hypervisor

_GONE = "the file no longer holds the disk that was shown; scan it again"
# What a disk is known by: its machine, place, name and file. One that moved since the scan is another one.
_Id = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The disks of one file that a change is meant for, by what they were when they were shown."""

    path: str
    disks: frozenset[_Id]


def wanted_in(rows: Iterable[FleetRow]) -> list[Wanted]:
    """The disks of these rows, by file."""
    files: dict[str, set[_Id]] = {}
    for one in rows:
        if one.can_change and one.disk is not None:
            disk = one.disk
            files.setdefault(one.judged.path, set()).add(
                (one.judged.configuration.name, disk.index, disk.name, disk.source)
            )
    return [Wanted(path, frozenset(disks)) for path, disks in files.items()]


def planned_for(wanted: Wanted, wish: Wish, hypervisor: Hypervisor | None) -> Sequence[Planned]:
    """What the wish makes of one file; a disk that is not there any more is refused."""
    met: set[_Id] = set()

    def is_wanted(row: Row) -> bool:
        disk = row.disk
        if disk is None:
            return False
        name = (row.judged.configuration.name, disk.index, disk.name, disk.source)
        met.update({name} & wanted.disks)
        return name in wanted.disks

    planned = list(plan(Candidate(wanted.path, asked=True), wish, is_wanted, hypervisor))
    missing = sorted(wanted.disks - met)
    failed = any(isinstance(one, Refused) and one.failed for one in planned)
    if missing and not failed:
        names = tuple(name for _, _, name, _ in missing)
        planned.append(Refused(wanted.path, missing[0][0], _GONE, names, failed=True))
    return planned
