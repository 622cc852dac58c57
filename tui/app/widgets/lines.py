"""A few lines of text, of which only those that change are painted again."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip

from tui.app.widgets.line_widget import Drawn
from tui.app.widgets.spans import Line


class Lines(Drawn):
    """Shows the lines it is given, cut at its width."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it shows."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; equal ones are not painted again."""
        old, new = self._lines, tuple(tuple(line) for line in lines)
        self._lines = new
        for y in range(max(len(old), len(new))):
            if old[y : y + 1] != new[y : y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        line: Line = self._lines[y] if y < len(self._lines) else ()
        return self.strip(line, self.size.width)
