"""A change to disks of many machines, file by file: what each step does, without a screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.app.fleet.rows import FleetRow
from tui.editing import PolicyChange
from tui.fleet.bulk import Planned, RefusedChange, plan
from tui.fleet.query import QueryRow
from tui.rules import Hypervisor
from tui.storage import candidate_at

_GONE = "the file no longer holds the disk that was shown; scan it again"
# What a disk is known by: its machine, place, name and file. One that moved since the scan is another one.
_Id = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class ChosenDisks:
    """The disks of one file that a change is meant for, by what they were when they were shown."""

    path: str
    disks: frozenset[_Id]


def chosen_in(rows: Iterable[FleetRow]) -> list[ChosenDisks]:
    """The disks of these rows, by file."""
    files: dict[str, set[_Id]] = {}
    for one in rows:
        if one.can_change and one.disk is not None:
            disk = one.disk
            files.setdefault(one.judged.path, set()).add(
                (one.judged.configuration.name, disk.index, disk.name, disk.source)
            )
    return [ChosenDisks(path, frozenset(disks)) for path, disks in files.items()]


def planned_for(
    chosen: ChosenDisks, wanted: PolicyChange, hypervisor: Hypervisor | None
) -> Sequence[Planned]:
    """What the change makes of one file; a disk that is not there any more is refused."""
    met: set[_Id] = set()

    def is_wanted(row: QueryRow) -> bool:
        disk = row.disk
        if disk is None:
            return False
        name = (row.judged.configuration.name, disk.index, disk.name, disk.source)
        met.update({name} & chosen.disks)
        return name in chosen.disks

    planned = list(plan(candidate_at(chosen.path), wanted, is_wanted, hypervisor))
    missing = sorted(chosen.disks - met)
    failed = any(isinstance(one, RefusedChange) and one.failed for one in planned)
    if missing and not failed:
        names = tuple(name for _, _, name, _ in missing)
        planned.append(RefusedChange(chosen.path, missing[0][0], _GONE, names, failed=True))
    return planned
