"""What no keyboard sends: nothing that comes from the terminal ends the editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.helpers import WEB, copied
from tests.terminal.terminal import DISKMODE, ENTER, ESCAPE, Terminal, surroundings

pytestmark = pytest.mark.terminal

ODD = [
    b"\xfc",
    b"\x1b[M\xff\xff\xff",
    b"\x1b[1114112u",
    b"\x1b[57344;999:9:9u",
    b"\x1b[55296u",
    b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    b"\x1b[?62;22c",
    b"\x1b[48;65535;65535;9;9t\x1b[48;24;80;480;800t",
]


@pytest.mark.parametrize("painter", [None, "textual"])
def test_nothing_odd_from_the_terminal_ends_the_editor(painter: str | None, tmp_path: Path) -> None:
    copied(WEB, tmp_path)
    env = surroundings(tmp_path / "config.toml", DISKMODE_PAINTER=painter)
    with Terminal([*DISKMODE, WEB], env=env, cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.send(*ODD)
        terminal.send("s")
        terminal.wait("1 change ")
        terminal.send("\x10\x1b[6~")
        terminal.settle(0.5)
        terminal.send(ESCAPE)
        terminal.settle(0.5)
        terminal.wait("1 change ")
        terminal.send("u")
        terminal.wait("no changes")
        terminal.send("q")
        assert terminal.leave() == 0


def test_each_screen_is_the_same_with_textuals_painter_which_writes_what_ours_leaves_out(
    tmp_path: Path,
) -> None:
    copied(WEB, tmp_path)
    ours, textuals = terminals = [
        Terminal(
            [*DISKMODE, "."],
            env=surroundings(tmp_path / str(painter) / "config.toml", DISKMODE_PAINTER=painter),
            cwd=tmp_path,
        )
        for painter in (None, "textual")
    ]

    def alike() -> bool:
        textuals.settle(0.05)
        return ours.cells == textuals.cells

    with ours, textuals:
        for key, shown in (
            ("", "i nvme-disk 1"),
            (ENTER, "no changes"),
            ("s", "1 change "),
            ("?", "Help"),
            (ESCAPE, "TARGET"),
            ("n", "Snapshot plan"),
            (ESCAPE, "TARGET"),
            ("H", "Nothing was changed"),
        ):
            for terminal in terminals:
                terminal.send(key)
            textuals.wait(shown)
            ours.wait(shown, until=alike)
    assert len(textuals.raw) > 2 * len(ours.raw)
