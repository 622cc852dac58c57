"""What the terminal has to bear: start, keys, idling and a slow line, ours beside a bare Textual app.

Run by ``python -m tests.benchmarks.terminal [--quick]``; all of it takes about two hours, what ``--quick``
takes seven minutes. Both programs run in a pty with pyte as the terminal, start by start and key by key in
turn, so that whatever else the machine does hits both. The bare app has the same header line, keys and rows,
and no preview.

"First paint" is from exec until the last text needed stands on the screen: the header, the rows, the keys
and, for ours, the previews with the selected disk marked; "settled" is the last byte. A key's time is from
typing it until its last byte has come. On the slow line of 11.5 kB/s 20 toggles are typed at 10 a second:
counted are the seconds from the last key until the last byte, and until the screen stands as it then stays.
Idle bytes and the memory of the keys are taken after all of them, the filter still open. Times hold for one
machine; ratios and bytes go further.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.benchmarks import sessions
from tests.benchmarks.compiled import compiling_to
from tests.benchmarks.figures import (
    BARE,
    FILTER,
    IDLE,
    MEMORY,
    MEMORY_AT_START,
    MOVE,
    OURS,
    PAINTED,
    PREVIEW,
    SETTLED,
    TOGGLE,
    UNDO,
    VIM,
    Case,
    Figures,
    comparison,
    slow_line,
    targets,
)
from tests.benchmarks.machines import MAKERS, MOST, address, make_machine
from tests.benchmarks.sessions import Program, Session, Stage, Task, opened, over_a_slow_line, wait_for_start
from tests.scenes import SMALL, WIDE, Size
from tests.terminal.terminal import BACKSPACE, BACKTAB, DISKMODE, DOWN, TAB, UP, surroundings

_MOVE = Task(MOVE, (DOWN, UP))
_OUR_TASKS = (
    _MOVE,
    Task(TOGGLE, ("s",), shows="1 change "),
    Task(UNDO, ("u",), between="s", shows="Undone"),
    # From one preview to the other and back, not by way of the disks.
    Task(PREVIEW, (TAB, BACKTAB), before=TAB, after=BACKTAB),
    # A letter that is in some targets, and in no other word of our machines.
    Task(FILTER, ("f",), before="/", between=BACKSPACE),
)
_BARE_TASKS = (_MOVE, Task(TOGGLE, ("s",)), Task(UNDO, ("u",), between="s"))
_BARE_COMMAND = (sys.executable, "-m", "tests.benchmarks.bare_app")
# Without the sequences that pyte does not know.
_NO_KEYBOARD_PROTOCOL = "set t_TI= t_TE= t_RK="
_VIM_COMMAND = ("vim", "-u", "NONE", "-i", "NONE", "-n", "-N", "--cmd", _NO_KEYBOARD_PROTOCOL, "+2")

DISKMODE_PROGRAM = Program(OURS, DISKMODE, _OUR_TASKS, toggle="s")
BARE_PROGRAM = Program(BARE, _BARE_COMMAND, _BARE_TASKS, toggle="s")
# It turns a letter of the second line over.
VIM_PROGRAM = Program(VIM, _VIM_COMMAND, (), toggle="^l~")
BOTH = (DISKMODE_PROGRAM, BARE_PROGRAM)

# As many rows as both have room for on the small screen.
_ROWS = 7
_MARKED = {"vmx": "▌ scsi0:0.", "xml": "▌     <disk type='file'"}


class Asked(NamedTuple):
    """What to measure: how many keys of each sort, and how many starts."""

    disks: tuple[int, ...]
    sizes: tuple[Size, ...]
    formats: tuple[str, ...]
    times: int
    starts: int


FULL = Asked((1, 8, 60, 256), (SMALL, WIDE), ("vmx", "xml"), times=200, starts=20)
QUICK = Asked((8, 256), (SMALL,), ("vmx", "xml"), times=40, starts=7)


# Measuring


def stage_of(program: Program, case: Case, file: Path) -> Stage:
    """The program on a machine's file."""
    env = surroundings(file.parent / "no-settings.toml", **compiling_to(file.parent.parent / "compiled"))
    return Stage(file, case.size, env, _texts(program, case, file.name))


def _texts(program: Program, case: Case, name: str) -> tuple[str, ...]:
    """What stands on the screen when all of it is painted."""
    if program is VIM_PROGRAM:
        return (f'"{name}"',)
    texts = (name, f"{address(min(case.disks, _ROWS) - 1, case.disks)} ", "? help")
    if program is BARE_PROGRAM:
        return texts
    marked = _MARKED.values() if case.size.width >= WIDE.width else [_MARKED[case.kind]]
    return (*texts, "· v whole", *marked)


def measure(case: Case, file: Path, asked: Asked) -> dict[str, Figures]:
    """All of one case, by the program's name."""
    stages = {program.name: stage_of(program, case, file) for program in BOTH}
    figures = {program.name: Figures() for program in BOTH}
    _measure_starts(stages, figures, asked.starts)
    _measure_keys(case, stages, figures, asked.times)
    for program in (*BOTH, *((VIM_PROGRAM,) if shutil.which("vim") else ())):
        with opened(program, stage := stage_of(program, case, file)) as terminal:
            wait_for_start(terminal, stage.texts)
            slow = over_a_slow_line(terminal, program.toggle)
        figures.setdefault(program.name, Figures()).slow = slow
        if not slow.as_before:
            _tell(f"  {program.name}: {sessions.SLOW_KEYS} toggles do not give the screen back")
    return figures


