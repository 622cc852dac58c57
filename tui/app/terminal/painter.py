"""What the terminal shows, and the fewest bytes that make it show a frame.

Textual writes whole lines, each segment with its colours set and taken away again. On a slow line that is
what a person waits for. So frames are drawn here first; only cells that differ from what the terminal shows
are written, and rows and texts that moved are moved by the terminal itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui.app.terminal.frames import Frame
from tui.app.terminal.looks import Look
from tui.app.terminal.moves import best_move, best_shift
from tui.app.terminal.pen import Pen
from tui.app.terminal.pieces import Piece, pieces_of
from tui.app.terminal.rows import Row

# More pieces than this are written row by row: to find a better order would take longer than it saves.
_SORTED = 100


class Abilities(NamedTuple):
    """What the terminal can do.

    ``moves_rows`` between margins, ``moves_cells`` within a row, ``erases_cells``, and does so with the
    background's colour (``erases_in_colour``).
    """

    moves_rows: bool = True
    moves_cells: bool = True
    erases_cells: bool = True
    erases_in_colour: bool = True


class Painter:
    """Keeps what a terminal of ``width`` columns and ``height`` rows shows."""

    def __init__(self, width: int, height: int, abilities: Abilities) -> None:
        self._abilities = abilities
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size, and shows nobody knows what."""
        self._width = width
        self._rows = [Row.unknown(width) for _ in range(height)]
        self._pen = Pen(width)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._width, len(self._rows)

    def plain(self) -> str:
        """What is to be written before anything that is no frame."""
        return self._pen.plain()

    def paint(self, frame: Frame) -> str:
        """What makes the terminal show a frame."""
        wanted = self._drawn(frame)
        different = {row: cells for row, cells in wanted.items() if cells != self._rows[row]}
        if self._abilities.moves_rows:
            self._move_rows(different)
        if self._abilities.moves_cells:
            self._move_cells(different)
        self._write(different)
        # The cursor is hidden. Where a line is typed into, input methods look for it; else it has no place.
        if frame.cursor is not None and any(frame.cursor):
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
        rows = [different.get(number, self._rows[number]) for number in range(top, bottom + 1)]
        if not all(row.is_known for row in rows):
            return  # what nobody knows cannot be put back
        self._pen.scroll(top, bottom, lines)
        come_in = [Row.unknown(self._width) for _ in range(abs(lines))]
        before = self._rows[top : bottom + 1]
        kept = before[:-lines] if lines > 0 else before[-lines:]
        # A row that was to stay as it is has moved too, and is put back.
        for number in range(top, bottom + 1):
            different.setdefault(number, self._rows[number])
        self._rows[top : bottom + 1] = [*come_in, *kept] if lines > 0 else [*kept, *come_in]

    def _move_cells(self, different: Mapping[int, Row]) -> None:
        for number, wanted in different.items():
            shift = best_shift(self._rows[number], wanted)
            if shift is not None and wanted.is_known:
                self._pen.shift(number, *shift)
                self._rows[number] = self._rows[number].shifted(*shift)

    def _write(self, different: Mapping[int, Row]) -> None:
        colours, wipes = self._abilities.erases_in_colour, self._abilities.erases_cells
        pieces: list[Piece] = []
        for number in sorted(different):
            pieces += pieces_of(number, different[number], self._rows[number], colours=colours, wipes=wipes)
            self._rows[number] = different[number]
        in_order = len(pieces) > _SORTED or any(piece.odd for piece in pieces)
        orders = [pieces] if in_order else [pieces, _by_look(pieces)]
        self._pen = min((self._pen.tried(order) for order in orders), key=lambda pen: pen.cost)


def _by_look(pieces: Sequence[Piece]) -> list[Piece]:
    """All pieces of a look together, in the order in which the looks are met."""
    places: dict[Look, int] = {}
    for piece in pieces:
        places.setdefault(piece.look, len(places))
    return sorted(pieces, key=lambda piece: places[piece.look])
