"""A scroll bar of thin lines: seen without colours, and a step of it changes few cells."""

from __future__ import annotations

from math import ceil

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBarRender

_TRACK, _THUMB = "│", "┃"


class ThinBar(ScrollBarRender):
    """Draws whole cells only; Textual's own draws eighths of them, and moves at every step."""

    @classmethod
    def render_bar(  # noqa: PLR0913, PLR0917 - Textual's signature
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = Color.default(),  # noqa: B008 - a value that never changes
        bar_color: Color = Color.default(),  # noqa: B008
    ) -> Segments:
        """The bar, from its start to its end; a click before or behind the thumb scrolls a page."""
        start, end = thumb(size, virtual_size, window_size, position)
        look = Style(color=bar_color, bgcolor=back_color)
        wide = thickness if vertical else 1
        cells = [
            Segment(glyph * wide, look + Style(meta={"@mouse.down": action}))
            for glyph, action, number in (
                (_TRACK, "scroll_up", start),
                (_THUMB, "grab", end - start),
                (_TRACK, "scroll_down", size - end),
            )
            for _ in range(number)
        ]
        if vertical:
            return Segments(cells, new_lines=True)
        return Segments([*cells, Segment.line()] * thickness)


def thumb(size: int, virtual_size: float, window_size: float, position: float) -> tuple[int, int]:
    """Where the thumb begins, and the cell behind it; at an end only where the text is at its end."""
    if not window_size or virtual_size <= window_size:
        return 0, 0
    length = min(max(1, int(window_size * size / virtual_size)), size)
    most = virtual_size - window_size
    if position <= 0 or size == length:
        return 0, length
    if position >= most:
        return size - length, size
    start = min(max(ceil(position * (size - length) / most) - 1, 1), size - length - 1)
    return max(start, 0), max(start, 0) + length
