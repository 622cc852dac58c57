"""How the screen ends other than by choice: by a signal, a terminal that closes, an internal error.

Whatever it is, the terminal is put back, the edits stay in the journal, and the status tells it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from tui import posix
from tui.visible import visible_lines

# At a second signal, or so many seconds after the first, we end without waiting, say for a dead mount or a
# full pipe.
_PATIENCE = 5.0
# Every signal that ends a program unless it is handled (signal(7)), but SIGKILL, those that an instruction of
# its own brings, and those that Python ignores.
_NAMES = (
    *("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGABRT", "SIGTRAP", "SIGSYS", "SIGUSR1", "SIGUSR2"),
    *("SIGALRM", "SIGVTALRM", "SIGPROF", "SIGXCPU", "SIGPOLL", "SIGPWR", "SIGSTKFLT"),
)
_REAL_TIME = range(getattr(signal, "SIGRTMIN", 0), getattr(signal, "SIGRTMAX", -1) + 1)
_ENDING = (
    *(number for name in _NAMES if (number := getattr(signal, name, None)) is not None),
    *_REAL_TIME,
)
_BASE_STATUS = 128
_HANG_UP = 1  # SIGHUP, of which some systems have none
STDIN_NAME = "standard input"


class EndedError(RuntimeError):
    """The screen closed although the person did not leave it: ``status`` is the exit status.

    ``kept`` are the files with edits that the next opening will offer. ``__cause__`` is the internal error,
    if one was the reason.
    """

    def __init__(self, what: str, status: int, kept: Sequence[str] = ()) -> None:
        super().__init__(what)
        self.status = status
        self.kept = tuple(kept)


class Endings:
    """Handles the signals that end a program, once there is something to lose.

    ``number`` is the one that came. While a screen runs it is closed by ``close``; before and behind that
    EndedError is raised in the main thread.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self.close: Callable[[], None] | None = None
        self._last_resort: list[Callable[[], None]] = []

    def add_rescue(self, rescue: Callable[[], None]) -> None:
        """Call ``rescue`` where the program must end at once, the newest first."""
        self._last_resort.insert(0, rescue)

    def handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - signal's signature
        """The handler of the signals."""
        if self.number == number == _HANG_UP:  # the terminal was seen to be gone before
            return
        if self.number is not None:
            self._give_up()
        self._wait_for_the_end(number)
        if self.close is None:
            raise self.error()
        self.close()

    def cut_off(self) -> None:
        """The terminal is gone: end as SIGHUP would, even where that is ignored. Callable from any thread."""
        if self.number is None and self.close is not None:
            self._wait_for_the_end(_HANG_UP)
            self.close()

    def _wait_for_the_end(self, number: int) -> None:
        self.number = number
        waiting = threading.Timer(_PATIENCE, self._give_up)
        waiting.daemon = True
        waiting.start()

    def error(self, kept: Sequence[str] = ()) -> EndedError:
        """What to raise for the signal that came."""
        number = self.number or 0
        return EndedError(f"ended by {posix.signal_name(number)}", _BASE_STATUS + number, kept)

    def _give_up(self) -> None:
        for rescue in self._last_resort:
            with suppress(Exception):
                rescue()
        os._exit(_BASE_STATUS + (self.number or 0))


@contextmanager
def endings() -> Iterator[Endings]:
    """Handle the signals that end a program while the block runs.

    Those that were ignored at the start stay so.
    """
    found = Endings()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    ours = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in ours:
        signal.signal(number, found.handle)
    try:
        yield found
    finally:
        for number in ours:
            signal.signal(number, before[number] or signal.SIG_DFL)


def write_whole(data: bytes) -> None:
    """Write to standard output.

    Control characters reach a pipe as they are, a terminal only in a visible form.
    """
    stream = sys.stdout
    if stream.isatty():
        data = visible_lines(data.decode("utf-8", "backslashreplace")).encode("utf-8", "backslashreplace")
    stream.buffer.write(data)
    stream.buffer.flush()