def _measure_starts(stages: Mapping[str, Stage], figures: Mapping[str, Figures], starts: int) -> None:
    """The first start of each only warms the caches."""
    for turn in range(starts + 1):
        for program in BOTH:
            with opened(program, stages[program.name]) as terminal:
                start = wait_for_start(terminal, stages[program.name].texts)
            if turn:
                figures[program.name].add(PAINTED, start.painted)
                figures[program.name].add(SETTLED, start.settled)


def _measure_keys(
    case: Case, stages: Mapping[str, Stage], figures: Mapping[str, Figures], times: int
) -> None:
    with ExitStack() as stack:
        running = {}
        for program in BOTH:
            terminal = stack.enter_context(opened(program, stages[program.name]))
            running[program.name] = Session(terminal, stages[program.name].texts)
            _note(figures[program.name], MEMORY_AT_START, running[program.name].memory())
        for task in DISKMODE_PROGRAM.tasks:
            if task is not _MOVE or case.disks > 1:
                _press_in_turn(task.name, running, figures, times)
        for name, session in running.items():
            _note(figures[name], IDLE, session.idle())
            _note(figures[name], MEMORY, session.memory())
            if session.late:
                _tell(f"  {name}: {session.late} bytes came when a key was thought over, and are not counted")


def _press_in_turn(
    what: str, running: Mapping[str, Session], figures: Mapping[str, Figures], times: int
) -> None:
    """A key of each program that has the task, then the next."""
    tasks = {program.name: task for program in BOTH for task in program.tasks if task.name == what}
    for name, task in tasks.items():
        running[name].begin(task)
    for turn in range(times):
        for name, task in tasks.items():
            figures[name].add(what, running[name].press(task, turn))
    for name, task in tasks.items():
        running[name].end(task)


def _note(figures: Figures, name: str, number: float | None) -> None:
    if number is not None:
        figures.numbers[name] = number


def measure_all(asked: Asked, folder: Path) -> dict[tuple[Case, str], Figures]:
    """Every case in turn; those done where somebody interrupts."""
    results: dict[tuple[Case, str], Figures] = {}
    cases = [
        Case(kind, disks, size) for kind in asked.formats for size in asked.sizes for disks in asked.disks
    ]
    with suppress(KeyboardInterrupt):
        for number, case in enumerate(cases, 1):
            _tell(f"{number} of {len(cases)}: {case.disks} disks, {case.kind}, {case.size}")
            file = make_machine(folder, case.disks, case.kind)
            try:
                results |= {(case, name): one for name, one in measure(case, file, asked).items()}
            except AssertionError as error:
                _tell(f"  not measured: {error}")
    return results


# Asking and telling


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _sizes(text: str) -> tuple[Size, ...]:
    return tuple(Size(*map(int, word.split("x", 1))) for word in text.split(","))


def _disks(text: str) -> tuple[int, ...]:
    counts = tuple(map(int, text.split(",")))
    if not all(1 <= count <= MOST for count in counts):
        raise ValueError(text)
    return counts


def _formats(text: str) -> tuple[str, ...]:
    kinds = tuple(text.split(","))
    if not set(kinds) <= set(MAKERS):
        raise ValueError(text)
    return kinds


def _times(text: str) -> int:
    if (times := int(text)) < 1:
        raise ValueError(text)
    return times


def asked_for(words: Sequence[str]) -> Asked:
    """What the command line asks for; what it does not say is all, or what ``--quick`` takes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="8 and 256 disks at 80x24, 40 keys, 7 starts")
    parser.add_argument("--disks", type=_disks, help="such as 1,8,60,256")
    parser.add_argument("--sizes", type=_sizes, help="such as 80x24,120x40")
    parser.add_argument("--formats", type=_formats, help="such as vmx,xml")
    parser.add_argument("--times", type=_times, help="keys of each sort")
    parser.add_argument("--starts", type=_times)
    said = {name: value for name, value in vars(parser.parse_args(words)).items() if value is not None}
    return (QUICK if said.pop("quick") else FULL)._replace(**said)


def report(asked: Asked, results: Mapping[tuple[Case, str], Figures]) -> str:
    """All tables."""
    head = (
        f"{asked.starts} starts, {asked.times} keys of each sort, both programs in turn; medians and p99\n"
        f"Python {platform.python_version()}, Textual {version('textual')}, {os.cpu_count()} cores; "
        f"idle: {sessions.IDLE:g} s"
    )
    slow = (
        f"{sessions.SLOW_KEYS} toggles at {1 / sessions.SLOW_GAP:g} a second over a line of "
        f"{sessions.SLOW_RATE / 1000:g} kB/s: until when after the last key"
    )
    return "\n\n".join((head, comparison(results), slow, slow_line(results), targets(results)))


def main() -> None:
    """Measure and print the tables."""
    asked = asked_for(sys.argv[1:])
    with TemporaryDirectory() as name:
        results = measure_all(asked, Path(name))
    if results:
        print(report(asked, results))


if __name__ == "__main__":
    main()
