"""How far a long command is, on standard error where that is a terminal; nowhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from tui.cli.messages import let_go

_ERASE = "\r\x1b[K"
_SECONDS_BETWEEN = 0.2
# A rate means nothing before.
_SECONDS_BEFORE_RATE = 0.5


class Progress:
    """One line that is written over: how many, how fast, and how long still where the whole is known."""

    def __init__(self, noun: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._noun = noun
        self._clock = clock
        self._stream = sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None
        self._begun = self._shown_at = clock()
        self._shown = False
        self.total: int | None = None
        self._hosts = (0, 0)

    @property
    def wanted(self) -> bool:
        """Whether anybody sees it."""
        return self._stream is not None

    def hosts(self, done: int, of: int) -> None:
        """Tell of hosts beside: where there are several, how many are done."""
        self._hosts = (done, of)

    def at(self, done: int) -> None:
        """Tell how far it is, a few times a second at most."""
        now = self._clock()
        if self._stream is None or now - self._shown_at < _SECONDS_BETWEEN:
            return
        self._shown_at = now
        self._write(f"{_ERASE}{self.line(done, now)}")
        self._shown = True

    def line(self, done: int, now: float) -> str:
        """What is told at a moment."""
        spent = now - self._begun
        rate = done / spent if spent > 0 else 0.0
        parts = [
            f"{done:,} {self._noun}" if self.total is None else f"{done:,} of {self.total:,} {self._noun}"
        ]
        ended, hosts = self._hosts
        if hosts > 1:
            parts.append(f"{ended:,} of {hosts:,} hosts")
        if spent > _SECONDS_BEFORE_RATE and rate > 0:
            parts.append(f"{rate:,.0f} a second")
            if self.total is not None:
                parts.append(f"{_duration((self.total - done) / rate)} left")
        return ", ".join(parts)

    def clear(self) -> None:
        """Make room for what is printed."""
        if self._shown and self._stream is not None:
            self._write(_ERASE)
            self._shown = False

    def _write(self, text: str) -> None:
        """Where the terminal is gone, messages are dropped and the work goes on."""
        stream = self._stream
        if stream is None:
            return
        try:
            stream.write(text)
            stream.flush()
        except (OSError, ValueError):
            self._stream = None
            let_go(stream)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
