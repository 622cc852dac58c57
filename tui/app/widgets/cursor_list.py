"""A table of rows below a head that stays, drawn line by line, with a cursor: a move repaints two lines."""

from __future__ import annotations

from abc import abstractmethod

from textual.message import Message
from textual.scroll_view import ScrollView

from tui.app.widgets.drawn import Drawn
from tui.app.widgets.spans import STYLES

_UNKNOWN_WIDTH = 80


class CursorList(ScrollView, Drawn, can_focus=True):
    """Where the cursor is and how it moves; what the rows are, the lists made of this one know."""

    COMPONENT_CLASSES = STYLES

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._cursor = 0

    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def moved(self) -> Message:
        """What is posted when the cursor is on another row."""

    def move_to(self, place: int) -> None:
        """Put the cursor on the row at ``place``, or the nearest there is."""
        place = max(0, min(place, self.row_count() - 1))
        if place == self._cursor or not self.row_count():
            return
        self.refresh_line(self._cursor + 1)
        self._cursor = place
        self.refresh_line(place + 1)
        self._show_cursor()
        self.post_message(self.moved())

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
        if not top <= self._cursor < top + page:
            y = self._cursor if self._cursor < top else self._cursor - page + 1
            self.scroll_to(y=y, animate=False, force=True, immediate=True)

    def action_move(self, step: int) -> None:
        """Move the cursor by lines."""
        self.move_to(self._cursor + step)

    def action_move_page(self, step: int) -> None:
        """Move the cursor by pages."""
        self.move_to(self._cursor + step * self._page())

    def action_move_to_end(self, end: int) -> None:
        """Move the cursor to the first (-1) or last (1) row."""
        self.move_to(0 if end < 0 else self.row_count() - 1)
