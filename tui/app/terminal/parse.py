"""Parsing what Textual writes: runs of text put in places, each in a style; all else does not draw."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui.app.terminal.style import PLAIN, Style, style_of

_TOKEN = re.compile(r"\x1b\[(?:(\d+);(\d+)H|((?:\d+(?:;\d+)*)?)m)|([^\x00-\x1f\x7f-\x9f]+)|\n")
# What changes nothing that is seen: modes and questions about them, the kitty keyboard protocol, titles and
# the clipboard, a bell.
_UNSEEN = re.compile(
    r"(?:\x1b\[\?[\d;]*(?:[hl]|\$p)|\x1b\[[<>=][\d;]*u|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x07)*"
)


class Run(NamedTuple):
    """Text in one style, from column ``start`` of its row (from 0); None: behind the text before it."""

    start: int | None
    text: str
    style: Style


class ParsedRuns(NamedTuple):
    """The runs of each row in the order they were drawn, and where the cursor was put last (both from 0)."""

    rows: Mapping[int, Sequence[Run]]
    cursor: tuple[int, int] | None


def is_unseen(data: str) -> bool:
    """Whether ``data`` leaves all that the terminal shows as it is."""
    return "\x1b[?1049" not in data and _UNSEEN.fullmatch(data) is not None


def parse(data: str) -> ParsedRuns | None:
    """What ``data`` draws; None where it holds anything else, or begins at no known place."""
    rows: dict[int, list[Run]] = {}
    row = -1
    start: int | None = None
    style: Style | None = PLAIN
    place = 0
    for token in _TOKEN.finditer(data):
        if token.start() != place:
            return None
        place = token.end()
        down, right, codes, text = token.groups()
        if text is not None:
            if style is None or row < 0:
                return None
            rows.setdefault(row, []).append(Run(start, text, style))
            start = None
        elif down is not None:
            row, start = int(down) - 1, int(right) - 1
        elif codes is not None:
            if style != PLAIN and codes not in ("", "0"):
                return None  # Textual ends a style before it begins another
            style = style_of(codes)
        else:
            row, start = row + 1, 0
    if place != len(data) or not rows:
        return None
    return ParsedRuns(rows, None if start is None else (row, start))
