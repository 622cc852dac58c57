"""The journal of unsaved edits: what an earlier editor left, and writing this one's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.app.typed_ahead import typed_from_now
from tui.session import Flushed, Session, Step


class KeptEdits:
    """What a screen owns to keep the edits of its session; ``show`` is given what the session answers."""

    def __init__(self, screen: Screen[Any], session: Session, show: Callable[[Step | None], None]) -> None:
        self._screen = screen
        self._session = session
        self._show = show
        self._flushing = False

    def begin(self) -> None:
        """Begin the journal of edits, and offer those that an earlier editor of this file left."""
        self._screen.run_worker(self._recall(), group="recall")

    def note(self) -> None:
        """Add the edits to the journal; the wait for the disk does not delay the key."""
        self._session.note_edits()
        if not self._flushing and (flush := self._session.flush_edits()) is not None:
            self._flushing = True
            self._screen.run_worker(self._flush(flush), group="flush")

    async def _recall(self) -> None:
        has_typed = typed_from_now(self._screen.app)
        recalled = await asyncio.to_thread(self._session.recall().run)
        self._show(self._session.recalled(recalled, typing=has_typed() or not self._screen.is_current))
        self.note()

    async def _flush(self, flush: Callable[[], Flushed] | None) -> None:
        """One wait at a time: keys meanwhile share the next."""
        while flush is not None:
            self._show(self._session.flushed(await asyncio.to_thread(flush)))
            flush = self._session.flush_edits()
        self._flushing = False
