"""The pen: where the terminal's cursor is and how it writes, and the fewest bytes to have it elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from functools import lru_cache

from tui.app.terminal.looks import PLAIN, Look
from tui.app.terminal.pieces import Kind, Piece

_FEW = 4


class Pen:
    """Collects what is to be written; its place (from 0) and look are kept between frames.

    A place of None is unknown: so it is at the start, behind the last cell of a row of ``width`` cells, and
    behind letters whose width terminals do not agree on.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._parts: list[str] = []
        self._row: int | None = None
        self._column: int | None = None
        self._look: Look | None = None

    def tried(self, pieces: Iterable[Piece]) -> Pen:
        """A pen that did all this has done, and has drawn the pieces besides."""
        other = copy(self)
        other._parts = self._parts[:]  # noqa: SLF001 - a pen like this one
        for piece in pieces:
            other.draw(piece)
        return other

    @property
    def cost(self) -> int:
        """How many letters were collected."""
        return sum(map(len, self._parts))

    def taken(self) -> str:
        """What was collected, which is forgotten then."""
        data = "".join(self._parts)
        self._parts.clear()
        return data

    def plain(self) -> str:
        """What takes every attribute and colour away, before somebody else writes."""
        if self._look is PLAIN:
            return ""
        self._look = PLAIN
        return "\x1b[m"

    def draw(self, piece: Piece) -> None:
        """Draw a piece where it belongs."""
        self.move(piece.row, piece.start)
        match piece.kind:
            case Kind.TEXT:
                self._take(piece.look)
                self._write(piece.text, piece.width)
                if piece.odd:
                    self._column = None
            case Kind.BLANKS:
                self._take(piece.look, on_blanks=True)
                self._write(piece.text, piece.width)
            case Kind.WIPED:
                self._take(piece.look, on_blanks=True)
                self._parts.append(f"\x1b[{piece.width}X")
            case Kind.REST:
                self._take(piece.look, on_blanks=True)
                self._parts.append("\x1b[K")

    def _take(self, look: Look, *, on_blanks: bool = False) -> None:
        """Have what comes next look so; on blanks, one that shows the same on them may stay."""
        if self._look is not look and not (on_blanks and self._look and self._look.on_blank is look):
            self._parts.append(look.after(self._look))
            self._look = look

    def _write(self, text: str, width: int) -> None:
        self._parts.append(text)
        if self._column is not None:
            self._column += width
            if self._column >= self._width:
                self._column = None

    def shift(self, row: int, column: int, cells: int) -> None:
        """Move what stands right of a cell to the right by ``cells``, to the left where negative."""
        self.move(row, column)
        self._parts.append(f"\x1b[{cells}@" if cells > 0 else f"\x1b[{-cells}P")

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move the rows from ``top`` to ``bottom`` down by ``lines``, up where negative.

        The rows that come in are blank in an unknown look. Setting the margins moves the cursor, but where
        they are taken away not every terminal does as DEC's did.
        """
        count = str(abs(lines)) if abs(lines) > 1 else ""
        command = f"\x1b[{count}{'L' if lines > 0 else 'M'}"
        self._parts += (f"\x1b[{top + 1};{bottom + 1}r", f"\x1b[{top + 1}H", command, "\x1b[r")
        self._row = self._column = None

    def move(self, row: int, column: int) -> None:
        """Put the cursor on a cell."""
        if (row, column) != (self._row, self._column):
            self._parts.append(_way(self._row, self._column, row, column))
            self._row, self._column = row, column


@lru_cache(maxsize=4096)
def _way(from_row: int | None, from_column: int | None, row: int, column: int) -> str:
    """The shortest way of the cursor from one cell to another; nobody goes new ways at every key."""
    ways = [f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H"]
    if from_row is not None:
        down = _vertical(from_row, row)
        ways += [down + across for across in _horizontal(from_column, column)]
    return min(ways, key=len)


def _vertical(before: int, after: int) -> str:
    if before == after:
        return ""
    count = str(abs(after - before)) if abs(after - before) > 1 else ""
    step = f"\x1b[{count}{'B' if after > before else 'A'}"
    return min(step, f"\x1b[{after + 1}d", key=len)


def _horizontal(before: int | None, after: int) -> list[str]:
    ways = [f"\x1b[{after + 1}G"] if after else ["\r"]
    if before is None:
        return ways
    if before == after:
        return [""]
    if after > before:
        return [*ways, f"\x1b[{after - before}C" if after - before > 1 else "\x1b[C"]
    return [*ways, "\b" * (before - after) if before - after <= _FEW else f"\x1b[{before - after}D"]
