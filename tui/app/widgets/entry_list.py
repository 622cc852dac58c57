"""What becomes of many disks, one a line: drawn line by line, with a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.geometry import Size
from textual.strip import Strip

from tui.app.bindings import bindings
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.spans import Line, Span, cells, clipped, fitted
from tui.keys.moving import ENTRY_LIST_KEYS
from tui.visible import visible

_WHOLE = 100
_MARGIN = 4
_MOST_NAME, _MOST_DISK = 30, 20


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
        self._names = self._disks = 0

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
        self._fit()
        self._show_cursor()

    def _fit(self) -> None:
        """Names as wide as the longest, but what becomes of the disks has half of the width."""
        rows, width = self._rows, self._inner_width()
        names = max([2, *(cells(visible(one.vm)) for one in rows)])
        disks = max([4, *(cells(visible(one.disk)) for one in rows)])
        self._names = min(names, _MOST_NAME, width // 4) + 2
        self._disks = min(disks, _MOST_DISK, width // 6) + 2

    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._rows)

    def render_line(self, y: int) -> Strip:
        """The headings stay; below them the lines scroll."""
        width = self._inner_width()
        if y == 0:
            head = (
                " " * _MARGIN + fitted("VM", self._names) + fitted("DISK", self._disks) + "WHAT BECOMES OF IT"
            )
            return self.strip([Span(head, "line--dim")], width)
        place = int(self.scroll_offset.y) + y - 1
        if place >= len(self._rows):
            return self.strip((), width)
        here = place == self.cursor
        return self.strip(self._line(self._rows[place], width, here=here), width, cursor=_WHOLE * here)

    def _line(self, row: EntryRow, width: int, *, here: bool) -> Line:
        sign, style, said = "  ", "", row.change
        if row.is_left_out:
            sign, style, said = "- ", "line--off", f"left out ({row.change})"
        elif row.refused is not None:
            sign, style, said = "✗ ", "line--error", row.refused
        room = max(width - _MARGIN - self._names - self._disks, 8)
        return (
            Span("▌ " if here else "  ", "line--strong"),
            Span(sign, style),
            Span(fitted(visible(row.vm), self._names - 2) + "  ", style),
            Span(fitted(visible(row.disk), self._disks - 2) + "  ", style),
            Span(clipped(visible(said), room), style),
        )
