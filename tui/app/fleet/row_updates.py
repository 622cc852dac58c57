"""Rows matched with the filter and shown, a few between two key presses, however many come in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tui.app.fleet.fleet_table import FleetTable
from tui.fleet.query import Query

# Rows matched between two key presses.
_ROWS_AT_ONCE = 500
# While rows come in, showing them takes at most one part in so many of the time.
_SHARE = 5
_POLL_SECONDS = 0.02
# Seconds between two showings: each writes most of the screen, for rows come sorted, and lines may be slow.
_REST_SECONDS = 0.5


class RowUpdates:
    """Keeps what is shown of a table up with its rows and its filter.

    ``is_filling`` tells whether more rows are coming.
    """

    def __init__(self, table: FleetTable, show: Callable[[], None], is_filling: Callable[[], bool]) -> None:
        self._filtering = False
        self._table = table
        self._show = show
        self._is_filling = is_filling
        self._to_show = self._hurry = self._running = False

    @property
    def is_filtering(self) -> bool:
        """Whether the rows shown are still those of the filter before."""
        return self._filtering

    def filter(self, query: Query) -> None:
        """Begin to match all rows with another filter."""
        self._hurry = self._filtering = True
        self._table.match(query)

    def begin(self) -> bool:
        """Ask for what is new to be shown.

        True where the caller must call ``run``, since it is not running yet.
        """
        self._to_show = True
        begun, self._running = not self._running, True
        return begun

    async def run(self) -> None:
        """Match and show until nothing is new."""
        try:
            while self._to_show:
                self._to_show = self._hurry = False
                while self._table.advance(_ROWS_AT_ONCE):
                    await asyncio.sleep(0)
                await self._show_and_rest()
        finally:
            self._running = False

    async def _show_and_rest(self) -> None:
        begun = time.monotonic()
        self._filtering = self._hurry
        self._show()
        shown = time.monotonic()
        until = shown + max((shown - begun) * _SHARE, _REST_SECONDS)
        while self._is_filling() and not self._hurry and time.monotonic() < until:
            await asyncio.sleep(_POLL_SECONDS)
