"""A row of the terminal, cell by cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rich.cells import cell_len

from tui.app.terminal.style import Style

# Letters that take one cell everywhere: Latin, Greek, Cyrillic, and what the screens are made of.
_NARROW = re.compile("[ -~\xa1-\xac\xae-\u02af\u0370-\u0482\u048a-\u052f…│┃─▌●▲▼✗]*")
# No text holds it: a cell of which nothing is known. It is never written.
UNKNOWN = "\0"
# Fewer equal cells than this between two that differ are written again rather than skipped.
_GAP = 5


class Row:
    """What each cell shows, and in which style.

    A wide letter stands in its first cell, and the cells behind it are empty. ``odd`` tells of letters about
    whose width terminals may differ.
    """

    __slots__ = ("letters", "odd", "styles")

    def __init__(self, letters: list[str], styles: list[Style], odd: bool = False) -> None:
        self.letters = letters
        self.styles = styles
        self.odd = odd

    def copied(self) -> Row:
        """A row of its own with the same cells: writing into one changes not the other."""
        return Row(self.letters[:], self.styles[:], self.odd)

    def put(self, start: int, text: str, style: Style) -> int:
        """Write ``text`` from a cell on; the cell behind it. What is right of the last cell is lost."""
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
        blank = style.on_blank
        self.letters[start : start + len(cells)] = cells
        self.styles[start : start + len(cells)] = (
            [style] * len(cells)
            if blank is style
            else [blank if letter == " " else style for letter in cells]
        )
        return end

    def settle(self) -> None:
        """Forget letters of disputed width that were written over."""
        self.odd = self.odd and _NARROW.fullmatch("".join(self.letters)) is None

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

    def runs(self, shown: Row) -> list[tuple[int, int]]:
        """The known cells (from, up to) that differ from what is shown; where one row is odd, all or none.

        A few equal cells between two that differ are taken with them.
        """
        found: list[tuple[int, int]] = []
        for cell in self._differing(shown):
            if self.letters[cell] == UNKNOWN:
                continue
            if found and cell - found[-1][1] < _GAP and UNKNOWN not in self.letters[found[-1][1] : cell]:
                found[-1] = (found[-1][0], cell + 1)
            else:
                found.append((cell, cell + 1))
        return found

    def _differing(self, shown: Row) -> Iterable[int]:
        if self.odd or shown.odd:
            return range(len(self.letters))
        cells = zip(self.letters, shown.letters, self.styles, shown.styles, strict=True)
        return [place for place, (now, was, style, old) in enumerate(cells) if now != was or style is not old]

    def same_style(self, start: int, end: int) -> tuple[int, Style]:
        """Up to where, before ``end``, cells can be written in one style from ``start`` on, and in which."""
        style, place = self.styles[start], start + 1
        blank = self.letters[start] == " "
        while place < end:
            next_style = self.styles[place]
            if self.letters[place] == " ":
                if next_style is not style and next_style is not style.on_blank:
                    break
            elif blank and next_style.on_blank is style:
                style, blank = next_style, False
            elif next_style is not style:
                break
            else:
                blank = False
            place += 1
        return place, style

    def blank_from(self) -> int:
        """Where the blanks of one style that end the row begin."""
        letters, styles = self.letters, self.styles
        place, style = len(letters), styles[-1]
        while place > 0 and letters[place - 1] == " " and styles[place - 1] is style:
            place -= 1
        return place

    def ground(self) -> Style | None:
        """What most cells show where they are blank; None where nobody may erase the row first."""
        if self.odd or UNKNOWN in self.letters:
            return None
        counted = Counter(style.on_blank for style in self.styles)
        return counted.most_common(1)[0][0]


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
            cells[max(place for place, one in enumerate(cells) if one)] += letter
    return cells, True


def _cut(cells: list[str], room: int) -> list[str]:
    """As many cells as there is room for; of a wide letter that is cut blanks are left."""
    kept = cells[:room]
    if not cells[room]:
        while kept and not kept[-1]:
            kept.pop()
        kept = kept[:-1]
    return kept + [" "] * (room - len(kept))
