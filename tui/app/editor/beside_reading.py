"""Reading what lies beside the editor's file, while the person goes on."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.screen import Screen

from tui.app.editor.disk_edits import DiskEdits
from tui.app.editor.status import EditorStatus
from tui.editing import Refusal
from tui.session import Arrival, Session


class BesideReading:
    """Passes it to the session of a screen, and shows what changed."""

    def __init__(self, screen: Screen[Any], session: Session, edits: DiskEdits, status: EditorStatus) -> None:
        self._screen = screen
        self._session = session
        self._edits = edits
        self._status = status

    def begin(self) -> None:
        """Begin to read, in a thread: the mount may be slow or dead."""
        self._screen.run_worker(self._read(), group="sidecars", exclusive=True)

    async def _read(self) -> None:
        read = self._session.read_beside()
        arrival = self._session.beside_read(read, await asyncio.to_thread(read.run))
        if isinstance(arrival, Refusal):
            self._edits.answer(arrival)
        elif arrival is Arrival.LEARNT:
            machine = self._session.editing.machine
            if (facts := machine.sidecars.host) and facts.words and self._status.response is None:
                now = machine.until_next_start
                until = f" Until its next start {now}." if now else ""
                self._edits.say(f"Its host says: {', '.join(facts.words)}.{until}", "line--dim")
            else:
                self._edits.show()
