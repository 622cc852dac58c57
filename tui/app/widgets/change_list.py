"""The changes that are remembered, one a line, drawn line by line, with a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.geometry import Size

from tui.app.bindings import bindings
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.spans import Line, Span, cells, clipped, fitted
from tui.keys.moving import CHANGE_LIST_KEYS
from tui.visible import visible

_GAP = 2


class ChangeRow(NamedTuple):
    """When a change was made, by what, how it stands, and what it was; ``is_over``: nothing of it stands."""

    when: str
    caller: str
    state: str
    what: str
    is_over: bool = False


_HEAD = ChangeRow("WHEN", "BY", "STATE", "WHAT")


class ChangeList(CursorList):
    """The changes, the newest first."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CHANGE_LIST_KEYS)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: tuple[ChangeRow, ...] = ()

    @property
    def rows(self) -> tuple[ChangeRow, ...]:
        """Every change, also those out of view."""
        return self._rows

    def show(self, rows: Sequence[ChangeRow]) -> None:
        """Show these; the cursor stays where it is, or on the last."""
        self._rows = tuple(rows)
        self._put_cursor(max(min(self.cursor, len(rows) - 1), 0))
        self.virtual_size = Size(1, len(rows) + 1)
        self.refresh()

    def row_count(self) -> int:
        """How many there are."""
        return len(self._rows)

    def head_line(self, width: int) -> Line:
        """See `CursorList`."""
        return self._line(_HEAD, width, "line--dim", here=False)

    def row_line(self, place: int, width: int, *, here: bool) -> Line:
        """See `CursorList`."""
        row = self._rows[place]
        return self._line(row, width, "line--off" if row.is_over else "", here=here)

    def _line(self, row: ChangeRow, width: int, style: str, *, here: bool) -> Line:
        """What was done has what is left; the columns before it are as wide as what they hold."""
        columns = zip(*(one[:3] for one in (_HEAD, *self._rows)), strict=True)
        widths = [max(map(cells, column)) + _GAP for column in columns]
        columns_text = "".join(fitted(text, wide) for text, wide in zip(row[:3], widths, strict=True))
        room = max(width - 3 - sum(widths), 8)
        return (
            Span("▌  " if here else "   ", "line--strong"),
            Span(columns_text, style),
            Span(clipped(visible(row.what), room), style),
        )
