"""A row of the terminal, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tui.app.terminal.style import PLAIN, Style, on_blank

Cell = tuple[str, Style]
"""A letter and what is seen of its style."""

Row = list[Cell]

UNKNOWN: Cell = ("", PLAIN)
"""A cell of which nothing is known. It is never written."""

# Letters that take one cell everywhere: Latin, Greek, Cyrillic, and what the screens are made of.
_NARROW = re.compile("[ -~\xa1-\xac\xae-\u02af\u0370-\u0482\u048a-\u052f€…↑↓─-╿▌●▲▼✗]*")
# Fewer equal cells than this between two that differ are written again rather than skipped.
_GAP = 4


def is_narrow(text: str) -> bool:
    """Whether each letter takes one cell, whatever the terminal."""
    return text.isascii() or _NARROW.fullmatch(text) is not None


def cells_of(text: str, style: Style) -> Row:
    """The cells of a narrow text: two blanks that look the same are the same."""
    blank = (" ", on_blank(style))
    return [blank if letter == " " else (letter, style) for letter in text]


def differences(wanted: Row, shown: Row) -> Iterator[tuple[int, str, Style]]:
    """The texts, each at a column and in one style, that make a row show what is wanted."""
    for start, end in _changed_spans(wanted, shown):
        place = start
        for text, style in _in_styles(wanted[start:end]):
            yield place, text, style
            place += len(text)


def _changed_spans(wanted: Row, shown: Row) -> list[tuple[int, int]]:
    """The known cells (from, up to) that differ from what is shown, and the few equal ones between two."""
    spans: list[tuple[int, int]] = []
    for place, (now, was) in enumerate(zip(wanted, shown, strict=True)):
        if now in (was, UNKNOWN):
            continue
        start, end = spans[-1] if spans else (0, -_GAP)
        if place - end < _GAP and UNKNOWN not in wanted[end:place]:
            spans[-1] = start, place + 1
        else:
            spans.append((place, place + 1))
    return spans


def _in_styles(cells: Sequence[Cell]) -> Iterator[tuple[str, Style]]:
    """The texts, each in one style, that cells can be written as: blanks join letters that look like them."""
    text, style = "", cells[0][1]
    for letter, own in cells:
        if own == style or (letter == " " and own == on_blank(style)):
            text += letter
        elif text.strip() == "" and style == on_blank(own):
            text, style = text + letter, own
        else:
            yield text, style
            text, style = letter, own
    yield text, style
