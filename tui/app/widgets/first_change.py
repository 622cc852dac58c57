"""How far a diff is scrolled so that its first change is seen: also in a line longer than the screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from tui.app.widgets.spans import cells
from tui.editing import PreviewLine
from tui.formats.text_diff import Sign

_CHANGES = (Sign.ADDED, Sign.REMOVED, Sign.CHANGED)


def offset_of_change(rows: Sequence[PreviewLine], width: int, height: int) -> tuple[int, int]:
    """The cells to the right and the lines down; ``width`` and ``height`` are what is seen of the text.

    What is in view without scrolling needs none. As much as fits of the lines above the change stays, and a
    third of the width before the part that differs.
    """
    first = next((y for y, row in enumerate(rows) if row.sign in _CHANGES), None)
    if first is None:
        return 0, 0
    changed = [*takewhile(lambda row: row.sign in _CHANGES, rows[first:])]
    down = max(first - max(height - len(changed), 0), 0)
    start, end = rows[first].part
    before, inside = (cells(part) for part in (rows[first].text[:start], rows[first].text[start:end]))
    right = 0 if before + min(inside, width // 2) < width else before - width // 3
    return right, down
