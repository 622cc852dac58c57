"""What the terminal shows, and the bytes that make it show something else: a plain diff of cells.

Textual writes whole lines, each segment with its colours set and taken away again. On a slow line that is
what a person waits for. So what it writes is put into cells here first, and only cells that differ from what
the terminal shows are written, each run of them behind an absolute move of the cursor.
"""

from __future__ import annotations

from tui.app.terminal.parse import Drawn
from tui.app.terminal.row import Row
from tui.app.terminal.style import PLAIN, Style

# Shorter rows of blanks at the end of a row are written, longer ones erased.
_LEAST_ERASED = 4


class ScreenDiff:
    """Keeps what a terminal of ``width`` columns and ``height`` rows shows, its cursor and its style.

    A cursor of None is at no known cell: at the start, behind the last cell of a row, and behind letters
    whose width terminals do not agree on. ``erases_in_colour``: what the terminal erases takes the colour of
    the background.
    """

    def __init__(self, width: int, height: int, *, erases_in_colour: bool) -> None:
        self._erases_in_colour = erases_in_colour
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size, and shows nobody knows what."""
        self._width = width
        self._rows = [Row.unknown(width) for _ in range(height)]
        self._parts: list[str] = []
        self._cursor: tuple[int, int] | None = None
        self._style: Style | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._width, len(self._rows)

    def plain(self) -> str:
        """What is to be written before anything that does not draw: the cursor may be anywhere behind it."""
        self._set(PLAIN)
        self._cursor = None
        return self._taken()

    def diff(self, drawn: Drawn) -> str:
        """What makes the terminal show this."""
        for number, wanted in sorted(self._wanted(drawn).items()):
            shown = self._rows[number]
            if (wanted.letters, wanted.styles) != (shown.letters, shown.styles):
                self._write_row(number, wanted, shown)
                self._rows[number] = wanted
        # The cursor is hidden. Where a line is typed into, input methods look for it; else it has no place.
        if drawn.cursor is not None and any(drawn.cursor):
            self._move(*drawn.cursor)
        return self._taken()

    def _wanted(self, drawn: Drawn) -> dict[int, Row]:
        """The rows that are drawn on, as they would be then."""
        wanted: dict[int, Row] = {}
        column = 0
        for number, start, text, style in drawn.runs:
            if number >= len(self._rows):
                continue
            row = wanted.get(number)
            if row is None:
                row = wanted[number] = self._rows[number].copied()
            column = row.put(column if start is None else start, text, style)
        return wanted

    def _write_row(self, number: int, wanted: Row, shown: Row) -> None:
        rest = wanted.blank_from()
        last = wanted.styles[-1]
        if self._width - rest < _LEAST_ERASED or not last.erases(in_colour=self._erases_in_colour):
            rest = self._width
        if rest < self._width and (wanted.odd or shown.odd):
            # Where its letters end, terminals may differ: nothing may be left behind them.
            self._erase(number, 0, last)
            self._write(number, 0, rest, wanted)
            return
        for start, end in wanted.runs(shown):
            if start < rest:
                self._write(number, start, min(end, rest), wanted)
            if end > rest:
                self._erase(number, max(start, rest), last)
                return

    def _erase(self, number: int, start: int, style: Style) -> None:
        self._move(number, start)
        self._set_for_blanks(style)
        self._parts.append("\x1b[K")

    def _write(self, number: int, start: int, end: int, row: Row) -> None:
        """Write cells; blanks may have the style before them where they show the same in it."""
        place = start
        while place < end:
            stop, style = row.same_style(place, end)
            self._move(number, place)
            text = "".join(row.letters[place:stop])
            if text.isspace():
                self._set_for_blanks(style)
            else:
                self._set(style)
            self._parts.append(text)
            self._cursor = None if row.odd or stop >= self._width else (number, stop)
            place = stop

    def _set(self, style: Style) -> None:
        self._parts.append(style.after(self._style))
        self._style = style

    def _set_for_blanks(self, style: Style) -> None:
        if self._style is None or self._style.on_blank is not style:
            self._set(style)

    def _move(self, row: int, column: int) -> None:
        if (row, column) != self._cursor:
            self._parts.append(f"\x1b[{row + 1};{column + 1}H")
            self._cursor = row, column

    def _taken(self) -> str:
        """What was collected, which is forgotten then."""
        data = "".join(self._parts)
        self._parts.clear()
        return data
