"""Text in columns, counted in the cells a terminal gives each character."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


def apart(texts: Iterable[str], width: int, cut: Callable[[str, int], str]) -> Mapping[str, str]:
    """Each text as ``cut`` shortens it to ``width`` cells; where two would look alike, what differs is shown.

    Their common parts are shortened further for that. ``width`` may be too small to tell all apart.
    """
    shown = {text: cut(text, width) for text in texts}
    alike: dict[str, list[str]] = {}
    for text, short in shown.items():
        alike.setdefault(short, []).append(text)
    for group in alike.values():
        if len(group) > 1:
            shown |= _told_apart(group, width, cut)
    return shown


def _told_apart(group: Sequence[str], width: int, cut: Callable[[str, int], str]) -> Mapping[str, str]:
    """The first of the ways to cut, from long ends to none, in which no two look alike; else the best."""
    first, last = min(group), max(group)  # what these two have in common, all have
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    start = max((len(first) if same is None else same) - 1, 0)
    best: Mapping[str, str] = {}
    for tail in range(max((width - 4) // 2, 0), -1, -1):
        way = {text: cut(_around(text, start, width, tail), width) for text in group}
        if len(set(way.values())) > len(set(best.values())):
            best = way
        if len(set(best.values())) == len(group):
            break
    return best


def _around(text: str, start: int, width: int, tail: int) -> str:
    """A text with what begins at ``start``, and a little of its head and ``tail`` letters of its end."""
    head = min(tail // 2, start)
    size = max(width - head - tail - 2, 1)
    behind = text[start + size :]
    after = behind if len(behind) <= tail + 1 else f"…{behind[len(behind) - tail :]}"
    shown = f"{text[start : start + size]}{after}"
    head = max(head, width - len(shown) - 1)
    return f"{text[:start] if start <= head + 1 else f'{text[:head]}…'}{shown}"


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
    names = apart((row[elastic] for row in (titles, *cut)), widths[elastic], shortened_path)
    for row in (titles, *cut):
        texts = [
            padded(names[text] if place == elastic else shortened(text, widths[place]), widths[place])
            for place, text in enumerate(row)
        ]
        yield [text + gap for text in texts[:-1]] + [texts[-1].rstrip()]
