"""Rows that moved up or down as they are: the terminal moves them itself, for a few bytes.

A region of rows is scrolled by VT100's DECSTBM with an index at its last row or a reverse index at its first;
xterm, the Linux console, PuTTY, tmux and screen know these, for nearly all full-screen programs use them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui.app.terminal.row import UNKNOWN, Row
from tui.app.terminal.style import PLAIN

# Rows, at most: further than a view follows its cursor, what it shows is another text.
_FURTHEST = 8
# A scroll takes about twenty bytes: fewer cells than this are written faster than moved.
_LEAST_SAVED = 60


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

    def applied(self, shown: Sequence[Row], width: int) -> list[Row]:
        """What the terminal shows then; of the rows that came in nothing is known."""
        rows = list(shown)
        for place in range(self.top, self.bottom + 1):
            source = place + self.up
            inside = self.top <= source <= self.bottom
            rows[place] = shown[source] if inside else Row([UNKNOWN] * width, [PLAIN] * width)
        return rows


def best_scroll(shown: Sequence[Row], wanted: Mapping[int, Row]) -> Scroll | None:
    """The scroll behind which the fewest cells are left to be written; None where none is worth it."""
    changed = [place for place in sorted(wanted) if wanted[place].letters != shown[place].letters]
    if len(changed) < 3:
        return None
    found: tuple[int, Scroll] | None = None
    for up in (step for far in range(1, _FURTHEST + 1) for step in (far, -far)):
        scroll = _scroll_by(up, changed, shown, wanted)
        saved = 0 if scroll is None else _saved_by(scroll, shown, wanted)
        if scroll is not None and saved > (_LEAST_SAVED if found is None else found[0]):
            found = saved, scroll
    return None if found is None else found[1]


def _scroll_by(
    up: int, changed: Sequence[int], shown: Sequence[Row], wanted: Mapping[int, Row]
) -> Scroll | None:
    """From the first to the last row that would find its text in its place."""
    found = [
        place
        for place in changed
        if 0 <= place + up < len(shown) and _is_text(wanted[place], shown[place + up])
    ]
    if len(found) < 2:
        return None
    first, last = found[0], found[-1]
    return Scroll(min(first, first + up), max(last, last + up), up)


def _is_text(now: Row, was: Row) -> bool:
    """Whether a row has the letters of another and is not blank, whatever the scroll bar at its end."""
    letters = now.letters[:-1]
    return letters == was.letters[:-1] and UNKNOWN not in letters and any(one != " " for one in letters)


def _saved_by(scroll: Scroll, shown: Sequence[Row], wanted: Mapping[int, Row]) -> int:
    """How many cells fewer are to be written behind it."""
    width = len(shown[0].letters)
    after = scroll.applied(shown, width)
    saved = 0
    for place in range(scroll.top, scroll.bottom + 1):
        now = wanted.get(place, shown[place])
        saved += _differing(now, shown[place]) - _differing(now, after[place])
    return saved


def _differing(now: Row, was: Row) -> int:
    if now is was:
        return 0
    cells = zip(now.letters, was.letters, now.styles, was.styles, strict=True)
    return sum(letter != before or style is not old for letter, before, style, old in cells)
