"""Every way the program may end, in every state it may be in: what must be true afterwards."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.cli.helpers import vmx
from tests.scenes import SMALL
from tests.terminal.terminal import CTRL_A, CTRL_S, DISKMODE, ENTER, ROOT, Terminal, surroundings

STRUCK = (sys.executable, "-m", "tests.terminal.struck")
BULK = 5
NAME = "web.vmx"


class End(Enum):
    """What happens to the program. Of input nobody understands nothing may happen at all."""

    BAD_BYTE = "bad byte"
    ODD_CSI = "CSI 1114112u"
    ODD_KEY = "CSI 57344;999:9:9u"
    BURST = "ctrl+p, Page Down"
    TERM = "SIGTERM"
    HUP = "SIGHUP"
    INT = "SIGINT"
    QUIT = "SIGQUIT"
    USR1 = "SIGUSR1"
    ABRT = "SIGABRT"
    KILL = "SIGKILL"
    CLOSED = "closed terminal"
    CUT_OFF = "closed, under nohup"
    KEY = "mistake at a key"
    WORKER = "mistake in a worker"
    PAINTER = "mistake in painting"


INPUT = {
    End.BAD_BYTE: b"\xfc",
    End.ODD_CSI: b"\x1b[1114112u",
    End.ODD_KEY: b"\x1b[57344;999:9:9u",
    End.BURST: b"\x10\x1b[6~",
}
SIGNALS = {
    End.TERM: signal.SIGTERM,
    End.HUP: signal.SIGHUP,
    End.INT: signal.SIGINT,
    End.QUIT: signal.SIGQUIT,
    End.USR1: signal.SIGUSR1,
    End.ABRT: signal.SIGABRT,
    End.KILL: signal.SIGKILL,
}
CLOSED = (End.CLOSED, End.CUT_OFF)
MISTAKES = {End.KEY: "key", End.WORKER: "worker", End.PAINTER: "painter"}


class Stage(Enum):
    """What the program is at."""

    EDITING = "editing"
    MENU = "a menu open"
    REVIEW = "a dialog open"
    PALETTE = "the palette open"
    SAVING = "saving"
    FROM_FLEET = "editing, of a fleet"
    BULK_FIRST = f"bulk, file 1 of {BULK}"
    BULK_MIDDLE = f"bulk, file 3 of {BULK}"
    BULK_LAST = f"bulk, file {BULK} of {BULK}"
    PIPE = "pipe, nothing accepted"
    PIPE_ACCEPTED = "pipe, accepted"
    PIPE_AGAIN = "pipe, edited since"


BULKS = {Stage.BULK_FIRST: 1, Stage.BULK_MIDDLE: 3, Stage.BULK_LAST: BULK}
PIPES = (Stage.PIPE, Stage.PIPE_ACCEPTED, Stage.PIPE_AGAIN)


class BrokenPromiseError(AssertionError):
    """What must be true after an end is not."""


def demand(promise: bool, what: str, terminal: Terminal | None = None) -> None:
    """Raise where a promise was broken."""
    if not promise:
        seen = "" if terminal is None else f"; the screen is:\n{terminal.text}"
        raise BrokenPromiseError(f"{what}{seen}")


@dataclass(frozen=True)
class Left:
    """What an end left: the exit status (None: it lives on), and the files that are changed."""

    status: int | None
    changed: int


class Case:
    """One end of the program in one state, in a folder of its own."""

    def __init__(self, stage: Stage, end: End, folder: Path) -> None:
        self.stage = stage
        self.end = end
        self.folder = folder
        self.held = folder / "held"
        self.out = folder / "out.xml"
        names = [f"{number}.vmx" for number in range(BULK)] if stage in BULKS else [NAME]
        (folder / "vms").mkdir()
        self.files = [vmx(folder / "vms", name=name, display=name) for name in names]
        self.before = [path.read_bytes() for path in self.files]
        added = 'scsi0:0.mode = "independent-persistent"\n'
        line = 'scsi0:0.fileName = "web.vmdk"\n'
        self.after = [data.replace(line.encode(), (line + added).encode()) for data in self.before]
        self.env = surroundings(folder / "none" / "config.toml", DISKMODE_STATE=str(folder / "state"))
        if stage in BULKS or stage is Stage.SAVING:
            self.env["HELD"] = f"{BULKS.get(stage, 1)}:{self.held}"
        if end in MISTAKES:
            self.env["STRUCK"] = MISTAKES[end]
        self.env["PYTHONPATH"] = str(ROOT)

    def run(self) -> Left:
        """Bring the program there, end it, and look at everything it promises."""
        with self._started() as terminal:
            self._reach(terminal)
            self._strike(terminal)
            status = self._status(terminal)
            changed = self._changed()
            self._look_at_terminal(terminal, status)
        self._look_at_pipe(status)
        self._look_at_status(status)
        self._look_again(status, changed)
        return Left(status, changed)

    @property
    def _program(self) -> Sequence[str]:
        """The program, which hears of a lost terminal by a signal or, like under nohup, does not."""
        if self.end is not End.CUT_OFF:
            return STRUCK
        return ("sh", "-c", 'trap "" HUP; exec "$@"', "sh", *STRUCK)

    # Getting there

    @contextmanager
    def _started(self, *, plain: bool = False) -> Iterator[Terminal]:
        target = "vms" if self.stage in BULKS or self.stage is Stage.FROM_FLEET else f"vms/{NAME}"
        env = {name: value for name, value in self.env.items() if not plain or name not in ("HELD", "STRUCK")}
        if self.stage in PIPES:
            with self.files[0].open("rb") as source, self.out.open("wb") as result:
                command = [*self._program, "-"]
                with Terminal(command, env=env, cwd=self.folder, pipe=(source, result)) as terminal:
                    yield terminal
            return
        if plain and self.stage is Stage.FROM_FLEET:
            target = f"vms/{NAME}"
        with Terminal([*self._program, target], env=env, cwd=self.folder, size=SMALL) as terminal:
            yield terminal

    def _reach(self, terminal: Terminal) -> None:
        if self.stage in BULKS:
            self._reach_bulk(terminal)
            return
        if self.stage is Stage.FROM_FLEET:
            terminal.wait("scsi0:0")
            terminal.send(ENTER)
        terminal.wait("scsi0:0", "no changes")
        self._journal_begun(terminal, 1)
        terminal.send("s")
        terminal.wait("1 change")
        match self.stage:
            case Stage.MENU:
                terminal.send("m")
                terminal.wait("Mode of")
            case Stage.REVIEW:
                terminal.send(CTRL_S)
                terminal.wait("esc")
            case Stage.PALETTE:
                terminal.send("\x10")
                terminal.wait("Search")
            case Stage.SAVING:
                terminal.send(CTRL_S)
                terminal.wait("esc")
                terminal.send(ENTER)
                self._wait_until_held(terminal)
            case Stage.PIPE_ACCEPTED | Stage.PIPE_AGAIN:
                terminal.send(CTRL_S)
                terminal.wait("esc")
                terminal.send(ENTER)
                terminal.wait("Accepted")
        if self.stage is Stage.PIPE_AGAIN:
            terminal.send("u")
            terminal.wait("1 change")

    def _reach_bulk(self, terminal: Terminal) -> None:
        terminal.wait("4.vmx")
        terminal.send("/", "disk:scsi0:0", ENTER)
        terminal.wait(f"{BULK} of ")
        terminal.send(CTRL_A, "s")
        terminal.wait(f"save {BULK} files")
        terminal.send(ENTER)
        self._wait_until_held(terminal)

    def _wait_until_held(self, terminal: Terminal) -> None:
        terminal.wait(until=self.held.exists)

    def _journal_begun(self, terminal: Terminal, number: int) -> None:
        edits = self.folder / "state" / "edits"
        terminal.wait(until=lambda: edits.is_dir() and len(list(edits.iterdir())) >= number)

    # The end

    def _strike(self, terminal: Terminal) -> None:
        if self.end in INPUT:
            terminal.type(INPUT[self.end])
            terminal.settle(0.4)
        elif self.end in SIGNALS:
            terminal.process.send_signal(SIGNALS[self.end])
        elif self.end in CLOSED:
            terminal.hang_up()
        else:
            terminal.process.send_signal(signal.SIGURG)
            time.sleep(0.1)  # it must be heard before the key is
            terminal.send("j")

    def _status(self, terminal: Terminal) -> int | None:
        if self.end in INPUT:
            demand(terminal.process.poll() is None, "it ended", terminal)
            return None
        if self.end in CLOSED:
            return terminal.process.wait(20)
        return terminal.leave(20)

    def _changed(self) -> int:
        """How many files are new; each is old or new."""
        now = [path.read_bytes() for path in self.files]
        for data, before, after in zip(now, self.before, self.after, strict=True):
            demand(data in (before, after), "a file is neither old nor new")
        return sum(data != before for data, before in zip(now, self.before, strict=True))

    # What must be true

    def _look_at_terminal(self, terminal: Terminal, status: int | None) -> None:
        if status is None or self.end in (End.KILL, *CLOSED):
            return
        demand(terminal.attributes() == terminal.attributes_before, "the terminal's modes are left", terminal)
        for last, first in ((b"\x1b[?1049l", b"\x1b[?1049h"), (b"\x1b[?25h", b"\x1b[?25l")):
            demand(terminal.raw.rfind(last) > terminal.raw.rfind(first), "the screen is left", terminal)
        demand(b"Traceback" not in terminal.raw, "a traceback was shown", terminal)

    def _look_at_pipe(self, status: int | None) -> None:
        if self.stage not in PIPES or status is None or self.end is End.KILL:
            return
        wanted = self.before[0] if self.stage is Stage.PIPE else self.after[0]
        demand(self.out.read_bytes() == wanted, f"the pipe got {self.out.read_bytes()[:60]!r}")

    def _look_at_status(self, status: int | None) -> None:
        if status is None:
            return
        wanted: tuple[int, ...] = tuple(range(1, 126))
        if self.end is End.KILL:
            wanted = (-signal.SIGKILL,)
        elif self.end in SIGNALS:
            wanted = (128 + SIGNALS[self.end],)
        elif self.end in CLOSED:
            wanted = (128 + signal.SIGHUP,)
        demand(status in wanted, f"the status is {status}")

    def _look_again(self, status: int | None, changed: int) -> None:
        """The next opening offers what was not saved, and takes it up again."""
        if status is None:
            return
        if self.stage in BULKS:
            self._undo(changed)
            return
        # What was accepted stands in the pipe; a kill leaves nothing there.
        accepted = self.stage is Stage.PIPE_ACCEPTED and self.end is not End.KILL
        left = not accepted and not changed
        with self._started(plain=True) as terminal:
            terminal.wait("scsi0:0")
            if left and self.stage is not Stage.PIPE_AGAIN:
                terminal.wait("Unsaved edits")
                terminal.send("r")
                terminal.wait("are here again", "1 change")
                terminal.send("q")
                terminal.wait("Unsaved changes")
                terminal.send("d")
            elif not left:
                self._journal_begun(terminal, 1)
                terminal.settle(0.4)
                demand("Unsaved edits" not in terminal.text, "what was saved is offered", terminal)
                terminal.send("q")
            else:
                terminal.send("q")
            demand(terminal.leave() == 0, "leaving by choice is no success", terminal)
        left_behind = list((self.folder / "state" / "edits").iterdir())
        demand(not left_behind or self.stage is Stage.PIPE_AGAIN, f"there is litter: {left_behind}")

    def _undo(self, changed: int) -> None:
        """Another process takes back what was done."""
        command = [*DISKMODE, "undo", "--last", "--yes"]
        done = subprocess.run(command, env=self.env, cwd=self.folder, capture_output=True, check=False)
        demand(done.returncode == (0 if changed else 2), f"undo: {done.stderr!r}")
        demand([path.read_bytes() for path in self.files] == self.before, "undo left a file changed")


def cases() -> Iterator[tuple[Stage, End]]:
    """Every cell of the table."""
    for stage in Stage:
        for end in End:
            yield stage, end
