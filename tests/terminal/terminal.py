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
from typing import IO, Any, Self

import pyte
import pytest

from tests.interrupts import hear_interrupts
from tests.scenes import SMALL, Size

ROOT = Path(__file__).parents[2]
DISKMODE = (sys.executable, "-m", "tui")
PATIENCE = 30.0
_STEP = 0.01
_THEIRS = ("TEXTUAL", "NO_COLOR", "COLUMNS", "LINES")  # the last two a readline sets, of another terminal

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
    env = {name: value for name, value in os.environ.items() if not name.startswith(_THEIRS)}
    env |= {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "DISKMODE_CONFIG": str(config),
        "DISKMODE_STATE": str(config.parent / "state"),
    }
    known = config.parent / "state" / "editor-is-known"  # else the editor tells its keys
    known.parent.mkdir(parents=True, exist_ok=True)
    known.touch()
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def _seen(cell: Any) -> tuple[object, ...]:
    blank = cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough)
    return (" ", cell.bg) if blank else tuple(cell)


def _working(process: int) -> bool:
    """Whether a thread of it or of what it started has, or waits for, a processor or a disk; see proc(5)."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        if any((task / "stat").read_text().rpartition(")")[2].split()[0] in "RD" for task in tasks):
            return True
        started = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return False  # ended in between
    return any(map(_working, started))


def _take_terminal() -> None:
    hear_interrupts()
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)


class Terminal:
    """A program running in a terminal of its own."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        size: Size = SMALL,
        pipe: tuple[IO[bytes], IO[bytes]] | None = None,
    ) -> None:
        """Start it; ``pipe`` is what it reads from and writes to in place of the terminal."""
        self.raw = bytearray()
        self._screen = pyte.Screen(size.width, size.height)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size.height, size.width, 0, 0))
        self.attributes_before = termios.tcgetattr(slave)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            list(command),
            stdin=slave if pipe is None else pipe[0],
            stdout=slave if pipe is None else pipe[1],
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
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal, as a window or a connection does."""
        for descriptor in (self._slave, self._master):
            if descriptor >= 0:
                os.close(descriptor)
        self._slave = self._master = -1

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

    def is_stopped(self) -> bool:
        """Whether the program stands still, as behind a shell's ctrl+z."""
        how = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, how) is not None

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

    def type(self, data: bytes) -> None:
        """Send bytes that are no text, in one write."""
        os.write(self._master, data)

    def settle(self, quiet: float = 0.15) -> bytes:
        """Take everything until nothing comes for ``quiet`` seconds in which the program waits; what came.

        It is looked at in steps, each of which counts only where nothing of the program wants a processor:
        on a busy machine its answer is waited for however long it does not get one.
        """
        data = bytearray()
        steps = 0
        while steps < quiet / _STEP:
            more = self.pump(_STEP)
            data += more
            steps = 0 if more or _working(self.process.pid) else steps + 1
        return bytes(data)

    def answer(self, quiet: float = 0.1) -> bytes:
        """Everything until nothing more comes, from the first byte, however long that takes to come."""
        first = self.pump(PATIENCE)
        return first + self.settle(quiet)

    def leave(self, seconds: float = PATIENCE) -> int:
        """Wait until the program has ended; its exit status."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end; the screen is:\n{self.text}"
            self.pump(0.05)
        self.settle(0.05)
        return self.process.returncode
