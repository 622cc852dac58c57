"""A widget that draws styled lines, and remembers what it drew."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip
from textual.widget import Widget

from tui.app.widgets.spans import LONGEST, Line
from tui.visible import visible

# Enough for every line of a large screen twice.
_REMEMBERED = 256


class LineWidget(Widget):
    """The base of every widget here that paints line by line.

    Textual works a widget's style out anew each time it is asked, through all its ancestors, and a strip
    remembers its sequences: so both are kept until the styles change. Put it behind Textual's own class among
    the bases, for Textual takes its rules of style from the first.
    """

    def __init__(self, *children: Widget, **options: Any) -> None:
        super().__init__(*children, **options)
        self._palette: dict[tuple[str, bool], Style] = {}
        self._strips: LRUCache[tuple[Line, int, int, int, int], Strip] = LRUCache(_REMEMBERED)

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old styles."""
        self._palette.clear()
        self._strips.clear()
        super().notify_style_update()

    def strip(self, line: Line, width: int, *, cursor: int = 0, offset: int = 0, kept: int = 0) -> Strip:
        """What Textual paints for ``line``: ``width`` columns from column ``offset`` on.

        The first ``kept`` columns stay whatever the offset. The first ``cursor`` spans have the cursor's
        background, and with all of them the rest of the line.
        """
        kept = kept if offset else 0
        key = (tuple(line), width, cursor, offset, kept)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._drawn(line, width, cursor, offset, kept)
        return strip

    def _drawn(self, line: Line, width: int, cursor: int, offset: int, kept: int) -> Strip:
        segments = [
            Segment(visible(span.text[:LONGEST]), self._style(span.style, cursor=place < cursor))
            for place, span in enumerate(line)
        ]
        strip = Strip(segments).simplify()  # each change of style is bytes on the line to the terminal
        start, strip = (strip.crop(0, kept), strip.crop(kept)) if kept else ((), strip)
        width -= kept
        rest = self._style("", cursor=cursor > len(segments))
        # A line that goes on where nobody sees it says so, at either edge.
        sign = Segment("…", self._style("line--dim", cursor=cursor > len(segments)))
        behind = strip.cell_length > offset + width and bool(strip.crop(offset + width).text.strip())
        before = 0 < offset < strip.cell_length and bool(strip.crop(0, offset).text.strip())
        shown = strip.crop(offset + before, offset + width - behind)
        if before:
            shown = Strip([sign, *shown])
        shown = Strip([*shown, sign]) if behind else shown.extend_cell_length(width, rest)
        return Strip([*start, *shown]) if kept else shown

    def _style(self, name: str, *, cursor: bool) -> Style:
        """The widget's own style in the ink of one of the screen's, and on the cursor's background if asked.

        The screen has them for all its widgets: working them out for each takes longer than a whole frame.
        """
        known = self._palette.get((name, cursor))
        if known is None:
            known = self.rich_style
            if name:
                ink = self.screen.get_component_rich_style(name)
                known += Style(color=ink.color) + ink.without_color
            ground = self.screen.get_component_rich_style("line--cursor").bgcolor if cursor else None
            if cursor and (self.app.no_color or ground == self.rich_style.bgcolor):
                known += Style(reverse=True)  # without colours, or with too few for a ground of its own
            elif cursor:
                known += Style(bgcolor=ground)
            self._palette[name, cursor] = known
        return known
