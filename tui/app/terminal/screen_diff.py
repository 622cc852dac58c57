"""What the terminal shows, and the bytes that make it show something else: a plain diff of cells.

Textual writes whole lines, each segment with its colours set and taken away again. On a slow line that is
what a person waits for. So what it writes is put into cells here first, and only cells that differ from what
the terminal shows are written, all of one style together: colours take more bytes than moves of the cursor.

A row with letters about whose width terminals may differ is written as Textual wrote it, and of its cells
nothing is known then.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.app.terminal.parse import ParsedRuns, Run
from tui.app.terminal.row import UNKNOWN, Row, cells_of, differences, is_narrow
from tui.app.terminal.scrolling import best_scroll
from tui.app.terminal.style import PLAIN, Style, erases, on_blank, sgr

# Fewer blanks at the end of a text are written, more are erased (ECMA-48's EL and ECH).
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
        self._rows: list[Row] = [[UNKNOWN] * width for _ in range(height)]
        self._parts: list[str] = []
        self._cursor: tuple[int, int] | None = None
        self._style: Style | None = None

    def reset(self) -> str:
        """What to write before anything that does not draw: no style, and from then on no known cursor."""
        self._set_style(PLAIN)
        self._cursor = None
        return self._take_parts()

    def diff(self, drawn: ParsedRuns) -> str:
        """What makes the terminal show this."""
        self._cursor = None  # if something else has written meanwhile, nothing of it shifts what follows
        wanted = list(self._rows)
        odd: dict[int, Sequence[Run]] = {}
        for number, runs in drawn.rows.items():
            if number >= len(wanted):
                continue
            if all(is_narrow(run.text) for run in runs):
                wanted[number] = self._drawn_on(wanted[number], runs)
            else:
                wanted[number], odd[number] = [UNKNOWN] * self._width, runs
        scroll = best_scroll(self._rows, wanted)
        if scroll is not None:
            self._parts.append(scroll.sequence)
            self._rows = scroll.applied(self._rows)
        self._write_cells(wanted)
        for number, runs in odd.items():
            self._write_as_drawn(number, runs)
        # The cursor is hidden. Where a line is typed into, input methods look for it; else it has no place.
        if drawn.cursor is not None and any(drawn.cursor):
            self._move(*drawn.cursor)
        return self._take_parts()

    def _drawn_on(self, shown: Row, runs: Sequence[Run]) -> Row:
        """A row as it is with these runs on it. What is right of the last cell is lost."""
        row = shown[:]
        column = 0
        for start, text, style in runs:
            column = column if start is None else start
            end = column + len(text)
            row[column:end] = cells_of(text, style)
            column = end
        return row[: self._width]

    def _write_cells(self, wanted: list[Row]) -> None:
        """Write the cells that differ from what the terminal shows: those of one ground, and of one style."""
        grounds: dict[Style, dict[Style, list[tuple[int, int, str]]]] = {}
        for number, (row, shown) in enumerate(zip(wanted, self._rows, strict=True)):
            for start, text, style in () if row is shown else differences(row, shown):
                styles = grounds.setdefault(on_blank(style), {})
                styles.setdefault(style, []).append((number, start, text))
        self._rows = wanted
        for ground, styles in grounds.items():
            for style in sorted(styles, key=ground.__eq__):  # blanks last: they look the same in any of these
                for number, start, text in styles[style]:
                    self._write(number, start, text, style)

    def _write(self, row: int, column: int, text: str, style: Style) -> None:
        self._move(row, column)
        # Blanks may have the style before them where they show the same in it.
        if text.strip() or self._style is None or on_blank(self._style) != style:
            self._set_style(style)
        end = column + len(text)
        letters = text.rstrip(" ")
        blanks = len(text) - len(letters)
        if blanks >= _LEAST_ERASED and erases(style, in_colour=self._erases_in_colour):
            text = letters + ("\x1b[K" if end == self._width else f"\x1b[{blanks}X")
            end -= blanks
        self._parts.append(text)
        self._cursor = (row, end) if end < self._width else None

    def _write_as_drawn(self, row: int, runs: Sequence[Run]) -> None:
        for start, text, style in runs:
            if start is not None:
                self._move(row, start)
            self._set_style(style)
            self._parts.append(text)
            self._cursor = None

    def _set_style(self, style: Style) -> None:
        self._parts.append(sgr(self._style, style))
        self._style = style

    def _move(self, row: int, column: int) -> None:
        self._parts.append(_cursor_move(self._cursor, row, column))
        self._cursor = row, column

    def _take_parts(self) -> str:
        """What was collected, which is forgotten then."""
        data = "".join(self._parts)
        self._parts.clear()
        return data


def _cursor_move(cursor: tuple[int, int] | None, row: int, column: int) -> str:
    """The fewest bytes that bring the cursor to a cell: absolute, or down and along from where it is.

    Down by VT, which every terminal takes for a line feed (VT100), for of a line feed the system's line
    discipline makes a new line.
    """
    absolute = f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H"
    if cursor is None or row < cursor[0]:
        return absolute
    along = f"\x1b[{column - cursor[1]}C" if column > cursor[1] else "\b" * (cursor[1] - column)
    return min(absolute, "\v" * (row - cursor[0]) + (along if column else "\r"), key=len)
