"""A few lines of text, of which only those that change are painted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.geometry import Region, Size
from textual.strip import Strip

from tui.app.widgets.line_widget import LineWidget
from tui.app.widgets.spans import Line


class Lines(LineWidget):
    """Shows the lines it is given, cut at its width."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines as they were given, from the top, also those below its end."""
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


class WrappedLines(Lines):
    """Shows what ``fill`` makes for its width, where its height is ``auto`` as high as that is.

    It is filled while it is laid out: before anything of it is seen, and again at every other width.
    """

    def __init__(self, fill: Callable[[int], Sequence[Line]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._fill = fill
        self._filled_for = -1

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """As many lines as there are for this width."""
        self._fill_for(width)
        return max(len(self._lines), 1)

    def render_line(self, y: int) -> Strip:
        self._fill_for(self.size.width)
        return super().render_line(y)

    def _fill_for(self, width: int) -> None:
        if width != self._filled_for:
            self._filled_for = width
            self._lines = tuple(tuple(line) for line in self._fill(width))

    def fill_anew(self) -> None:
        """Something else is to be shown at the same width; only the lines that differ are painted again."""
        if self._filled_for >= 0:
            before = len(self._lines)
            self.show(self._fill(self._filled_for))
            if len(self._lines) != before:
                self.refresh(layout=True)
