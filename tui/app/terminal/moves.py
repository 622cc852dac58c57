"""Rows that moved: found by what they show, and moved by the terminal itself, as vi and curses do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import ne
from typing import NamedTuple

from tui.app.terminal.rows import Row

# What moving costs, in cells that could be written instead.
_COST = 24
_LEAST_ROWS = 3
_NEVER = 1 << 30
# Fewer cells than this are written rather than shifted, and what a shift costs in them.
_LEAST_SHIFTED = 16
_SHIFT_COST = 12
# Line numbers at the start of a row and a scroll bar at its end do not move with it.
_MIDDLE = slice(10, -2)


class Move(NamedTuple):
    """The rows from ``top`` to ``bottom`` (from 0, both included) go down by ``lines``, up where negative."""

    top: int
    bottom: int
    lines: int


def best_move(shown: Sequence[Row], wanted: Mapping[int, Row]) -> Move | None:
    """The move that saves most, where rows are ``wanted`` other than ``shown``; None where none saves."""
    if len(wanted) < _LEAST_ROWS:
        return None
    first, last = min(wanted), max(wanted)
    rows = [wanted.get(number, shown[number]) for number in range(first, last + 1)]
    before = shown[first : last + 1]
    candidates = _candidates(rows, before)
    if not candidates:
        return None
    here = [_difference(now, was) for now, was in zip(rows, before, strict=True)]
    best, saved = None, _COST
    for lines in candidates:
        top, bottom, gain = _best_part(rows, before, here, lines)
        if gain > saved:
            best, saved = Move(first + top, first + bottom, lines), gain
    return best


def _candidates(rows: Sequence[Row], before: Sequence[Row]) -> list[int]:
    """By how many lines rows seem to have moved."""
    places: dict[str, int] = {}
    for number, row in enumerate(before):
        places.setdefault("".join(row.letters[_MIDDLE]), number)
    votes = Counter(
        number - places[text]
        for number, row in enumerate(rows)
        if (text := "".join(row.letters[_MIDDLE])) in places and not text.isspace()
    )
    return [lines for lines, votes in votes.most_common(3) if lines and votes > 1]


def _difference(now: Row, was: Row) -> int:
    return 0 if now is was or now.letters == was.letters else sum(map(ne, now.letters, was.letters))


def _best_part(
    rows: Sequence[Row], before: Sequence[Row], here: Sequence[int], lines: int
) -> tuple[int, int, int]:
    """Of the rows to move by ``lines``: the first, the last, and how many cells need not be written then."""
    best = (0, 0, 0)
    start, gain = 0, -_NEVER
    downward = lines > 0
    for number in range(lines, len(rows)) if downward else range(len(rows) + lines - 1, -1, -1):
        come_in = range(number - lines, number) if downward else range(number + 1, number - lines + 1)
        anew = sum(here[one] - rows[one].blank_from() for one in come_in)
        if anew >= gain:
            start, gain = number, anew
        gain += here[number] - _difference(rows[number], before[number - lines])
        if gain > best[2]:
            best = (start - lines, number, gain) if downward else (number, start - lines, gain)
    return best


class Shift(NamedTuple):
    """What stands from ``start`` on goes right by ``cells``, left where negative."""

    start: int
    cells: int


def best_shift(shown: Row, wanted: Row) -> Shift | None:
    """The shift that saves most of writing a row anew; None where none saves."""
    if shown.odd or wanted.odd:
        return None
    old, new = shown.blank_from(), wanted.blank_from()
    cells = new - old
    if not cells or max(old, new) + abs(cells) > len(shown.letters):
        return None
    same = _same_end(shown, old, wanted, new)
    if same < _LEAST_SHIFTED:
        return None
    start = _same_start(shown, wanted, min(old, new) - same)
    left = wanted.differing(shown.shifted(start, cells))
    saved = len(wanted.differing(shown)) - len(left)
    return Shift(start, cells) if saved > _SHIFT_COST else None


def _same_end(shown: Row, old: int, wanted: Row, new: int) -> int:
    """How many cells before ``old`` are those before ``new``."""
    same = 0
    while same < min(old, new) and (
        shown.letters[old - same - 1] == wanted.letters[new - same - 1]
        and shown.looks[old - same - 1] is wanted.looks[new - same - 1]
    ):
        same += 1
    return same


def _same_start(shown: Row, wanted: Row, most: int) -> int:
    place = 0
    while place < most and (
        shown.letters[place] == wanted.letters[place] and shown.looks[place] is wanted.looks[place]
    ):
        place += 1
    return place
