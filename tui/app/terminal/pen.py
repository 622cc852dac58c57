"""The pen: where the terminal's cursor is and how it writes, and the fewest bytes to have it elsewhere."""

from __future__ import annotations

from tui.app.terminal.looks import PLAIN, Look

_FEW = 4


class Pen:
    """Collects what is to be written; its place (from 0) and look are kept between frames.

    A place of None is unknown: so it is at the start, and behind the last cell of a row.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._row: int | None = None
        self._column: int | None = None
        self._look: Look | None = None

    def taken(self) -> str:
        """What was collected, which is forgotten then."""
        data = "".join(self._parts)
        self._parts.clear()
        return data

    def lost(self) -> None:
        """Somebody else wrote: place and look are unknown now."""
        self._row = self._column = self._look = None

    def plain(self) -> str:
        """What takes every attribute and colour away, before somebody else writes."""
        if self._look is PLAIN:
            return ""
        self._look = PLAIN
        return "\x1b[m"

    def write(self, text: str, width: int, look: Look, *, at_end: bool) -> None:
        """Write ``text``, ``width`` columns wide, here; ``at_end`` tells that the row ends behind it."""
        self._parts += (look.after(self._look), text)
        self._look = look
        self._column = None if at_end or self._column is None else self._column + width

    def write_blanks(self, count: int, look: Look, *, at_end: bool) -> None:
        """Write blanks; a look that shows the same on them may stay."""
        if self._look is not None and self._look.on_blank is look:
            look = self._look
        self.write(" " * count, count, look, at_end=at_end)

    def erase(self, look: Look) -> None:
        """Blank the rest of the row in a look that erases."""
        if self._look is None or self._look.on_blank is not look:
            self._parts.append(look.after(self._look))
            self._look = look
        self._parts.append("\x1b[K")

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move the rows from ``top`` to ``bottom`` down by ``lines`` (up where negative).

        The rows that come in are blank in an unknown look. Setting the margins puts the cursor at home.
        """
        count = str(abs(lines)) if abs(lines) > 1 else ""
        command = f"\x1b[{count}{'L' if lines > 0 else 'M'}"
        self._parts += (f"\x1b[{top + 1};{bottom + 1}r", f"\x1b[{top + 1}H", command, "\x1b[r")
        self._row = self._column = 0

    def move(self, row: int, column: int) -> None:
        """Put the cursor on a cell."""
        if (row, column) != (self._row, self._column):
            self._parts.append(min(self._ways(row, column), key=len))
            self._row, self._column = row, column

    def _ways(self, row: int, column: int) -> list[str]:
        ways = [f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H"]
        if self._row is None:
            return ways
        down = min(_vertical(self._row, row), key=len)
        ways += [down + across for across in _horizontal(self._column, column)]
        return ways


def _vertical(before: int, after: int) -> list[str]:
    if before == after:
        return [""]
    step = f"\x1b[{abs(after - before)}" if abs(after - before) > 1 else "\x1b["
    return [step + ("B" if after > before else "A"), f"\x1b[{after + 1}d"]


def _horizontal(before: int | None, after: int) -> list[str]:
    ways = [f"\x1b[{after + 1}G"] if after else ["\r"]
    if before is None:
        return ways
    if before == after:
        return [""]
    if after > before:
        return [*ways, f"\x1b[{after - before}C" if after - before > 1 else "\x1b[C"]
    return [*ways, "\b" * (before - after) if before - after <= _FEW else f"\x1b[{before - after}D"]
