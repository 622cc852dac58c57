"""A row of the terminal, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

from tui.app.terminal.looks import PLAIN, Look

# Letters that take one cell everywhere: Latin, Greek, Cyrillic, and what the screens are made of.
_NARROW = re.compile("[ -~\xa1-\xac\xae-\u02af\u0370-\u0482\u048a-\u052f…│┃─▌●▲▼✗]*")
# No text holds it: a cell of which nothing is known equals no other. It is never written.
_UNKNOWN = "\0"


class Row:
    """What each cell shows, and how it looks.

    A wide letter stands in its first cell, and the cells behind it are empty. ``odd`` tells of letters about
    whose width terminals may differ.
    """

    __slots__ = ("_blank_from", "letters", "looks", "odd")

    def __init__(self, letters: list[str], looks: list[Look], odd: bool = False) -> None:
        self.letters = letters
        self.looks = looks
        self.odd = odd
        self._blank_from: int | None = None

    @classmethod
    def unknown(cls, width: int) -> Row:
        """A row of which nothing is known."""
        return cls([_UNKNOWN] * width, [PLAIN] * width)

    @property
    def is_known(self) -> bool:
        """Whether it is known what every cell shows."""
        return _UNKNOWN not in self.letters

    def copied(self) -> Row:
        """The same cells again."""
        return Row(self.letters[:], self.looks[:], self.odd)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self.letters == other.letters and self.looks == other.looks

    __hash__ = None  # type: ignore[assignment]  # cells change

    def put(self, start: int, text: str, look: Look) -> int:
        """Write ``text`` from a cell on; the cell behind it. What is right of the last cell is lost."""
        self._blank_from = None
        cells, odd = _cells_of(text)
        if not cells and 0 < start <= len(self.letters):
            self.letters[start - 1] += text  # all of it joins the letter before
            self.odd = True
        end = start + len(cells)
        room = len(self.letters) - start
        if len(cells) > room:
            cells = _cut(cells, max(room, 0))
        if odd or self.odd:
            self._halve(start, start + len(cells))
            self.odd = self.odd or odd
        blank = look.on_blank
        self.letters[start : start + len(cells)] = cells
        self.looks[start : start + len(cells)] = (
            [look] * len(cells)
            if blank is look or " " not in text
            else [blank if letter == " " else look for letter in cells]
        )
        return end

    def shifted(self, start: int, cells: int) -> Row:
        """The row with what stands from ``start`` on moved to the right by ``cells``, left where negative."""
        new, width = [_UNKNOWN] * abs(cells), len(self.letters)
        plain = [PLAIN] * abs(cells)
        letters, looks = self.letters, self.looks
        if cells > 0:
            letters = [*letters[:start], *new, *letters[start : width - cells]]
            looks = [*looks[:start], *plain, *looks[start : width - cells]]
        else:
            letters = [*letters[:start], *letters[start - cells :], *new]
            looks = [*looks[:start], *looks[start - cells :], *plain]
        return Row(letters, looks, self.odd)

    def _halve(self, start: int, end: int) -> None:
        """Blank what is left of wide letters of which the cells from ``start`` to ``end`` take a part."""
        letters = self.letters
        place = start
        while place > 0 and place < len(letters) and not letters[place]:
            place -= 1
            letters[place] = letters[place + 1] = " "
        while end < len(letters) and not letters[end]:
            letters[end] = " "
            end += 1

    def runs(self, other: Row, gap: int) -> list[tuple[int, int]]:
        """The known cells (from, up to) that differ from ``other``'s; where one row is odd, all or none.

        Fewer than ``gap`` equal cells between two that differ are taken with them.
        """
        cells = self.differing(other)
        if not self.is_known:
            cells = [cell for cell in cells if self.letters[cell] != _UNKNOWN]
        found: list[tuple[int, int]] = []
        start, end = 0, -gap
        for cell in cells:
            if cell - end >= gap or (cell > end and not self._are_known(end, cell)):
                found.append((start, end))
                start = cell
            end = cell + 1
        return [*found[1:], (start, end)] if found else found

    def _are_known(self, start: int, end: int) -> bool:
        return _UNKNOWN not in self.letters[start:end]

    def differing(self, other: Row) -> Sequence[int]:
        """The cells that differ from ``other``'s; where one row is odd, all or none."""
        if self == other:
            return ()
        if self.odd or other.odd:
            return range(len(self.letters))
        if self.looks == other.looks:
            pairs = zip(self.letters, other.letters, strict=True)
            return [place for place, (now, was) in enumerate(pairs) if now != was]
        cells = zip(self.letters, other.letters, self.looks, other.looks, strict=True)
        return [place for place, (now, was, look, old) in enumerate(cells) if now != was or look is not old]

    def blank_from(self) -> int:
        """Where the blanks of one look that end the row begin."""
        if self._blank_from is None:
            self._blank_from = self._find_blanks()
        return self._blank_from

    def _find_blanks(self) -> int:
        letters, looks = self.letters, self.looks
        place, look = len(letters), looks[-1]
        while place > 0 and letters[place - 1] == " " and looks[place - 1] is look:
            place -= 1
        return place


def _cells_of(text: str) -> tuple[list[str], bool]:
    """The cells a text takes, and whether terminals may differ on that."""
    if text.isascii() or _NARROW.fullmatch(text) is not None:
        return list(text), False
    widths = [cell_len(letter) for letter in text]
    if sum(widths) != (width := cell_len(text)):  # letters that join: nobody but the terminal knows how
        return [text, *[""] * (width - 1)], True
    cells: list[str] = []
    for letter, wide in zip(text, widths, strict=True):
        if wide:
            cells += (letter, *[""] * (wide - 1))
        elif cells:
            cells[_lettered(cells)] += letter
    return cells, True


def _lettered(cells: list[str]) -> int:
    """The last cell with a letter."""
    return max(place for place, letter in enumerate(cells) if letter)


def _cut(cells: list[str], room: int) -> list[str]:
    """As many cells as there is room for; of a wide letter that is cut blanks are left."""
    kept = cells[:room]
    if not cells[room]:
        while kept and not kept[-1]:
            kept.pop()
        kept = kept[:-1]
    return kept + [" "] * (room - len(kept))
