"""A terminal to run programs in: a pty, pyte drawing what is written to it, and every byte kept."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte
import pytest

from tests.interrupts import hear_interrupts
from tests.scenes import SMALL, Size

ROOT = Path(__file__).parents[2]
DISKMODE = (sys.executable, "-m", "tui")
PATIENCE = 30.0

CTRL_A, CTRL_S = "\x01", "\x13"
ENTER = "\r"
ESCAPE = "\x1b"
DOWN = "\x1b[B"
UP = "\x1b[A"
TAB = "\t"
BACKTAB = "\x1b[Z"
BACKSPACE = "\x7f"


def require(*components: str) -> None:
    """Skip where a component is missing; in CI that is a failure."""
    for component in components:
        if shutil.which(component) is None:
            if os.environ.get("CI"):
                pytest.fail(f"{component} is missing, and CI must have it")
            pytest.skip(f"{component} is not installed")


def surroundings(config: Path, **changes: str | None) -> dict[str, str]:
    """The environment of a program: a common terminal, no settings, none of the person's colours."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "NO_COLOR"))}
    env |= {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "DISKMODE_CONFIG": str(config),
    }
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def _seen(cell: Any) -> tuple[object, ...]:
    blank = cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough)
    return (" ", cell.bg) if blank else tuple(cell)


def _take_terminal() -> None:
    hear_interrupts()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A program running in a terminal of its own."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, size: Size = SMALL
    ) -> None:
        self.raw = bytearray()
        self._screen = pyte.Screen(size.width, size.height)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size.height, size.width, 0, 0))
        self.attributes_before = termios.tcgetattr(slave)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            list(command),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - the terminal must be the child's own
        )
        self._slave = slave

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)
        os.close(self._slave)

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        return list(self._screen.display)

    @property
    def text(self) -> str:
        """What is on the screen, as one text."""
        return "\n".join(self.lines)

    @property
    def cells(self) -> list[list[tuple[object, ...]]]:
        """What is seen on the screen, cell by cell: of a blank, no letters' colour nor weight."""
        screen = self._screen
        return [[_seen(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]

    def overwrite(self, data: bytes) -> None:
        """Let something else write to the terminal, as ``wall`` does."""
        os.write(self._slave, data)

    def resize(self, size: Size) -> None:
        """Give the window another size, as a person does with the mouse."""
        self._screen.resize(size.height, size.width)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", size.height, size.width, 0, 0))

    def attributes(self) -> list[Any]:
        """The terminal's modes as they are now."""
        return termios.tcgetattr(self._slave)

    def take(self, seconds: float, most: int = 1 << 16) -> bytes:
        """Take what comes within ``seconds``, or sooner: the first bytes that do. They are not yet drawn."""
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        return os.read(self._master, most)

    def draw(self, data: bytes) -> None:
        """Put what was taken on the screen."""
        self.raw += data
        self._stream.feed(data)

    def pump(self, seconds: float) -> bytes:
        """Take what the program writes within ``seconds``, and draw it."""
        data = self.take(seconds)
        self.draw(data)
        return data

    def wait(self, *texts: str, until: Callable[[], bool] | None = None, seconds: float = PATIENCE) -> None:
        """Wait until all these texts are on the screen."""
        deadline = time.monotonic() + seconds
        while not (all(text in self.text for text in texts) and (until is None or until())):
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{texts} did not come; the screen is:\n{self.text}")
            self.pump(min(left, 0.5))

    def send(self, *keys: str | bytes) -> None:
        """Type; bytes may be such as no keyboard sends."""
        for key in keys:
            os.write(self._master, key.encode() if isinstance(key, str) else key)

    def settle(self, quiet: float = 0.15) -> bytes:
        """Take everything until nothing comes for ``quiet`` seconds; what came."""
        data = bytearray()
        while more := self.pump(quiet):
            data += more
        return bytes(data)

    def leave(self, seconds: float = PATIENCE) -> int:
        """Wait until the program has ended; its exit status."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end; the screen is:\n{self.text}"
            self.pump(0.05)
        self.settle(0.05)
        return self.process.returncode
