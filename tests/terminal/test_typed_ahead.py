"""Keys that come all at once, as over a line that stood still for a moment, do what they do one by one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.app.helpers import copied
from tests.terminal.terminal import CTRL_A, CTRL_S, DISKMODE, DOWN, ENTER, Terminal, surroundings

pytestmark = pytest.mark.terminal

FILE = "sixty-disks.vmx"
PASTED = "\x1b[200~scsi2:1\x1b[201~"


# What is typed, a text the screen shows then, and whether the file is another. The first are typed in the
# editor, the others in the fleet of a folder with this one file.
BURSTS = {
    "a filter": (["/", *"scsi2:1"], "/scsi2:1 7 of 60 disks", False),
    "a filter pasted": (["/", PASTED], "/scsi2:1 7 of 60 disks", False),
    "a filter and a toggle": (["/", *"scsi2", ENTER, "s"], "15 of 60 disks ", False),
    "two modes": (["m", "j", ENTER, "j", "p", ENTER], "*scsi0:1", False),
    "help and a toggle": (["?", "q", DOWN, "s"], "*scsi0:1", False),
    "a save": (["s", CTRL_S, ENTER], "Saved sixty-disks.vmx", True),
    "a name": (["e", ENTER, *"2"], "sixty-disks.xml2", False),
    "a save, and out": (["s", CTRL_S, ENTER, "q"], "it has ended", True),
    "fleet: a row opened and a toggle": ([ENTER, "s"], "*scsi0:4", False),
    "fleet: a toggle saved in the editor": ([ENTER, "s", CTRL_S, ENTER], "Saved ", True),
    "fleet: a change of many": ([CTRL_A, "s", ENTER, ENTER], "1 file", True),
}


class _Left(NamedTuple):
    """What the screen shows at last, and whether the file changed."""

    lines: list[str]
    saved: bool


def _after(bursts: Sequence[str], opened: str, folder: Path) -> _Left:
    path = copied(FILE, folder)
    before = path.read_bytes()
    with Terminal([*DISKMODE, opened], env=surroundings(folder / "config.toml"), cwd=folder) as terminal:
        terminal.wait("scsi0:1", "help")
        terminal.settle(0.4)
        for burst in bursts:
            terminal.send(burst)
            terminal.settle(0.15)
        terminal.settle(0.4)
        lines = terminal.lines if terminal.process.poll() is None else ["it has ended"]
        return _Left(lines, path.read_bytes() != before)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[_Left, _Left]]:
    """What each of these leaves, typed at once and one by one."""
    ways = [way for keys, _, _ in BURSTS.values() for way in (["".join(keys)], keys)]
    opened = ["." if burst.startswith("fleet") else FILE for burst in BURSTS for _ in range(2)]
    folders = [tmp_path_factory.mktemp("typed") for _ in ways]
    with ThreadPoolExecutor(max_workers=4) as threads:
        outcomes = list(threads.map(_after, ways, opened, folders))
    return dict(zip(BURSTS, zip(outcomes[::2], outcomes[1::2], strict=True), strict=True))


@pytest.mark.parametrize("burst", BURSTS)
def test_a_burst_of_keys_does_what_they_do_one_by_one(
    burst: str, left: dict[str, tuple[_Left, _Left]]
) -> None:
    at_once, one_by_one = left[burst]
    _, shows, saved = BURSTS[burst]
    assert at_once == one_by_one
    assert (shows in "\n".join(at_once.lines), at_once.saved) == (True, saved)
