"""The fleet while it is scanned: rows are taken in and looked at without ever holding up a key press."""

from __future__ import annotations

import asyncio
import threading
import time
from abc import abstractmethod
from collections.abc import Sequence

from textual.message import Message

from tui.app.fleet.changing_screen import ChangingScreen
from tui.app.fleet.fleet_presentation import count
from tui.app.fleet.places import Places
from tui.app.fleet.scan import Batch, Scan, judged_again
from tui.app.fleet.table import FleetTable
from tui.app.widgets.spans import Span
from tui.fleet.query import Query
from tui.fleet.records import Result

# Rows looked at between two key presses.
_SLICE = 500
# While it scans, showing what came takes at most one part in so many of the time.
_SHARE = 5
_MOMENT = 0.02
# Once the screen is full only numbers and the scroll bar change: seconds between, for slow lines.
_CALM = 0.5


class ScanningScreen(ChangingScreen):
    """A screen whose table a scan fills. How it is shown, the screen made of this one knows."""

    class Scanned(Message):
        """The scan found something."""

        def __init__(self, scan: threading.Event, batch: Batch) -> None:
            super().__init__()
            self.scan = scan
            self.batch = batch

    def __init__(self, places: Places) -> None:
        super().__init__(places.hypervisor)
        self.places = places
        self.table = FleetTable(places.root)
        self.scanning = False
        self._scan: threading.Event | None = None
        self._query = Query()
        self._files = 0
        self._begun = self._heard = 0.0
        self._looking = self._to_show = self._hurry = False
        self.filtering = False  # the rows shown are those of the query before

    @abstractmethod
    def update_all(self) -> None:
        """Show the fleet as it stands."""

    def on_unmount(self) -> None:
        """Nobody waits for the scan any more."""
        self.stop_scan()

    def action_rescan(self) -> None:
        """Scan everything from the beginning."""
        self.stop_scan()
        order = self.table.order
        self.table = FleetTable(self.places.root)
        self.table.order = order
        self.table.look(self._query)
        self._files, self._begun, self.scanning = 0, time.monotonic(), True
        stop = self._scan = threading.Event()
        scan = Scan(self.places.paths, self.places.hypervisor, self.places.workers)
        scan.start(lambda batch: self.post_message(self.Scanned(stop, batch)), stop)
        self.refresh_bindings()
        self.update_all()

    def stop_scan(self) -> None:
        """End the scan with what there is."""
        if self._scan is not None:
            self._scan.set()
        self._scan, self.scanning = None, False

    def on_scanning_screen_scanned(self, message: Scanned) -> None:
        """Take in what was found; a scan that was stopped has nothing more to say."""
        if message.scan is not self._scan:
            return
        batch = message.batch
        self._files += batch.files
        self._heard = time.monotonic()
        self.table.add(batch.results)
        if batch.done:
            self.scanning = False
            self.refresh_bindings()
        if batch.trouble:
            self.say(f"The scan ended early: {batch.trouble}", "line--error")
        self.go_on_looking()

    def look(self, query: Query) -> None:
        """Show what fits a query, at once."""
        self._query = query
        self._hurry = self.filtering = True
        self.table.look(query)
        self.go_on_looking()

    def go_on_looking(self) -> None:
        """Look at the rows that the query has not met yet, a few between two key presses, and show them."""
        self._to_show = True
        if not self._looking:
            self._looking = True
            self.run_worker(self._look(), group="look")

    async def _look(self) -> None:
        try:
            while self._to_show:
                self._to_show = self._hurry = False
                while self.table.advance(_SLICE):
                    await asyncio.sleep(0)
                begun = time.monotonic()
                self.filtering = self._hurry
                self.update_all()
                shown = time.monotonic()
                calm = _CALM if len(self.table.fitting) > self.size.height else 0.0
                until = shown + max((shown - begun) * _SHARE, calm)
                while self.scanning and not self._hurry and time.monotonic() < until:
                    await asyncio.sleep(_MOMENT)
        finally:
            self._looking = False

    def told(self) -> list[Span]:
        """How far the scan is and what it found."""
        spans = [Span(f" · {count(self._files, 'file')}")]
        if self.scanning:
            seconds = self._heard - self._begun
            rate = f" · {self._files / seconds:,.0f}/s" if seconds > 0 and self._files else ""
            spans += [Span(rate), Span(" · scanning, x stops", "line--key")]
        else:
            spans.append(Span(f" · {count(self.table.machines, 'VM')}"))
        if self.table.unread:
            spans.append(Span(f" · {self.table.unread:,} unreadable", "line--error"))
        return spans

    async def judge_again(self, paths: Sequence[str]) -> None:
        """Show these files as they are now."""
        found: dict[str, list[Result]] = {}
        for path in paths:
            found[path] = await asyncio.to_thread(judged_again, path, self.hypervisor)
        if found:
            self.table.put(found)
            self.go_on_looking()
