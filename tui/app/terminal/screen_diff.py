"""What the terminal shows, and the bytes that make it show something else: a plain diff of cells.

Textual writes whole lines, each segment with its colours set and taken away again. On a slow line that is
what a person waits for. So what it writes is put into cells here first, and only cells that differ from what
the terminal shows are written, each run of them behind an absolute move of the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tui.app.terminal.parse import ParsedRuns
from tui.app.terminal.row import UNKNOWN, Row
from tui.app.terminal.scrolling import best_scroll
from tui.app.terminal.style import PLAIN, Style

# Shorter rows of blanks at the end of a row are written, longer ones erased.
_LEAST_ERASED = 4
# What a move of the cursor takes, more or less; and so many cells back are shorter said one by one.
_MOVE = 5
_BACKSPACES = 4


class _Piece(NamedTuple):
    """Text in one style; without a text the rest of the row is erased. ``odd``: a row keeps its order.

    ``erases``: its text is what erases some cells (ECMA-48's ECH and EL), and the cursor stays.
    """

    row: int
    start: int
    text: str
    style: Style
    odd: bool
    erases: bool = False


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

    def diff(self, drawn: ParsedRuns) -> str:
        """What makes the terminal show this."""
        self._cursor = None  # if something else has written meanwhile, nothing of it shifts what follows
        pieces: list[_Piece] = []
        erased: list[_Piece] = []
        for number, wanted in sorted(self._scroll(self._wanted(drawn)).items()):
            shown, self._rows[number] = self._rows[number], wanted
            if (wanted.letters, wanted.styles) != (shown.letters, shown.styles):
                first, rest = self._fewest(number, wanted, shown)
                erased += first
                pieces += rest
        if not any(piece.odd for piece in pieces):  # all of one style together: colours cost more than moves
            order = {style: place for place, style in enumerate(self._nearest_first(pieces))}
            pieces.sort(key=lambda piece: order[piece.style])
        # What is erased shows no ink: last the ground on which writing begins.
        erased.sort(key=lambda piece: bool(pieces) and piece.style.back == pieces[0].style.back)
        for piece in (*erased, *pieces):
            self._write(piece)
        # The cursor is hidden. Where a line is typed into, input methods look for it; else it has no place.
        if drawn.cursor is not None and any(drawn.cursor):
            self._move(*drawn.cursor)
        return self._taken()

    def _scroll(self, wanted: Mapping[int, Row]) -> Mapping[int, Row]:
        """Have the terminal move what only moved; the rows to be written then."""
        scroll = best_scroll(self._rows, wanted)
        if scroll is None:
            return wanted
        before = self._rows
        self._parts.append(scroll.sequence)
        self._rows = scroll.applied(before, self._width)
        moved = range(scroll.top, scroll.bottom + 1)
        return {place: before[place] for place in moved} | dict(wanted)

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

    def _wanted(self, drawn: ParsedRuns) -> dict[int, Row]:
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
        for row in wanted.values():
            row.settle()
        return wanted

    def _fewest(self, number: int, wanted: Row, shown: Row) -> tuple[list[_Piece], list[_Piece]]:
        """What to erase first, if that is cheaper, and what to write: a row that gets another background is
        mostly blanks.
        """
        pieces = list(self._pieces(number, wanted, shown))
        if shown.odd or 2 * sum(len(piece.text) for piece in pieces) < self._width:
            return [], pieces
        ground = wanted.ground()
        if ground is None or not ground.erases(in_colour=self._erases_in_colour):
            return [], pieces
        end = self._width  # what ends the row and stays, a scroll bar, is left alone
        while end and wanted.styles[end - 1] is shown.styles[end - 1] and wanted.letters[end - 1] != " ":
            if wanted.letters[end - 1] != shown.letters[end - 1]:
                break
            end -= 1
        blank = Row([" "] * end + shown.letters[end:], [ground] * end + shown.styles[end:])
        others = list(self._pieces(number, wanted, blank))
        if _cost(others) + _MOVE >= _cost(pieces):
            return [], pieces
        text = "\x1b[K" if end == self._width else f"\x1b[{end}X"
        return [_Piece(number, 0, text, ground, odd=False, erases=True)], others

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
        end = piece.start + (0 if piece.erases else len(piece.text))
        self._cursor = None if piece.odd or end >= self._width else (piece.row, end)

    def _set(self, style: Style) -> None:
        self._parts.append(style.after(self._style))
        self._style = style

    def _move(self, row: int, column: int) -> None:
        if (row, column) != self._cursor:
            self._parts.append(_shortest(self._cursor, row, column))
            self._cursor = row, column

    def _taken(self) -> str:
        """What was collected, which is forgotten then."""
        data = "".join(self._parts)
        self._parts.clear()
        return data


def _cost(pieces: list[_Piece]) -> int:
    return sum(len(piece.text) + _MOVE for piece in pieces)


def _shortest(cursor: tuple[int, int] | None, row: int, column: int) -> str:
    """The fewest bytes that bring the cursor to a cell: absolute, or from where it is (ECMA-48)."""
    absolute = f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H"
    if cursor is None:
        return absolute
    rows, columns = row - cursor[0], column - cursor[1]
    if (rows, column) == (1, 0):
        return "\r\n"  # never at the last row, where it would scroll: there is a row to come to
    down = _steps(abs(rows), "B" if rows > 0 else "A")
    if column == 0:
        across = "\r"
    elif columns < 0:
        across = "\b" * -columns if columns >= -_BACKSPACES else _steps(-columns, "D")
    else:
        across = _steps(columns, "C")
    return min(absolute, down + across, key=len)


def _steps(count: int, way: str) -> str:
    return "" if not count else f"\x1b[{way}" if count == 1 else f"\x1b[{count}{way}"
