"""The table of a snapshot plan, drawn line by line, with a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.app.widgets.spans import STYLES, Line, Span, cells, fitted, strip_of
from tui.visible import visible

_WORD = 10
_MARGIN = 3
_LEAST_FILE = 8


class PlanRow(NamedTuple):
    """What the table shows of one disk; ``style`` is how its effective word is drawn."""

    name: str
    preset: str
    override: str
    effective: str
    why: str
    file: str
    style: str


_HEAD = PlanRow("DISK", "PRESET", "OVERRIDE", "EFFECTIVE", "WHY", "FILE", "line--dim")


class PlanList(ScrollView, can_focus=True):
    """The disks of a plan, one a line."""

    COMPONENT_CLASSES = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="plan-list.up", show=False, tooltip="The disk above"),
        Binding("down,j", "move(1)", "Down", id="plan-list.down", show=False, tooltip="The disk below"),
        Binding(
            "home,g", "move(-100000)", "First", id="plan-list.first", show=False, tooltip="The first disk"
        ),
        Binding("end,G", "move(100000)", "Last", id="plan-list.last", show=False, tooltip="The last disk"),
    ]

    class Selected(Message):
        """Another disk is selected."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: tuple[PlanRow, ...] = ()
        self._cursor = 0

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        """What it shows."""
        return self._rows

    @property
    def selected(self) -> int | None:
        """The place of the disk under the cursor, or None in an empty table."""
        return self._cursor if self._rows else None

    def show(self, rows: Sequence[PlanRow]) -> None:
        """Show these disks; only lines that differ are painted again."""
        old, self._rows = self._rows, tuple(rows)
        if len(old) != len(self._rows):
            self.virtual_size = Size(self._inner_width(), len(self._rows) + 1)
            self.refresh()
            return
        for place, (was, now) in enumerate(zip(old, self._rows, strict=True)):
            if was != now:
                self.refresh_line(place + 1)

    def select(self, place: int) -> None:
        """Put the cursor on a disk."""
        place = max(0, min(place, len(self._rows) - 1))
        if place == self._cursor or not self._rows:
            return
        self.refresh_line(self._cursor + 1)
        self._cursor = place
        self.refresh_line(place + 1)
        self._show_cursor()
        self.post_message(self.Selected())

    def _inner_width(self) -> int:
        return self.scrollable_content_region.width or self.size.width or 80

    def _show_cursor(self) -> None:
        top, page = int(self.scroll_offset.y), max(self.scrollable_content_region.height - 1, 1)
        if not top <= self._cursor < top + page:
            y = self._cursor if self._cursor < top else self._cursor - page + 1
            self.scroll_to(y=y, animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self.virtual_size = Size(self._inner_width(), len(self._rows) + 1)
        self._show_cursor()

    def action_move(self, step: int) -> None:
        """Move the cursor by lines."""
        self.select(self._cursor + step)

    def on_click(self, event: events.Click) -> None:
        """Select the disk clicked on."""
        place = int(self.scroll_offset.y) + event.y - 1
        if event.y >= 1 and place < len(self._rows):
            self.select(place)

    def render_line(self, y: int) -> Strip:
        """The head stays; below it the disks scroll."""
        width = self._inner_width()
        if y == 0:
            return strip_of(self, self._line(_HEAD, " ", width, "line--dim"), width)
        place = int(self.scroll_offset.y) + y - 1
        if place >= len(self._rows):
            return strip_of(self, (), width)
        cursor = place == self._cursor
        line = self._line(self._rows[place], "▌" if cursor else " ", width, "")
        return strip_of(self, line, width, cursor=cursor)

    def _line(self, row: PlanRow, sign: str, width: int, style: str) -> Line:
        widest = max([4, *(cells(visible(one.name)) for one in self._rows)]) + 1
        name = min(widest, max(width - _MARGIN - 4 * _WORD - 2 - _LEAST_FILE, 5))
        file = max(width - _MARGIN - name - 4 * (_WORD + 1), 0)
        return (
            Span(f"{sign}  ", "line--strong"),
            Span(fitted(visible(row.name), name - 1) + " ", style),
            Span(fitted(row.preset, _WORD + 1), style),
            Span(
                fitted(visible(row.override), _WORD + 1),
                style or ("line--changed" if row.override != "-" else ""),
            ),
            Span(fitted(row.effective, _WORD + 1), row.style),
            Span(fitted(row.why, _WORD + 1), style),
            Span(fitted(visible(row.file), file), style),
        )
