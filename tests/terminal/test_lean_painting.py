"""What is written to a real terminal: as little as its users' lines can carry, and never too little."""

from __future__ import annotations

import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.app.helpers import WEB, copied
from tests.benchmarks.machines import make_machine
from tests.scenes import SAMPLES, SMALL, WIDE, Size
from tests.terminal.terminal import (
    BACKTAB,
    CTRL_S,
    DISKMODE,
    DOWN,
    ENTER,
    ESCAPE,
    TAB,
    UP,
    Terminal,
    surroundings,
)

pytestmark = pytest.mark.terminal

CTRL_L = "\x0c"
# Bytes at 80x24, for a key and for all until the first screen stands: 11,500 bytes a second are a slow line.
TOGGLE, MOVE, START, IDLE = 900, 400, 4000, 0
# In a fleet two whole rows and what is told of one change with a move: at most, and on average.
FLEET_MOVE, FLEET_MOVES = 750, 520


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


@pytest.mark.parametrize("kind", ["vmx", "xml"])
@pytest.mark.parametrize("count", [8, 256])
def test_a_start_is_small_an_idle_screen_writes_nothing_and_a_key_little(
    count: int, kind: str, tmp_path: Path, config: Path
) -> None:
    path = make_machine(tmp_path, count, kind)
    with Terminal([*DISKMODE, path.name], env=surroundings(config), cwd=path.parent) as editor:
        editor.wait("IN SNAPSHOTS", "help")
        editor.settle(0.3)
        assert 0 < len(editor.raw) <= START
        assert len(editor.settle(1.0)) == IDLE
        toggles = [_bytes_for(editor, "s") for _ in range(6)]
        undos = [_bytes_for(editor, "u") for _ in range(2)]
        moves = [_bytes_for(editor, key) for key in (DOWN, UP) * 3]
    assert 0 < min(toggles) <= max(toggles) <= TOGGLE, toggles
    assert 0 < min(undos) <= max(undos) <= TOGGLE, undos
    assert 0 < min(moves) <= max(moves) <= MOVE, moves
    assert toggles[2:4] == toggles[4:6]
    assert moves[2:4] == moves[4:6]


def test_a_move_through_a_fleet_is_small_also_where_it_scrolls_and_leaves_what_painting_anew_gives(
    tmp_path: Path, config: Path
) -> None:
    shutil.copytree(SAMPLES, tmp_path / "vms", ignore=shutil.ignore_patterns("rvtools"))
    with Terminal([*DISKMODE, "vms"], env=surroundings(config), cwd=tmp_path) as fleet:
        fleet.wait("machines", "more", "help")
        fleet.settle(0.5)
        down = [_bytes_for(fleet, DOWN) for _ in range(20)]
        shown = fleet.cells
        assert _painted_anew(fleet) == shown
        up = [_bytes_for(fleet, UP) for _ in range(20)]
        fleet.send(*(DOWN,) * 30, UP, UP, "1", DOWN, ESCAPE)
        fleet.settle(0.6)
        shown = fleet.cells
        assert _painted_anew(fleet) == shown
    assert 0 < max(down + up) <= FLEET_MOVE, (down, up)
    assert sum(down + up) <= FLEET_MOVES * len(down + up), (down, up)


def _bytes_for(terminal: Terminal, key: str) -> int:
    """What a key's answer takes, from its first byte until nothing more comes."""
    terminal.send(key)
    return len(terminal.answer())


Cells = list[list[tuple[object, ...]]]


def _painted_anew(terminal: Terminal) -> Cells:
    terminal.send(CTRL_L)
    assert terminal.answer()
    return terminal.cells


_WALKS = {
    "toggles": ("s", "p", ESCAPE, DOWN, "s", "p", "u", "u", UP, "s"),
    "moves": (*(DOWN,) * 7, "G", "g", TAB, DOWN, DOWN, "G", TAB, BACKTAB, "g"),
    "filters": ("/", "scsi0:1", ENTER, "s", ESCAPE, "/", "x", ESCAPE),
    "dialogs": ("?", DOWN, ESCAPE, "m", DOWN, ENTER, "n", "o", ESCAPE, ESCAPE, "v", "v", "v", "l", ESCAPE),
    "saves": ("s", CTRL_S, ENTER, DOWN, "s", CTRL_S, ESCAPE, "u"),
}


