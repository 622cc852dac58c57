"""Text in columns, counted in the cells a terminal gives each character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_WIDE = ("W", "F")
_ZERO = ("Mn", "Me", "Cf")
SCARCE = 20


def cells(text: str) -> int:
    """How many cells of a terminal ``text`` takes."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(letter: str) -> int:
    if unicodedata.category(letter) in _ZERO:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1


def padded(text: str, width: int) -> str:
    """``text`` with blanks up to ``width`` cells."""
    return text + " " * (width - cells(text))


def shortened(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells, cut in the middle; most of its end stays, where names differ."""
    if cells(text) <= width:
        return text
    head = beginning(text, (width - 1) // 3)
    tail = beginning(text[::-1], width - 1 - cells(head))[::-1]
    return f"{head}…{tail}"


def shortened_path(text: str, width: int) -> str:
    """Like :func:`shortened`; where space is scarce the folders go first."""
    if cells(text) <= width:
        return text
    name = text.rpartition("/")[2] or text
    return shortened(name if width < SCARCE else text, width)


def beginning(text: str, width: int) -> str:
    """As much of the start of ``text`` as takes at most ``width`` cells; looks no further than that."""
    taken = 0
    for place, letter in enumerate(text):
        taken += _cells_of(letter)
        if taken > width:
            return text[:place]
    return text


class Column(NamedTuple):
    """``title``, and a ``brief`` one where space is scarce; ``most`` cells at most (None: what is left)."""

    title: str
    brief: str
    most: int | None


def rows_in_columns(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int
) -> Iterator[Sequence[str]]:
    """Titles and rows, every cell cut and padded so that the whole takes at most ``width`` cells.

    The column without a limit holds paths and gives way: down to 20 cells at first, and further once titles
    and gaps are brief.
    """
    cut = [
        [
            text if column.most is None else shortened(text, column.most)
            for text, column in zip(row, columns, strict=True)
        ]
        for row in rows
    ]
    layouts = (
        ([column.title for column in columns], "  ", SCARCE),
        ([column.brief for column in columns], " ", 1),
    )
    for titles, gap, least in layouts:
        widths = [max(map(cells, texts)) for texts in zip(titles, *cut, strict=True)]
        elastic = next(place for place, column in enumerate(columns) if column.most is None)
        excess = max(0, sum(widths) + len(gap) * (len(widths) - 1) - width)
        if widths[elastic] - excess >= min(least, widths[elastic]):
            break
    widths[elastic] = max(widths[elastic] - excess, cells(titles[elastic]))
    for row in (titles, *cut):
        texts = [
            padded((shortened_path if place == elastic else shortened)(text, widths[place]), widths[place])
            for place, text in enumerate(row)
        ]
        yield [text + gap for text in texts[:-1]] + [texts[-1].rstrip()]
