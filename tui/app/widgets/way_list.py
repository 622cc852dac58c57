"""The matrix of a plan: every way to ask, off and running, and what each answers; one of them is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.reactive import reactive

from tui.app.bindings import bindings
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.spans import Line, Span, clipped, fitted
from tui.keys.moving import WAY_LIST_KEYS
from tui.visible import visible

# How wide the columns are, each with a blank behind its longest word; the margin holds the cursor.
_MARGIN, _CALL, _STATE, _COVERS = 3, 18, 11, 9


class WayCell(NamedTuple):
    """What one way answers in one state of the machine: ``style`` is how the word is drawn."""

    word: str
    covers: str
    why: str
    style: str


class WayRow(NamedTuple):
    """A way: its call, and its answers while the machine is off and while it runs; None: there is none."""

    call: str
    off: WayCell | None
    running: WayCell | None

    def cell(self, *, running: bool) -> WayCell | None:
        """The answer in one state."""
        return self.running if running else self.off


class WayList(CursorList):
    """The ways, one a line; ``running`` tells in which of the two columns the cursor is."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(WAY_LIST_KEYS)

    running: reactive[bool] = reactive(False, repaint=False, init=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: tuple[WayRow, ...] = ()

    @property
    def rows(self) -> tuple[WayRow, ...]:
        """Every way there is."""
        return self._rows

    def show(self, rows: Sequence[WayRow], place: int, *, running: bool) -> None:
        """Show these ways, the cursor on one of them in one of the columns."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.virtual_size = Size(self._inner_width(), len(self._rows) + 1)
            self.refresh()
        for line in {self.cursor, place} if (place, running) != (self.cursor, self.running) else ():
            self.refresh_line(line + 1)
        self._put_cursor(place)
        self.set_reactive(WayList.running, running)

    def row_count(self) -> int:
        """How many ways there are."""
        return len(self._rows)

    def on_resize(self) -> None:
        """Fit the reasons to the new width."""
        self.virtual_size = Size(self._inner_width(), len(self._rows) + 1)
        self._show_cursor()

    def watch_running(self) -> None:
        """Paint the row whose other state is chosen."""
        self.refresh_line(self.cursor + 1)

    def move_to(self, place: int) -> None:
        """Put the cursor on another way; in its other state where it has only that."""
        place = max(0, min(place, len(self._rows) - 1))
        with self.app.batch_update():
            if self._rows and self._rows[place].cell(running=self.running) is None:
                self.set_reactive(WayList.running, not self.running)
            super().move_to(place)

    def action_state(self, word: str) -> None:
        """The same way while the machine is off, or runs."""
        running = word == "running"
        if self._rows and self._rows[self.cursor].cell(running=running) is not None:
            self.running = running

    def on_click(self, event: events.Click) -> None:
        """Choose the way clicked on, in the state whose column it was."""
        place = self.place_at(event.y)
        if place is None:
            return
        self.move_to(place)
        column = event.x - _MARGIN - _CALL
        self.action_state("running" if _STATE <= column < 2 * _STATE else "off")

    def head_line(self, width: int) -> Line:  # noqa: ARG002 - cut at the right edge
        """See `CursorList`."""
        states = f"{'  OFF':<{_STATE}}{'  RUNNING':<{_STATE}}"
        head = f"{'':{_MARGIN}}{'WAY':<{_CALL}}{states}{'COVERS':<{self._covers}}WHY"
        return (Span(head, "line--dim"),)

    @property
    def _covers(self) -> int:
        """The width of the column of counts, none of which is cut."""
        told = (cell.covers for row in self._rows for cell in (row.off, row.running) if cell is not None)
        return max([_COVERS, *(len(one) + 1 for one in told)])

    def row_line(self, place: int, width: int, *, here: bool) -> Line:
        """See `CursorList`."""
        row = self._rows[place]
        shown = row.cell(running=self.running) or row.off or row.running
        used = _MARGIN + _CALL + 2 * _STATE + self._covers
        return (
            Span("▌  " if here else "   ", "line--strong"),
            Span(fitted(row.call, _CALL)),
            *(_state(row.cell(running=on), chosen=here and on is self.running) for on in (False, True)),
            Span(fitted(shown.covers if shown else "", self._covers)),
            Span(clipped(visible(shown.why), max(width - used, 0)) if shown else "", "line--dim"),
        )


def _state(cell: WayCell | None, *, chosen: bool) -> Span:
    word = "-" if cell is None else cell.word
    style = "line--off" if cell is None else cell.style
    return Span(fitted(f"{'> ' if chosen else '  '}{word}", _STATE), style)
