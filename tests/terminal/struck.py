"""The program with a mistake built in, or a save that waits: run by ``python -m tests.terminal.struck``.

``STRUCK`` names the mistake, which comes at the first key behind SIGURG: ``key``, ``worker`` or ``painter``.
``HELD`` is ``NUMBER:FILE``: the save of that number waits, with FILE there, until it is taken away or a
second is over.
"""

from __future__ import annotations

# ruff: noqa: PLC0415 - what is built in comes before the program is loaded
import os
import signal
import time
from pathlib import Path
from typing import Any

_WAIT = 1.0


class BuiltInError(RuntimeError):
    """The mistake."""


def hold(number: int, sign: Path) -> None:
    """Let that save wait before its rename."""
    replace = os.replace
    count = 0

    def held(source: Any, target: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            sign.touch()
            until = time.monotonic() + _WAIT
            while sign.exists() and time.monotonic() < until:
                time.sleep(0.01)
        replace(source, target)

    os.replace = held  # type: ignore[assignment]


def strike(what: str) -> None:
    """Build the mistake in."""
    from textual import events

    from tui.app.app import DiskmodeApp
    from tui.app.textual_insides import LeanDriver

    armed: list[int] = []
    signal.signal(signal.SIGURG, lambda *_: armed.append(1))
    on_event, write = DiskmodeApp.on_event, LeanDriver.write

    async def fail() -> None:
        raise BuiltInError

    async def struck_on_event(self: DiskmodeApp, event: events.Event) -> None:
        if armed and isinstance(event, events.Key):
            if what == "key":
                raise BuiltInError
            if what == "worker":
                armed.clear()
                self.run_worker(fail())
        await on_event(self, event)

    def struck_write(self: LeanDriver, data: str) -> None:
        if armed and what == "painter":
            armed.clear()
            raise BuiltInError
        write(self, data)

    DiskmodeApp.on_event = struck_on_event  # type: ignore[assignment, method-assign]  # another self
    LeanDriver.write = struck_write  # type: ignore[method-assign]


def main() -> None:
    """Build in what the environment asks for, and run the program."""
    if held := os.environ.get("HELD"):
        number, _, sign = held.partition(":")
        hold(int(number), Path(sign))
    if struck := os.environ.get("STRUCK"):
        strike(struck)
    from tui.cli import main as program

    program()


if __name__ == "__main__":
    main()
