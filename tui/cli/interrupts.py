"""Ending a long command with what it has, when ctrl+c is pressed, and any with nothing left behind."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from tui.cli.messages import Status

_HEARD = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
# sleep(3) goes on after a signal whose handler returns.
_NAP = 0.1


class Stop:
    """Whether to stop; the second ctrl+c stops at once."""

    def __init__(self, told: Callable[[], object] = lambda: None) -> None:
        self.asked = False
        self._told = told
        self.status = Status.INTERRUPTED

    def ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - signal's signature
        """The handler of the signals, each of which has an exit ``status`` of its own."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self.status = Status(128 + number)
        self._told()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until a stop is asked for; whether it was."""
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _NAP))
        return self.asked


@contextmanager
def stoppable(told: Callable[[], object] = lambda: None) -> Iterator[Stop]:
    """A Stop that ctrl+c, SIGTERM and a lost terminal set while the block runs; ``told`` is called then.

    One that we were started to ignore, by nohup or behind ``&``, is not heard.
    """
    stop = Stop(told)
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    ours = [number for number in _HEARD if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop.ask) for number in ours}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_tidily() -> None:
    """Have SIGTERM and a lost terminal end the program as its other ends do: connections and their folder go.

    For commands that handle neither themselves. One that we were started to ignore is not heard.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _HEARD:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - signal's signature
    raise SystemExit(128 + number)
