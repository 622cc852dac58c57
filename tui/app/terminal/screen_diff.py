"""What the terminal shows, and the bytes that make it show something else: a plain diff of cells.

Textual writes whole lines, each segment with its colours set and taken away again. On a slow line that is
what a person waits for. So what it writes is put into cells here first, and only cells that differ from what
the terminal shows are written, each run of them behind an absolute move of the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui.app.terminal.parse import Drawn
from tui.app.terminal.row import UNKNOWN, Row
from tui.app.terminal.style import PLAIN, Style

# Shorter rows of blanks at the end of a row are written, longer ones erased.
_LEAST_ERASED = 4


class _Piece(NamedTuple):
    """Text in one style; without a text the rest of the row is erased. ``odd``: a row keeps its order."""

    row: int
    start: int
    text: str
    style: Style
    odd: bool


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
        self._rows = [Row([UNKNOWN] * width, [PLAIN] * width) for _ in range(height)]
        self._parts: list[str] = []
        self._cursor: tuple[int, int] | None = None
        self._style: Style | None = None

    def plain(self) -> str:
        """What is to be written before anything that does not draw: the cursor may be anywhere behind it."""
        self._set(PLAIN)
        self._cursor = None
        return self._taken()

    def diff(self, drawn: Drawn) -> str:
        """What makes the terminal show this."""
        pieces: list[_Piece] = []
        for number, wanted in sorted(self._wanted(drawn).items()):
            shown, self._rows[number] = self._rows[number], wanted
            if (wanted.letters, wanted.styles) != (shown.letters, shown.styles):
                pieces += self._pieces(number, wanted, shown)
        if not any(piece.odd for piece in pieces):  # all of one style together: colours cost more than moves
            order = {style: place for place, style in enumerate(self._nearest_first(pieces))}
            pieces.sort(key=lambda piece: order[piece.style])
        for piece in pieces:
            self._write(piece)
        # The cursor is hidden. Where a line is typed into, input methods look for it; else it has no place.
        if drawn.cursor is not None and any(drawn.cursor):
            self._move(*drawn.cursor)
        return self._taken()

    @staticmethod
    def _nearest_first(pieces: Iterable[_Piece]) -> Iterator[Style]:
        """The first style there is, then each behind the one from which the fewest bytes lead to it.

        Not by what the terminal has now: the same change shall be the same bytes each time.
        """
        left = list(dict.fromkeys(one.style for one in pieces))
        while left:
            last = left.pop(0)
            yield last
            left.sort(key=lambda style: len(style.after(last)))

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

    def _pieces(self, number: int, wanted: Row, shown: Row) -> Iterator[_Piece]:
        rest, last = wanted.blank_from(), wanted.styles[-1]
        odd = wanted.odd or shown.odd
        if self._width - rest < _LEAST_ERASED or not last.erases(in_colour=self._erases_in_colour):
            rest = self._width
        runs = wanted.runs(shown)
        if rest < self._width and odd:
            # Where its letters end, terminals may differ: nothing may be left behind them.
            yield _Piece(number, 0, "", last, odd)
            runs = [(0, rest)]
        for start, end in runs:
            place = start
            while place < min(end, rest):
                stop, style = wanted.same_style(place, min(end, rest))
                yield _Piece(number, place, "".join(wanted.letters[place:stop]), style, odd)
                place = stop
            if end > rest:
                yield _Piece(number, place, "", last, odd)
                return

    def _write(self, piece: _Piece) -> None:
        self._move(piece.row, piece.start)
        # Blanks may have the style before them where they show the same in it.
        if (piece.text.strip() or self._style is None) or self._style.on_blank is not piece.style:
            self._set(piece.style)
        self._parts.append(piece.text or "\x1b[K")
        end = piece.start + len(piece.text)
        self._cursor = None if piece.odd or end >= self._width else (piece.row, end)

    def _set(self, style: Style) -> None:
        self._parts.append(style.after(self._style))
        self._style = style

    def _move(self, row: int, column: int) -> None:
        if (row, column) != self._cursor:
            self._parts.append(self._leap(row, column))
            self._cursor = row, column

    def _leap(self, row: int, column: int) -> str:
        """The shortest way there: to the right on the same row by as many columns, else by its place."""
        if self._cursor is not None and self._cursor[0] == row and self._cursor[1] < column:
            columns = column - self._cursor[1]
            return f"\x1b[{columns}C" if columns > 1 else "\x1b[C"
        return f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H"

    def _taken(self) -> str:
        """What was collected, which is forgotten then."""
        data = "".join(self._parts)
        self._parts.clear()
        return data