def _walked(walk: str, size: Size, folder: Path) -> tuple[Cells, Cells]:
    """What the screen shows behind a walk, and when it was painted anew."""
    path = copied("sixty-disks.vmx", folder)
    command = [*DISKMODE, path.name]
    with Terminal(command, env=surroundings(folder / "config.toml"), cwd=folder, size=size) as terminal:
        terminal.wait("Dependent", "help")
        terminal.settle(0.4)
        for key in _WALKS[walk]:
            terminal.send(key)
            terminal.settle(0.05)
        terminal.settle(0.3)
        return terminal.cells, _painted_anew(terminal)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, Size], tuple[Cells, Cells]]:
    """What each walk left, at both sizes."""
    ways = [(walk, size) for walk in _WALKS for size in (SMALL, WIDE)]
    walks, sizes = zip(*ways, strict=True)
    folders = [tmp_path_factory.mktemp("walked") for _ in ways]
    with ThreadPoolExecutor(4) as threads:
        left = threads.map(_walked, walks, sizes, folders)
        return dict(zip(ways, left, strict=True))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=str)
@pytest.mark.parametrize("walk", _WALKS)
def test_the_screen_is_what_painting_it_anew_gives(
    walk: str, size: Size, walked: dict[tuple[str, Size], tuple[Cells, Cells]]
) -> None:
    lean, anew = walked[walk, size]
    assert lean == anew


def test_what_something_else_wrote_is_gone_with_ctrl_l(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("Dependent", "help")
        terminal.settle(0.4)
        before = terminal.cells
        terminal.overwrite(b"\x1b[5;1HBroadcast message from root: going down at noon\r\n\n")
        terminal.wait("Broadcast message")
        assert _painted_anew(terminal) == before


@pytest.mark.parametrize("opened", [WEB, "."], ids=["editor", "fleet"])
def test_a_window_of_another_size_is_painted_whole(opened: str, tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)

    def settled(terminal: Terminal) -> list[str]:
        """The rows of the table: what is below may be scrolled to another place."""
        terminal.wait("scsi0:1", "help", until=lambda: "help" in terminal.lines[-1])
        terminal.settle(0.3)
        painted = terminal.cells
        assert _painted_anew(terminal) == painted
        return terminal.lines[:6]

    command = [*DISKMODE, opened]
    with Terminal(command, env=surroundings(config), cwd=tmp_path, size=WIDE) as terminal:
        wide = settled(terminal)
    with Terminal(command, env=surroundings(config), cwd=tmp_path) as terminal:
        small = settled(terminal)
        terminal.resize(WIDE)
        assert settled(terminal) == wide
        terminal.resize(SMALL)
        assert settled(terminal) == small


def test_a_stopped_program_paints_everything_when_it_goes_on(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("Dependent", "help")
        terminal.send("s")
        terminal.wait("1 change")
        terminal.settle(0.4)
        before = terminal.cells
        terminal.process.send_signal(signal.SIGTSTP)
        terminal.wait(until=terminal.is_stopped)
        terminal.overwrite(b"\x1b[2J\x1b[H$ ls\r\n")
        terminal.wait("$ ls")
        terminal.process.send_signal(signal.SIGCONT)
        terminal.wait("1 change")
        terminal.settle(0.4)
        assert terminal.cells == before


def test_keys_typed_faster_than_they_are_painted_are_seen_at_once(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("Dependent", "help")
        terminal.settle(0.3)
        started = time.monotonic()
        terminal.send("s" * 20 + DOWN)
        written = len(terminal.answer())
        assert written < 20 * TOGGLE
        assert time.monotonic() - started < 5
        assert "no changes" in terminal.text
