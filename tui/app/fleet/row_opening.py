"""Opening the editor on a row's machine, and what follows when it is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from textual.screen import Screen

from tui.app.fleet.rows import FleetRow
from tui.app.widgets.disk_list import DiskList
from tui.formats.errors import FormatError
from tui.machine import Machine
from tui.session import Session
from tui.storage import Reading, StorageError, read

if TYPE_CHECKING:
    from tui.app.editor.editor_screen import EditorScreen

ReadMachine = Callable[[Reading, str | None], Machine]


class OpeningView(Protocol):
    """What is needed of the screen that a row is opened from."""

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell the person something."""

    def changed(self, path: str) -> None:
        """A file was saved."""


class RowOpening:
    """Opens rows, one at a time, with what a file holds now."""

    def __init__(self, screen: Screen[None], view: OpeningView, read_machine: ReadMachine) -> None:
        self._screen = screen
        self._view = view
        self._read_machine = read_machine

    async def open(self, one: FleetRow) -> None:
        """The editor, with the cursor on the row's disk; or the reason why not, said."""
        path, domain = one.judged.path, one.judged.domain
        number = None if domain is None else str(domain)
        try:
            reading, machine = await asyncio.to_thread(self._machine_at, path, number)
        except (StorageError, FormatError) as error:
            self._view.say(f"Not opened: {error}", "line--error")
            return
        from tui.app.editor.editor_screen import EditorScreen  # noqa: PLC0415 - few rows are ever opened

        editor = EditorScreen(Session(reading, machine))
        await self._screen.app.push_screen(editor, lambda _: self._left(editor, reading, path))
        if one.disk is not None:
            editor.query_one("#disks", DiskList).select(one.disk.index)

    def _machine_at(self, path: str, domain: str | None) -> tuple[Reading, Machine]:
        reading = read(path)
        return reading, self._read_machine(reading, domain)

    def _left(self, editor: EditorScreen, before: Reading, path: str) -> None:
        if editor.session.reading is not before:
            self._view.changed(path)
