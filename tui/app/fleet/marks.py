"""Which rows of a fleet are marked, and which a change is for."""

from __future__ import annotations

from collections.abc import Iterable

from tui.app.fleet.fleet_table import FleetTable
from tui.app.fleet.rows import FleetRow
from tui.app.widgets.machine_list import Key


class Marks:
    """The keys of the marked rows. ``place`` is everywhere that of the cursor, in the table's arrangement."""

    def __init__(self, table: FleetTable) -> None:
        self.keys: set[Key] = set()
        self._table = table

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def hidden(self) -> int:
        """How many of them the filter does not show: a change is for these too."""
        return len(self.keys.difference(one.row.key for one in self._table.fitting)) if self.keys else 0

    def targets(self, place: int) -> list[FleetRow]:
        """The disks to be changed: those marked; with no marks the one there, or all below a heading."""
        rows = self._table.with_keys(self.keys) if self.keys else self._table.under(place)
        return [one for one in rows if one.can_change]

    def turn(self, place: int) -> bool:
        """Mark the disk there, or all below a heading, or take the marks away; whether there is a disk."""
        keys = {one.row.key for one in self._table.under(place) if one.can_change}
        self.keys = self.keys - keys if keys <= self.keys else self.keys | keys
        return bool(keys)

    def turn_all(self) -> None:
        """Mark every disk that fits; take all marks away where they are."""
        keys = {one.row.key for one in self._table.fitting if one.can_change}
        self.keys = set() if keys <= self.keys else self.keys | keys

    def remove(self, keys: Iterable[Key]) -> None:
        """Take the marks of some rows away."""
        self.keys = self.keys.difference(keys)

    def clear(self) -> None:
        """Take all marks away."""
        self.keys = set()
