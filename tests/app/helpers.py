"""A person at the screen: a copy of a sample opened, keys pressed, what is seen read back."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from tests.scenes import SAMPLES, SMALL, Size
from tests.standing import has_ended, painted, standing
from tui.app.app import DiskmodeApp
from tui.app.editor.editor_screen import EditorScreen
from tui.app.widgets.disk_columns import DiskRow
from tui.app.widgets.disk_list import DiskList
from tui.app.widgets.document_view import DocumentView
from tui.disks import Format
from tui.editing import PreviewLine
from tui.formats.text_diff import Sign
from tui.session import Choices, open_reading
from tui.settings import load_settings
from tui.storage import Reading, read

WEB = "esxi8-web01.vmx"
KVM = "kvm-app01.xml"


def copied(name: str, folder: Path) -> Path:
    """A copy of a sample, to be edited."""
    return Path(shutil.copyfile(SAMPLES / name, folder / Path(name).name))


def machine_file(folder: Path, *lines: str, name: str = "made.vmx") -> Path:
    """A VMX made for one test."""
    path = folder / name
    path.write_bytes("\n".join(('config.version = "8"', *lines, "")).encode())
    return path


class Seat:
    """What a person has: the keys, and what the screen shows."""

    def __init__(self, app: DiskmodeApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other; the screen stands when this comes back."""
        await self.pilot.press(*keys)
        await standing(self.app)

    async def click(self, selector: str, offset: tuple[int, int]) -> None:
        """Click on a widget, some columns and rows from its corner."""
        await self.pilot.click(selector, offset=offset)
        await standing(self.app)

    async def resize(self, width: int, height: int) -> None:
        """Make the terminal's window another size."""
        await self.pilot.resize_terminal(width, height)
        await standing(self.app)

    async def type(self, text: str) -> None:
        """Type text into a field that has the focus."""
        self.app.screen.query_one("Input").value = text  # type: ignore[attr-defined]
        await standing(self.app)

    async def settle(self) -> None:
        """Wait for the work a key began."""
        await self.app.workers.wait_for_complete()
        await standing(self.app)

    @property
    def screen(self) -> Screen[Any]:
        """The screen on top."""
        return self.app.screen

    @property
    def editor(self) -> EditorScreen:
        """The editor, also below a dialog."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, EditorScreen))

    def seen(self) -> list[str]:
        """Every line of the terminal, as text."""
        return [strip.text for strip in painted(self.app)]

    @property
    def has_ended(self) -> bool:
        """Whether the program is over, or about to be."""
        return has_ended(self.app)

    def sees(self, text: str) -> bool:
        """Whether a text stands on one line of the terminal."""
        return any(text in line for line in self.seen())

    def reads(self, text: str) -> bool:
        """Whether a text stands in the dialog, be it broken over lines."""
        region = self.screen.query_one("#panel").content_region
        inside = self.seen()[region.y : region.bottom]
        return text in " ".join(" ".join(line[region.x : region.right] for line in inside).split())

    def below(self) -> str:
        """What the lines below the table say, as one text."""
        lines = self.editor.query_one("#details").lines  # type: ignore[attr-defined]
        return " ".join("".join(span.text for span in line).strip() for line in lines)

    @property
    def table(self) -> DiskList:
        """The table."""
        return self.editor.query_one("#disks", DiskList)

    @property
    def rows(self) -> Sequence[DiskRow]:
        """The table's rows."""
        return self.table.rows

    def marked(self) -> set[int]:
        """The disks whose rows bear a mark."""
        return {row.index for row in self.rows if row.marked}

    def lines_of(self, kind: Format) -> list[str]:
        """The lines of a preview."""
        return [row.text for row in self.view(kind).rows]

    def policy(self, place: int) -> tuple[bool | None, bool | None]:
        """The two boxes of a row."""
        return self.rows[place].snapshot, self.rows[place].persistent

    def view(self, kind: Format) -> DocumentView:
        """A preview."""
        return self.editor.query_one("#vmx" if kind is Format.VMX else "#xml", DocumentView)

    def signed(self, kind: Format) -> list[tuple[str, str]]:
        """The lines of a preview that bear a sign."""
        return [
            (row.sign.value, row.text.strip()) for row in self.view(kind).rows if row.sign is not Sign.SAME
        ]

    def marked_lines(self, kind: Format) -> list[PreviewLine]:
        """The lines of a preview that belong to the selected disk."""
        return [
            row for row in self.view(kind).rows if row.disk is not None and row.disk == self.table.selected
        ]


@asynccontextmanager
async def seated(file: Path | Reading, size: Size = SMALL, **options: Any) -> AsyncIterator[Seat]:
    """Sit down before the program with a file open."""
    reading = file if isinstance(file, Reading) else read(file)
    choices = Choices(**options)
    app = DiskmodeApp(open_reading(reading, choices), load_settings(), choices)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await standing(app)
        seat = Seat(app, pilot)
        await seat.settle()
        yield seat
