"""Between what Textual writes and the terminal: what draws is written as a diff, all else as it is."""

from __future__ import annotations

import re

from tui.app.terminal.parse import is_unseen, parse
from tui.app.terminal.screen_diff import ScreenDiff

# Textual puts these around a frame where the terminal can hold back what it shows until a frame is whole.
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
# Some terminals obey these as well; Textual never writes them, so they come from what is shown.
_SECOND_CONTROLS = re.compile("[\x80-\x9f]")
# A frame that fits into one write of a line to the terminal is seen whole anyway.
_SEEN_WHOLE = 1024


class Painter:
    """What of Textual's writing the terminal has to be told, which has ``size``: columns and rows."""

    def __init__(self, size: tuple[int, int], *, erases_in_colour: bool) -> None:
        self._size = size
        self._screen = ScreenDiff(*size, erases_in_colour=erases_in_colour)
        self._synchronised = False
        self._stale = False

    def forget(self) -> None:
        """Something else wrote to the terminal: write everything anew when it is drawn again."""
        self._stale = True

    def resized(self, size: tuple[int, int]) -> None:
        """Textual draws everything anew then, but not where the size is what it was."""
        self._stale = self._stale or size != self._size
        self._size = size

    def written(self, data: str) -> str:
        """What of ``data`` the terminal does not show yet."""
        if data in (_SYNC_START, _SYNC_END):
            self._synchronised = data == _SYNC_START
            return ""
        if self._stale:
            self._stale = False
            self._screen.resize(*self._size)
        drawn = parse(data)
        if drawn is None:
            data = _SECOND_CONTROLS.sub("", data)
            if not is_unseen(data):
                self._stale = True
            return self._screen.reset() + data
        painted = self._screen.diff(drawn)
        if self._synchronised and len(painted) > _SEEN_WHOLE:
            return _SYNC_START + painted + _SYNC_END
        return painted
