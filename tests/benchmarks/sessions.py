"""A program in a pty, measured: how soon it is painted, what a key costs, what a slow line makes of it.

A time is taken right after bytes have come, and only when the program is quiet they are drawn by pyte: its
slowness is not the program's. Which of them completed the screen is found by drawing them one after another.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.scenes import Size
from tests.terminal.terminal import PATIENCE, Terminal

# A key is over when nothing has come for so long: nothing animates, yet a slow key is painted in two or three
# frames. Its first byte may take longer.
QUIET = 0.08
FIRST_BYTE = 2.0
STARTED = 0.5
# Textual lets at least a sixtieth of a second pass between two frames.
_FRAME = 0.004
IDLE = 3.0

# The slow line: 115,200 bits a second, ten bits to a byte; what comes in a slice is read at once.
SLOW_RATE = 11_500
SLICE = 0.02
SLOW_KEYS = 20
SLOW_GAP = 0.1
_SLOW_QUIET = 1.0


class Sample(NamedTuple):
    """What was written, and after how many milliseconds the last byte of it had come."""

    size: int
    ms: float


class Slow(NamedTuple):
    """Bytes over the slow line; seconds from the last key to the last byte, and until the screen stands.

    ``as_before``: it shows what it showed before the toggles, which are an even number.
    """

    size: int
    last: float
    stands: float
    as_before: bool = True


class Task(NamedTuple):
    """Keys measured in turn: ``before`` is typed once, ``between`` ahead of each, ``after`` at the end.

    ``shows`` stands on the screen after the first of them, or the key did not do what is measured.
    """

    name: str
    keys: tuple[str, ...]
    before: str = ""
    between: str = ""
    after: str = ""
    shows: str = ""


class Program(NamedTuple):
    """A program: its command, what can be measured of it, and the key that toggles."""

    name: str
    command: tuple[str, ...]
    tasks: tuple[Task, ...]
    toggle: str


class Stage(NamedTuple):
    """Where a program runs: its file, the screen, and the texts of the first full paint."""

    file: Path
    size: Size
    env: Mapping[str, str]
    texts: tuple[str, ...]


class Burst(NamedTuple):
    """Bytes, and when they had come."""

    at: float
    data: bytes


class Start(NamedTuple):
    """Until the first full paint, and until the program is quiet."""

    painted: Sample
    settled: Sample


def opened(program: Program, stage: Stage) -> Terminal:
    """The program in its terminal, just started."""
    command = [*program.command, stage.file.name]
    return Terminal(command, env=stage.env, cwd=stage.file.parent, size=stage.size)


def collected(terminal: Terminal, first: float, quiet: float) -> list[Burst]:
    """Everything until nothing comes for ``quiet`` seconds, ``first`` at the beginning. Not yet drawn."""
    bursts: list[Burst] = []
    while data := terminal.take(quiet if bursts else first):
        bursts.append(Burst(time.perf_counter(), data))
    return bursts


def draw(terminal: Terminal, bursts: Sequence[Burst]) -> None:
    """Put it on the screen."""
    for burst in bursts:
        terminal.draw(burst.data)


def cost(bursts: Sequence[Burst], began: float) -> Sample:
    """What these bursts came to."""
    last = bursts[-1].at if bursts else began
    return Sample(sum(len(burst.data) for burst in bursts), (last - began) * 1000)


def wait_for_start(terminal: Terminal, texts: Sequence[str]) -> Start:
    """Take everything until the program is quiet; drawn then, it tells when all the texts stood there."""
    bursts: list[Burst] = []
    painted: int | None = None
    while painted is None:
        came = collected(terminal, PATIENCE, STARTED)
        if not came:
            raise AssertionError(f"{texts} did not come; the screen is:\n{terminal.text}")
        for burst in came:
            terminal.draw(burst.data)
            bursts.append(burst)
            if painted is None and all(text in terminal.text for text in texts):
                painted = len(bursts)
    first = bursts[: frame_end([burst.at for burst in bursts], painted)]
    return Start(cost(first, terminal.started), cost(bursts, terminal.started))


def frame_end(times: Sequence[float], place: int) -> int:
    """Where the frame ends that the byte before ``place`` is in: a pty hands a large one out in pieces."""
    return next((end for end in range(place, len(times)) if times[end] - times[end - 1] > _FRAME), len(times))


def typed(terminal: Terminal, key: str, first: float = FIRST_BYTE) -> Sample:
    """What a key costs; drawn when it is over."""
    began = time.perf_counter()
    terminal.send(key)
    bursts = collected(terminal, first, QUIET)
    draw(terminal, bursts)
    return cost(bursts, began)


class Session:
    """One run of a program in which keys are pressed."""

    def __init__(self, terminal: Terminal, texts: Sequence[str]) -> None:
        self._terminal = terminal
        self.late = 0
        wait_for_start(terminal, texts)

    def begin(self, task: Task) -> None:
        """Come where the task's keys make sense."""
        if task.before:
            typed(self._terminal, task.before)

    def end(self, task: Task) -> None:
        """Go back."""
        if task.after:
            typed(self._terminal, task.after)

    def press(self, task: Task, turn: int) -> Sample:
        """The task's key of this turn; what comes after its time is over counts as late."""
        if task.between:
            typed(self._terminal, task.between)
        stray = self._terminal.take(0)
        if stray:
            self.late += len(stray)
            self._terminal.draw(stray)
        sample = typed(self._terminal, task.keys[turn % len(task.keys)])
        if not sample.size or (turn == 0 and task.shows not in self._terminal.text):
            raise AssertionError(f"{task.name} does nothing; the screen is:\n{self._terminal.text}")
        return sample

    def idle(self) -> int:
        """Bytes written while nobody does anything."""
        bursts = collected(self._terminal, IDLE, IDLE)
        draw(self._terminal, bursts)
        return cost(bursts, 0.0).size

    def memory(self) -> float | None:
        """The most memory it has had so far, in MB, where the system tells."""
        status = Path(f"/proc/{self._terminal.process.pid}/status")
        if not status.exists():
            return None
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) / 1024


