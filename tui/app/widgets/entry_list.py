"""What becomes of many disks, one a line: drawn line by line, with a cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.geometry import Size

from tui.app.bindings import bindings
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.spans import Line, Span, cells, clipped, fitted
from tui.columns import apart
from tui.keys.moving import ENTRY_LIST_KEYS
from tui.visible import visible

_MARGIN = 4
_MOST_NAME, _LEAST_NAME = 30, 12
# What stands between the mode before and the new one; and room for a reason where nothing changes.
_ARROW, _REASON = " -> ", 30


class EntryRow(NamedTuple):
    """A line: whose disk, and what becomes of it; ``refused`` is why nothing does."""

    vm: str
    disk: str
    change: str
    refused: str | None = None
    is_left_out: bool = False


class EntryList(CursorList):
    """The lines, below a head that stays."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ENTRY_LIST_KEYS)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: Sequence[EntryRow] = ()
        self._name_width = self._disk_width = 0
        self._names: Mapping[str, str] = {}

    @property
    def rows(self) -> Sequence[EntryRow]:
        """Every line, also those out of view."""
        return self._rows

    def show(self, rows: Sequence[EntryRow]) -> None:
        """Show these; only those that differ are painted."""
        old, self._rows = self._rows, rows
        if len(old) != len(rows):
            self._fit()
            self.virtual_size = Size(1, len(rows) + 1)
            self.refresh()
            return
        for place, (was, now) in enumerate(zip(old, rows, strict=True)):
            if was != now:
                self.refresh_line(place + 1)

    def on_resize(self) -> None:
        """Share the new width."""
        before = self._name_width, self._disk_width
        self._fit()
        if before != (self._name_width, self._disk_width):
            self.refresh()
        self._show_cursor()

    def _fit(self) -> None:
        """What becomes of the disks is whole where it can be: their names give way, down to a dozen cells."""
        rows, room = self._rows, self._inner_width() - _MARGIN - 4
        longest = max([2, *(cells(visible(one.vm)) for one in rows)])
        change = max((cells(visible(one.change)) for one in rows if one.refused is None), default=_REASON)
        names = min(longest, _MOST_NAME)
        disks = max([4, *(cells(visible(one.disk)) for one in rows)])
        if names + disks + change > room:
            disks = max([4, *(cells(visible(_address(one.disk))) for one in rows)])
        self._disk_width = disks
        self._name_width = max(min(names, room - disks - change), min(names, _LEAST_NAME))
        self._names = apart((visible(one.vm) for one in rows), self._name_width, fitted)

    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._rows)

    def head_line(self, width: int) -> Line:  # noqa: ARG002 - the columns were made for it
        """See `CursorList`."""
        head = " " * _MARGIN + fitted("VM", self._name_width + 2) + fitted("DISK", self._disk_width + 2)
        return (Span(f"{head}WHAT BECOMES OF IT", "line--dim"),)

    def row_line(self, place: int, width: int, *, here: bool) -> Line:
        """See `CursorList`."""
        row = self._rows[place]
        room = max(width - _MARGIN - self._name_width - self._disk_width - 4, 8)
        sign, style, text = "  ", "", _becoming(visible(row.change), room)
        if row.is_left_out:
            sign, style, text = "- ", "line--off", f"left out ({row.change})"
        elif row.refused is not None:
            sign, style, text = "✗ ", "line--error", row.refused
        disk = row.disk if cells(visible(row.disk)) <= self._disk_width else _address(row.disk)
        name = visible(row.vm)
        return (
            Span("▌ " if here else "  ", "line--strong"),
            Span(sign, style),
            Span(self._names.get(name, fitted(name, self._name_width)) + "  ", style),
            Span(fitted(visible(disk), self._disk_width) + "  ", style),
            Span(clipped(visible(text), room), style),
        )


def _address(disk: str) -> str:
    """A disk's name without the target behind it."""
    return disk.partition(" (")[0]


def _becoming(change: str, room: int) -> str:
    """A change in so many cells: where it is longer, what was gives way, for the new mode is what is read."""
    was, arrow, now = change.partition(_ARROW)
    left = room - cells(_ARROW) - cells(now)
    return f"{clipped(was, left)}{_ARROW}{now}" if arrow and 3 <= left < cells(was) else change
