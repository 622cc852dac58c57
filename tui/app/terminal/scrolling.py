"""Rows that moved up or down as they are: the terminal moves them itself, for a few bytes.

A region of rows is scrolled by VT100's DECSTBM with an index at its last row or a reverse index at its first;
xterm, the Linux console, PuTTY, tmux and screen know these, for nearly all full-screen programs use them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from tui.app.terminal.row import UNKNOWN, Row

# Rows, at most: further than a view follows its cursor, what it shows is another text.
_FURTHEST = 8
# A scroll takes about twenty bytes: fewer cells than this are written faster than moved.
_LEAST_SAVED = 60
_LETTER = itemgetter(0)


class Scroll(NamedTuple):
    """The rows ``top`` to ``bottom`` (from 0, both with it) go ``up`` by so many, down where negative."""

    top: int
    bottom: int
    up: int

    @property
    def sequence(self) -> str:
        """What has a terminal do it; its cursor is in the corner then."""
        at = self.bottom if self.up > 0 else self.top
        moved = "\n" * self.up if self.up > 0 else "\x1bM" * -self.up
        return f"\x1b[{self.top + 1};{self.bottom + 1}r\x1b[{at + 1}H{moved}\x1b[r"

    def applied(self, shown: Sequence[Row]) -> list[Row]:
        """What the terminal shows then; of the rows that came in nothing is known."""
        rows = list(shown)
        for place in range(self.top, self.bottom + 1):
            source = place + self.up
            inside = self.top <= source <= self.bottom
            rows[place] = shown[source] if inside else [UNKNOWN] * len(shown[place])
        return rows


def best_scroll(shown: Sequence[Row], wanted: Sequence[Row]) -> Scroll | None:
    """The scroll behind which the fewest cells are left to be written; None where none is worth it."""
    saved = {
        scroll: _differing(wanted, shown) - _differing(wanted, scroll.applied(shown))
        for scroll in _scrolls(shown, wanted)
    }
    best = max(saved, key=saved.__getitem__, default=None)
    return best if best is not None and saved[best] > _LEAST_SAVED else None


def _scrolls(shown: Sequence[Row], wanted: Sequence[Row]) -> Iterator[Scroll]:
    """Those that bring some rows their text, each from the first to the last of these rows."""
    now = {place: _text(row) for place, row in enumerate(wanted) if row is not shown[place]}
    was = [_text(row) for row in shown] if len(now) > 1 else []
    came = [place for place, text in now.items() if was and text.strip() and text != was[place]]
    for up in sorted(range(-_FURTHEST, _FURTHEST + 1), key=abs):
        found = [place for place in came if 0 <= place + up < len(was) and now[place] == was[place + up]]
        if len(found) < 2:
            continue
        scroll = Scroll(min(found[0], found[0] + up), max(found[-1], found[-1] + up), up)
        # What nobody knows cannot be written again where it stood.
        if not any(UNKNOWN in row for row in wanted[scroll.top : scroll.bottom + 1]):
            yield scroll


def _text(row: Row) -> str:
    """Its letters, without the scroll bar that may end it."""
    return "".join(map(_LETTER, row[:-1]))


def _differing(now: Sequence[Row], was: Sequence[Row]) -> int:
    """How many cells."""
    rows = (pair for pair in zip(now, was, strict=True) if pair[0] is not pair[1])
    return sum(cell != old for row, before in rows for cell, old in zip(row, before, strict=True))