def over_a_slow_line(terminal: Terminal, key: str) -> Slow:
    """Type faster than the line carries, and see how long the program writes on.

    Two toggles go ahead: from then on the key line offers to undo, and even numbers of toggles look alike.
    """
    for _ in range(2):
        typed(terminal, key)
    last_key, bursts = _type_slowly(terminal, key)
    seen = []
    for burst in bursts:
        terminal.draw(burst.data)
        seen.append(terminal.text)
    last, stands = (max(bursts[place].at - last_key, 0.0) for place in (-1, standing_from(seen)))
    return Slow(sum(len(burst.data) for burst in bursts), last, stands, as_before=seen[0] == seen[-1])


def standing_from(seen: Sequence[str]) -> int:
    """The place from which on everything seen is the same."""
    return max((place + 1 for place, one in enumerate(seen) if one != seen[-1]), default=0)


def _type_slowly(terminal: Terminal, key: str) -> tuple[float, list[Burst]]:
    """When the last key was typed, and everything that came, a slice at a time."""
    now = time.perf_counter()
    due = deque(now + SLOW_GAP * number for number in range(SLOW_KEYS))
    bursts = [Burst(now, b"")]
    last_key = now
    while due or now - max(bursts[-1].at, last_key) < _SLOW_QUIET:
        if due and now >= due[0]:
            due.popleft()
            last_key = time.perf_counter()
            terminal.send(key)
        # The slice is waited for ahead of the bytes, so that they never come sooner than the line allows.
        time.sleep(SLICE)
        data = terminal.take(0, int(SLOW_RATE * SLICE))
        now = time.perf_counter()
        if data:
            bursts.append(Burst(now, data))
    return last_key, bursts
