"""What the terminal shows, and the fewest bytes that make it show a frame.

Textual writes whole lines, each segment with its colours set and taken away again. On a slow line that is
what a person waits for. So frames are drawn here first; only cells that differ from what the terminal shows
are written, and rows that moved are moved by the terminal itself.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.app.terminal.frames import Frame
from tui.app.terminal.moves import best_move
from tui.app.terminal.pen import Pen
from tui.app.terminal.rows import Row

# Fewer equal cells than this between two that differ are written again rather than skipped.
_GAP = 5
# Shorter rows of blanks are written, longer ones erased.
_BLANKS = 4


class Abilities(NamedTuple):
    """What the terminal can do: move rows between margins, and erase with the background colour."""

    moves_rows: bool = True
    erases_in_colour: bool = True


class Painter:
    """Keeps what a terminal of ``width`` columns and ``height`` rows shows."""

    def __init__(self, width: int, height: int, abilities: Abilities) -> None:
        self._abilities = abilities
        self._pen = Pen()
        self._width = width
        self._rows: list[Row] = []
        self._cursor: tuple[int, int] | None = None
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size, and shows nobody knows what."""
        self._width = width
        self._rows = [Row.unknown(width) for _ in range(height)]
        self._pen.lost()

    def forget(self) -> None:
        """The terminal shows nobody knows what."""
        self.resize(self._width, len(self._rows))

    def plain(self) -> str:
        """What is to be written before anything that is no frame."""
        return self._pen.plain()

    def paint(self, frame: Frame) -> str:
        """What makes the terminal show a frame."""
        wanted = self._drawn(frame)
        different = {row: cells for row, cells in wanted.items() if cells != self._rows[row]}
        if self._abilities.moves_rows:
            self._move_rows(different)
        for number in sorted(different):
            self._write(number, different[number])
        # The cursor is hidden; where a line is typed into, input methods look for it.
        if frame.cursor is not None and frame.cursor != self._cursor:
            self._cursor = frame.cursor
            self._pen.move(*frame.cursor)
        return self._pen.taken()

    def _drawn(self, frame: Frame) -> dict[int, Row]:
        """The rows a frame draws on, as they would be then."""
        drawn: dict[int, Row] = {}
        column = 0
        for number, start, text, look in frame.texts:
            if number >= len(self._rows):
                continue
            row = drawn.get(number)
            if row is None:
                row = drawn[number] = self._rows[number].copied()
            column = row.put(column if start is None else start, text, look)
        return drawn

    def _move_rows(self, different: dict[int, Row]) -> None:
        move = best_move(self._rows, different)
        if move is None:
            return
        top, bottom, lines = move
        self._pen.scroll(top, bottom, lines)
        come_in = [Row.unknown(self._width) for _ in range(abs(lines))]
        before = self._rows[top : bottom + 1]
        kept = before[:-lines] if lines > 0 else before[-lines:]
        # A row that was to stay as it is has moved too, and is put back.
        for number in range(top, bottom + 1):
            different.setdefault(number, self._rows[number])
        self._rows[top : bottom + 1] = [*come_in, *kept] if lines > 0 else [*kept, *come_in]

    def _write(self, number: int, wanted: Row) -> None:
        cells = wanted.differing(self._rows[number])
        self._rows[number] = wanted
        blank_from = wanted.blank_from()
        if not self._can_erase(wanted) or self._width - blank_from < _BLANKS:
            blank_from = self._width
        for start, end in _runs(cells):
            self._pen.move(number, start)
            self._write_cells(wanted, start, min(end, max(blank_from, start)))
            if end > blank_from:
                if start < blank_from:
                    self._pen.move(number, blank_from)
                self._pen.erase(wanted.looks[-1])
                return

    def _can_erase(self, row: Row) -> bool:
        look = row.looks[-1]
        return look.erases and (look.back == "49" or self._abilities.erases_in_colour)

    def _write_cells(self, row: Row, start: int, end: int) -> None:
        """Write cells, those of one look together."""
        place = start
        while place < end:
            look, blank = row.looks[place], row.letters[place] == " "
            stop = place + 1
            while stop < end and row.looks[stop] is look and (row.letters[stop] == " ") == blank:
                stop += 1
            at_end = stop == self._width
            if blank:
                self._pen.write_blanks(stop - place, look, at_end=at_end)
            else:
                self._pen.write("".join(row.letters[place:stop]), stop - place, look, at_end=at_end)
            place = stop


def _runs(cells: list[int]) -> list[tuple[int, int]]:
    """The cells (from, up to) to write: those that differ, with short gaps filled."""
    found: list[tuple[int, int]] = []
    for cell in cells:
        if found and cell - found[-1][1] < _GAP:
            found[-1] = (found[-1][0], cell + 1)
        else:
            found.append((cell, cell + 1))
    return found
