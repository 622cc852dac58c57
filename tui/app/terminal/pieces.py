"""What is to be written to a row, piece by piece, each in one look."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from tui.app.terminal.looks import Look
from tui.app.terminal.rows import Row

# Fewer equal cells than this between two that differ are written again rather than skipped.
_GAP = 5
# Shorter rows of blanks are written, longer ones erased: at the end of a row, and before something else.
_REST = 4
_WIPED = 10


class Kind(Enum):
    """How a piece comes to be seen: text and blanks are written, the others erased."""

    TEXT = auto()
    BLANKS = auto()
    WIPED = auto()
    REST = auto()


class Piece(NamedTuple):
    """Cells of one row in one look, from column ``start`` (from 0).

    ``odd``: terminals may differ on where they end. Then the row's pieces are to keep their order.
    """

    kind: Kind
    row: int
    start: int
    width: int
    look: Look
    text: str = ""
    odd: bool = False


def pieces_of(number: int, wanted: Row, shown: Row, *, colours: bool, wipes: bool) -> Iterator[Piece]:
    """What makes a row show what is wanted.

    ``colours`` tells whether erasing takes the background's, ``wipes`` whether a part of a row can be erased.
    """
    width = len(wanted.letters)
    rest = wanted.blank_from()
    if width - rest < _REST or not _erasable(wanted.looks[-1], colours=colours):
        rest = width
    wiped = _WIPED if wipes else width + 1
    if rest < width and (wanted.odd or shown.odd) and wanted != shown:
        # Where its letters end, terminals may differ: nothing may be left behind them.
        yield Piece(Kind.REST, number, 0, width, wanted.looks[-1], odd=True)
        yield from _written(number, wanted, 0, rest, wiped, colours=colours)
        return
    for start, end in wanted.runs(shown, _GAP):
        yield from _written(number, wanted, start, min(end, max(rest, start)), wiped, colours=colours)
        if end > rest:
            at = max(start, rest)
            yield Piece(Kind.REST, number, at, width - at, wanted.looks[-1])
            return


def _erasable(look: Look, *, colours: bool) -> bool:
    return look.erases and (colours or look.back == "49")


def _written(  # noqa: PLR0913 - cells, and how they may be written
    number: int, row: Row, start: int, end: int, wiped: int, *, colours: bool
) -> Iterator[Piece]:
    """Cells, those of one look together; ``wiped`` blanks or more are erased where that can be."""
    begun, look, inked = start, None, False
    for place, stop, next_look in _parts(row, start, end):
        blank = row.letters[place] == " "
        erased = blank and stop - place >= wiped and _erasable(next_look, colours=colours)
        if look is not None and not erased and _goes_on(look, next_look, inked=inked, blank=blank):
            look, inked = look if blank else next_look, inked or not blank
            continue
        if look is not None:
            yield _piece(number, row, begun, place, look)
        begun, look, inked = (stop, None, False) if erased else (place, next_look, not blank)
        if erased:
            yield Piece(Kind.WIPED, number, place, stop - place, next_look)
    if look is not None:
        yield _piece(number, row, begun, end, look)


def _parts(row: Row, start: int, end: int) -> Iterator[tuple[int, int, Look]]:
    """The parts (from, up to) of one look that are all blank or have no blank."""
    letters, looks = row.letters, row.looks
    place = start
    while place < end:
        look, blank = looks[place], letters[place] == " "
        stop = place + 1
        while stop < end and looks[stop] is look and (letters[stop] == " ") == blank:
            stop += 1
        yield place, stop, look
        place = stop


def _goes_on(look: Look, next_look: Look, *, inked: bool, blank: bool) -> bool:
    """Whether a part can be written with what is before it: blanks look the same in the look of a text."""
    if blank:
        return next_look in (look, look.on_blank)
    return next_look is look or (not inked and next_look.on_blank is look)


def _piece(number: int, row: Row, start: int, end: int, look: Look) -> Piece:
    text = "".join(row.letters[start:end])
    kind = Kind.BLANKS if text.isspace() else Kind.TEXT
    return Piece(kind, number, start, end - start, look, text, row.odd)
