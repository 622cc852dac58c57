"""Reading what Textual writes: a frame is text put in places, in looks; all else is not drawn at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tui.app.terminal.looks import PLAIN, Look, look_of

_TOKEN = re.compile(r"\x1b\[(?:(\d+);(\d+)H|([\d;]*)m)|([^\x00-\x1f\x7f-\x9f]+)|\n")
# What changes nothing that is seen: modes and questions about them, the kitty keyboard protocol, titles and
# the clipboard, a bell.
_UNSEEN = re.compile(
    r"(?:\x1b\[\?[\d;]*(?:[hl]|\$p)|\x1b\[[<>=][\d;]*u|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x07)*"
)
_OTHER_SCREEN = "\x1b[?1049"


class Placed(NamedTuple):
    """Text in one look; ``start`` is where on its row (from 0) it begins, None: behind the text before it."""

    row: int
    start: int | None
    text: str
    look: Look


class Frame(NamedTuple):
    """Texts in the order they were drawn, and where the cursor was put last (row and column from 0)."""

    texts: Sequence[Placed]
    cursor: tuple[int, int] | None


def is_unseen(data: str) -> bool:
    """Whether ``data`` leaves all that the terminal shows as it is."""
    return _OTHER_SCREEN not in data and _UNSEEN.fullmatch(data) is not None


def read_frame(data: str) -> Frame | None:
    """The frame that ``data`` draws; None where it holds anything else, or begins at no known place."""
    texts: list[Placed] = []
    row = -1
    start: int | None = None
    look: Look | None = PLAIN
    place = 0
    for token in _TOKEN.finditer(data):
        if token.start() != place:
            return None
        place = token.end()
        down, right, codes, text = token.groups()
        if text is not None:
            if look is None or row < 0:
                return None
            texts.append(Placed(row, start, text, look))
            start = None
        elif down is not None:
            row, start = int(down) - 1, int(right) - 1
        elif codes is not None:
            if look is not PLAIN and codes not in ("", "0"):
                return None  # Textual ends a look before it begins another
            look = look_of(codes)
        else:
            row, start = row + 1, 0
    if place != len(data) or not texts:
        return None
    return Frame(texts, None if start is None else (row, start))
