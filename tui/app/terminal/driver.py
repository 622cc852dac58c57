"""The driver between Textual and the terminal, which writes no more than the terminal has to be told."""

from __future__ import annotations

import os
import re
import signal
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver

from tui.app.terminal.frames import is_unseen, read_frame
from tui.app.terminal.painter import Abilities, Painter

if TYPE_CHECKING:
    from textual.message import Message

# Textual puts these around a frame where the terminal can hold back what it shows until a frame is whole.
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
# Some terminals obey these as well; Textual never writes them, so they come from what is shown.
_SECOND_CONTROLS = re.compile("[\x80-\x9f]")
# A frame that fits into one write of a line to the terminal is seen whole anyway.
_SEEN_WHOLE = 1024


# What undoes the modes we set: paste, wrap, in-band sizes, mouse, keyboard protocol, screen, cursor, focus.
_PUT_BACK = (
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"
)


class LeanDriver(LinuxDriver):
    """Textual's driver for Unix, with a painter between it and the terminal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._painter = Painter(*self._get_terminal_size(), abilities_of_terminal())
        self._synchronised = False
        self._stale = False

    @property
    def can_suspend(self) -> bool:
        """Whether a shell goes on when we stop: one that gave us a process group of our own."""
        return os.getpgrp() != os.getsid(0)

    def start_application_mode(self) -> None:
        """Take the terminal, and hear of it when its size changes: what it shows then, nobody knows."""
        self._stale = True
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual left its types out
        resized = signal.getsignal(signal.SIGWINCH)

        def on_resize(number: int, frame: Any) -> None:
            self._resized(*self._get_terminal_size())
            if callable(resized):
                resized(number, frame)

        signal.signal(signal.SIGWINCH, on_resize)

    def process_message(self, message: Message) -> None:
        """As the base does; some terminals tell of their new size in band."""
        if isinstance(message, events.Resize):
            self._resized(*message.size)
        super().process_message(message)

    def _resized(self, width: int, height: int) -> None:
        """Textual paints everything anew then, but not where the size is what it was."""
        self._stale = self._stale or (width, height) != self._painter.size

    def put_back(self) -> None:
        """Give the terminal back at once, as :meth:`stop_application_mode` does in its time."""
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        with suppress(OSError):
            os.set_blocking(2, False)
            os.write(2, _PUT_BACK)

    def forget(self) -> None:
        """Something else wrote to the terminal: paint everything anew at the next frame."""
        self._stale = True

    def write(self, data: str) -> None:
        """Write what of ``data`` the terminal does not show yet."""
        lean = self._lean(data)
        if lean:
            super().write(lean)

    def _lean(self, data: str) -> str:
        if data in (_SYNC_START, _SYNC_END):
            self._synchronised = data == _SYNC_START
            return ""
        if self._stale:
            self._stale = False
            self._painter.resize(*self._get_terminal_size())
        frame = read_frame(data)
        if frame is None:
            data = _SECOND_CONTROLS.sub("", data)
            if not is_unseen(data):
                self._stale = True
            return self._painter.plain() + data
        painted = self._painter.paint(frame)
        if self._synchronised and len(painted) > _SEEN_WHOLE:
            return _SYNC_START + painted + _SYNC_END
        return painted


def abilities_of_terminal() -> Abilities:
    """What terminfo says of this terminal; little, where it knows nothing."""
    try:
        import curses  # noqa: PLC0415 - not every Python has it

        curses.setupterm()
    except Exception:
        return Abilities(False, False, False, False)

    def has(*names: str) -> bool:
        return all(curses.tigetstr(name) for name in names)

    return Abilities(
        moves_rows=has("csr", "il1", "dl1"),
        moves_cells=has("ich", "dch"),
        erases_cells=has("ech"),
        erases_in_colour=curses.tigetflag("bce") > 0,
    )
