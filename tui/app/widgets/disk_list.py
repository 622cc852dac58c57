"""The table of disks, drawn line by line: a move repaints two lines, a toggle one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message

from tui.app.bindings import bindings
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.disk_columns import DiskRow, columns_for, fits_same_columns, head_of, line_of
from tui.app.widgets.spans import Line
from tui.keys.moving import DISK_LIST_KEYS


class DiskList(CursorList):
    """The disks, one a line, with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DISK_LIST_KEYS)

    class BoxClicked(Message):
        """A toggle was clicked; ``aspect`` is the column's name."""

        def __init__(self, index: int, aspect: str) -> None:
            super().__init__()
            self.index = index
            self.aspect = aspect

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: tuple[DiskRow, ...] = ()
        self._home: int | None = None
        self._fitted = 80
        self._of_libvirt = False
        self._columns = columns_for((), self._fitted)

    @property
    def rows(self) -> tuple[DiskRow, ...]:
        """The rows in their order, one for each disk that the filter lets through."""
        return self._rows

    @property
    def selected(self) -> int | None:
        """The index of the disk under the cursor, or None in an empty table."""
        return self._rows[self.cursor].index if self._rows else None

    def show(self, rows: Sequence[DiskRow], *, of_libvirt: bool = False) -> None:
        """Show these disks; the cursor stays on its disk where that is still shown."""
        old, selected = self._rows, self.selected
        was_of_libvirt, self._of_libvirt = self._of_libvirt, of_libvirt
        self._rows = tuple(rows)
        places = {row.index: place for place, row in enumerate(self._rows)}
        nearest = min(self.cursor, max(len(rows) - 1, 0))
        wanted = (one for one in (self._home, selected) if one in places)
        self._put_cursor(next((places[one] for one in wanted if one is not None), nearest))
        same = fits_same_columns(old, self._rows) and was_of_libvirt is of_libvirt
        if not same or self._fitted != self._inner_width():
            self._fit()
            self.virtual_size = Size(1, len(self._rows) + 1)  # columns fit the width: nothing lies beyond it
            self.refresh()
            self._show_cursor()
            return
        for place, (was, now) in enumerate(zip(old, self._rows, strict=True)):
            if was is not now and was != now:
                self.refresh_line(place + 1)

    def hold(self) -> None:
        """Come back to the disk selected now whenever it is among the rows, till told to ``stay``."""
        self._home = self.selected

    def stay(self) -> None:
        """Stay on the disk under the cursor from now on."""
        self._home = None

    def select(self, index: int) -> None:
        """Put the cursor on a disk."""
        for place, row in enumerate(self._rows):
            if row.index == index:
                self.move_to(place)

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        if self._fitted != self._inner_width():
            self._fit()
            self.refresh()
        self._show_cursor()

    def _fit(self) -> None:
        self._fitted = self._inner_width()
        self._columns = columns_for(self._rows, self._fitted, of_libvirt=self._of_libvirt)

    def row_count(self) -> int:
        """How many disks there are."""
        return len(self._rows)

    def on_click(self, event: events.Click) -> None:
        """Select the disk clicked on; a click on a box turns it over."""
        place = self.place_at(event.y)
        if place is None:
            return
        self.move_to(place)
        start, middle, end = self._columns.boxes
        if start <= event.x < end:
            aspect = "snapshot" if event.x < middle else "persistent"
            self.post_message(self.BoxClicked(self._rows[place].index, aspect))

    # Painting

    def head_line(self, width: int) -> Line:  # noqa: ARG002 - the columns were made for it
        """See `CursorList`."""
        return head_of(self._columns)

    def row_line(self, place: int, width: int, *, here: bool) -> Line:  # noqa: ARG002 - as above
        """See `CursorList`."""
        return line_of(self._rows[place], self._columns, here=here)
