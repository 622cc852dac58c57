"""What fills the fleet's table: scans, one after another, and single files judged again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any

from textual.screen import Screen

from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.fleet_table import FleetTable
from tui.app.fleet.row_updates import RowUpdates
from tui.app.fleet.scan import Batch, Scan, judged_again, shared_again
from tui.app.widgets.machine_list import Key
from tui.fleet.judged import Result
from tui.fleet.query import Query


class TableFilling:
    """Keeps a screen's table up with the files; ``show`` is called where there is something new to be shown.

    ``found`` is called with each batch, in the scan's own thread; ``take`` it in the screen's.
    """

    def __init__(
        self,
        screen: Screen[Any],
        paths: FleetPaths,
        table: FleetTable,
        show: Callable[[], None],
        found: Callable[[Scan, Batch], object],
    ) -> None:
        self.scan = Scan(paths)
        self._screen = screen
        self._paths = paths
        self.table = table
        self._found = found
        self._updates = RowUpdates(table, show, lambda: self.scan.is_running)

    @property
    def is_filtering(self) -> bool:
        """Whether the rows shown are still those of the filter before."""
        return self._updates.is_filtering

    def begin(self) -> None:
        """Scan everything from the beginning."""
        self.scan.stop()
        self.table.clear()
        scan = self.scan = Scan(self._paths)
        scan.start(lambda batch: self._found(scan, batch))

    def stop(self) -> None:
        """Stop the scan."""
        self.scan.stop()

    def take(self, scan: Scan, batch: Batch) -> bool:
        """Take in what a scan found; False where it was stopped: such a one has nothing more to say."""
        if scan is not self.scan or not scan.is_running:
            return False
        scan.take(batch)
        self.table.add(batch.results)
        self.update()
        return True

    def filter(self, query: Query) -> None:
        """Show only the rows that fit a query."""
        self._updates.filter(query)
        self.update()

    def update(self) -> None:
        """Match rows that are new, and show them."""
        if self._updates.begin():
            self._screen.run_worker(self._updates.run(), group="match")

    async def judge_again(self, paths: Sequence[str], changed: Collection[Key] = ()) -> None:
        """Show these files as they are now; ``changed`` rows stay until there is another filter."""
        found: dict[str, list[Result]] = {}
        for path in paths:
            found[path] = await asyncio.to_thread(judged_again, path, self._paths)
        if found:
            self.table.put(found, changed)
            if not self.scan.is_running:  # whose own end tells of shared images
                machines = self.table.every_machine
                self.table.put_shared(await asyncio.to_thread(shared_again, machines, self._paths))
            self.update()
