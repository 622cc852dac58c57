"""A text of any length, drawn line by line, that only scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.app.bindings import bindings
from tui.app.widgets.line_widget import LineWidget
from tui.app.widgets.spans import LONGEST, Line
from tui.keys.moving import TEXT_KEYS


class LongPage(ScrollView, LineWidget, can_focus=True):
    """Shows the lines it is given; those out of sight cost nothing."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(TEXT_KEYS)

    def __init__(self, lines: Sequence[Line], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines = lines

    @property
    def lines(self) -> Sequence[Line]:
        """Every line of the page, also those out of view."""
        return self._lines

    def on_mount(self) -> None:
        """Make room for every line."""
        widest = max((sum(len(span.text) for span in line) for line in self._lines), default=0)
        self.virtual_size = Size(min(widest, LONGEST), len(self._lines))

    def render_line(self, y: int) -> Strip:
        """The line in view at ``y``."""
        place = int(self.scroll_offset.y) + y
        line: Line = self._lines[place] if place < len(self._lines) else ()
        return self.strip(line, self.scrollable_content_region.width, offset=int(self.scroll_offset.x))
