"""What the terminal has to bear: start, toggle and move, ours beside a bare Textual app with the same table.

Run by ``python -m tests.benchmarks.terminal``. Both run in a pty with pyte as the terminal, turn by turn, so
that whatever else the machine does hits both. "First paint" is from exec until the last text needed stands on
the terminal's screen: a row of the table, the keys and, for ours, the preview of the selected disk.
A key's time is until its last byte has come; bytes are what it wrote. All are medians.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.app.helpers import copied
from tests.scenes import SMALL, WIDE, Size
from tests.terminal.terminal import DISKMODE, Terminal, surroundings

TIMES = 20
FILES = ("esxi8-web01.vmx", "sixty-disks.vmx")
QUIET = 0.12
SHOWN = {"esxi8-web01.vmx": "esxi8-web01_1.vmdk", "sixty-disks.vmx": "sixty-disks_1.vmdk"}


class Program(NamedTuple):
    """One of the two: its command, and the texts that must stand on the screen."""

    name: str
    command: tuple[str, ...]
    texts: tuple[str, ...]


OURS = Program("diskmode", DISKMODE, ("help", "▌ scsi0:0.fileName"))
BARE = Program("bare Textual", (sys.executable, "-m", "tests.benchmarks.bare_app"), ("save",))


class Cost(NamedTuple):
    """Milliseconds and bytes."""

    time: float
    bytes: int


def start(program: Program, file: str, size: Size, folder: Path) -> Cost:
    """From exec to the first full paint, and all the bytes of starting."""
    env = surroundings(folder / "no-settings.toml")
    with Terminal([*program.command, file], env=env, cwd=folder, size=size) as terminal:
        terminal.wait(SHOWN[file], *program.texts)
        taken = time.perf_counter() - terminal.started
        terminal.settle(0.3)
        return Cost(taken * 1000, len(terminal.raw))


def keys(program: Program, file: str, size: Size, folder: Path, pressed: Sequence[str]) -> list[Cost]:
    """Each key by itself, in one run of the program."""
    costs = []
    env = surroundings(folder / "no-settings.toml")
    with Terminal([*program.command, file], env=env, cwd=folder, size=size) as terminal:
        terminal.wait(SHOWN[file], *program.texts)
        terminal.settle(0.5)
        for key in pressed:
            began, last, written = time.perf_counter(), 0.0, 0
            terminal.send(key)
            while data := terminal.pump(QUIET if written else 2.0):
                written += len(data)
                last = time.perf_counter() - began
            costs.append(Cost(last * 1000, written))
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """The middle of each."""
    return Cost(
        statistics.median(cost.time for cost in costs), round(statistics.median(cost.bytes for cost in costs))
    )


def main() -> None:
    """Print the table."""
    print(f"medians of {TIMES}; milliseconds and bytes written to the terminal")
    print(f"{'file':17}{'size':9}{'program':14}{'first paint':>18}{'toggle (s)':>18}{'move (j, k)':>18}")
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file in FILES:
            copied(file, folder)
            for size in (SMALL, WIDE):
                starts: dict[str, list[Cost]] = {OURS.name: [], BARE.name: []}
                for _ in range(TIMES):
                    for program in (OURS, BARE):
                        starts[program.name].append(start(program, file, size, folder))
                for program in (OURS, BARE):
                    down, up = ("j", "k") if program is OURS else ("\x1b[B", "\x1b[A")
                    toggles = keys(program, file, size, folder, ["s"] * TIMES)
                    moves = keys(program, file, size, folder, [down, up] * (TIMES // 2))
                    cells = [median(one) for one in (starts[program.name], toggles, moves)]
                    shown = "".join(f"{cell.time:8.1f} ms{cell.bytes:6} B" for cell in cells)
                    print(f"{file:17}{size!s:9}{program.name:14}{shown}")


if __name__ == "__main__":
    main()
