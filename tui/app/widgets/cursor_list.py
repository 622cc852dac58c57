"""A table of rows below a head that stays, drawn line by line, with a cursor: a move repaints two lines."""

from __future__ import annotations

from abc import abstractmethod

from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.app.widgets.line_widget import LineWidget
from tui.app.widgets.spans import Line

_UNKNOWN_WIDTH = 80
# More spans than any row has.
_WHOLE = 100


class CursorList(ScrollView, LineWidget, can_focus=True):
    """Where the cursor is, how it moves, which line shows which row; the lists made of this know the rows.

    ``cursor`` is the place (from 0) of the row under it. A screen watches it, and is told at once: so what
    follows the cursor elsewhere is painted in the same frame.
    """

    cursor: reactive[int] = reactive(0, repaint=False, init=False)

    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def head_line(self, width: int) -> Line:
        """The headings, in ``width`` columns."""

    @abstractmethod
    def row_line(self, place: int, width: int, *, here: bool) -> Line:
        """The row at ``place`` in ``width`` columns; ``here``: the cursor is on it."""

    def render_line(self, y: int) -> Strip:
        """The headings stay; below them the rows scroll."""
        width = self._inner_width()
        if y == 0:
            return self.strip(self.head_line(width), width)
        place = int(self.scroll_offset.y) + y - 1
        if place >= self.row_count():
            return self.strip((), width)
        here = place == self.cursor
        cursor = _WHOLE if here and self.has_focus else 0
        return self.strip(self.row_line(place, width, here=here), width, cursor=cursor)

    def move_to(self, place: int) -> None:
        """Put the cursor on the row at ``place``, or the nearest there is."""
        if self.row_count():
            with self.app.batch_update():
                self.cursor = max(0, min(place, self.row_count() - 1))

    def watch_cursor(self, before: int, place: int) -> None:
        """Paint the row that was left and the one that was come to."""
        self.refresh_line(before + 1)
        self.refresh_line(place + 1)
        self._show_cursor()

    def _put_cursor(self, place: int) -> None:
        """Have the cursor on another row because the rows are others: nobody moved it."""
        self.set_reactive(CursorList.cursor, place)

    def on_focus(self) -> None:
        """The cursor's row is painted as one that keys act on."""
        self.refresh_line(self.cursor + 1)

    def on_blur(self) -> None:
        """The keys go elsewhere: the cursor's row shows it."""
        self.refresh_line(self.cursor + 1)

    def place_at(self, y: int) -> int | None:
        """The row that a line of the widget shows, None for the head and below the last."""
        place = int(self.scroll_offset.y) + y - 1
        return place if y >= 1 and place < self.row_count() else None

    def _inner_width(self) -> int:
        return self.scrollable_content_region.width or self.size.width or _UNKNOWN_WIDTH

    def _page(self) -> int:
        return max(self.scrollable_content_region.height - 1, 1)

    def _show_cursor(self) -> None:
        top, page = int(self.scroll_offset.y), self._page()
        if not top <= self.cursor < top + page:
            y = self.cursor if self.cursor < top else self.cursor - page + 1
            self.scroll_to(y=y, animate=False, force=True, immediate=True)

    def action_move(self, step: int) -> None:
        """Move the cursor by lines."""
        self.move_to(self.cursor + step)

    def action_move_page(self, step: int) -> None:
        """Move the cursor by pages."""
        self.move_to(self.cursor + step * self._page())

    def action_move_to_end(self, end: int) -> None:
        """Move the cursor to the first (-1) or last (1) row."""
        self.move_to(0 if end < 0 else self.row_count() - 1)
