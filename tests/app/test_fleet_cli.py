"""How the fleet is opened from the command line, and what it is like in a real terminal."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.app.fleet_helpers import three, vm
from tests.cli.helpers import run
from tests.terminal.terminal import DISKMODE, DOWN, ENTER, Terminal, surroundings
from tui.cli.messages import Status
from tui.rules import Hypervisor
from tui.session import Choices

# The first row of the table, how far it reaches, and the bytes a move of the cursor takes at 80x24.
HERE, WIDTH, MOVE = 5, 79, 700


def is_reversed(cell: tuple[object, ...]) -> bool:
    """Whether a cell of a terminal is shown in reverse."""
    return len(cell) > 2 and bool(cell[7])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the screen would be opened with, in its place."""
    seen: list[dict[str, Any]] = []
    module = ModuleType("tui.app.launch")
    module.__dict__["run_fleet"] = lambda paths, choices, acceptances: seen.append(
        {"paths": tuple(paths), "choices": choices, "accepted": [one.reason for one in acceptances]}
    )
    monkeypatch.setitem(sys.modules, "tui.app.launch", module)
    monkeypatch.setattr("tui.cli.screen._take_terminal", lambda: None)
    return seen


def test_a_folder_or_several_files_open_the_fleet(opened: list[dict[str, Any]], tmp_path: Path) -> None:
    three(tmp_path)
    files = (str(tmp_path / "db01.vmx"), str(tmp_path / "web01.vmx"))
    assert run(tmp_path).status == 0
    assert run(*files, "--hypervisor", "esxi", "--no-mouse").status == 0
    assert [one["paths"] for one in opened] == [(str(tmp_path),), files]
    entry = tmp_path / "accept.toml"
    entry.write_text('[[accept]]\nrule = "not-in-snapshots"\nreason = "scratch"\n')
    assert run(tmp_path, "--accept", entry).status == 0
    assert [one["accepted"] for one in opened] == [[], [], ["scratch"]]
    assert opened[1]["choices"] == Choices(hypervisor=Hypervisor.ESXI, mouse=False)


@pytest.mark.parametrize(
    ("more", "said"), [(("--domain", "1"), "--domain is about one FILE"), (("-",), "standard input")]
)
def test_what_goes_with_no_fleet_is_refused(
    more: tuple[str, ...], said: str, opened: list[dict[str, Any]], tmp_path: Path
) -> None:
    outcome = run(three(tmp_path), *more)
    assert outcome.status == Status.BAD_INPUT
    assert said in outcome.err
    assert not opened


@pytest.mark.terminal
def test_in_a_terminal_it_scans_opens_comes_back_and_is_silent_when_idle(tmp_path: Path) -> None:
    folder = tmp_path / "vms"
    for number in range(140):  # so many that they are judged in processes of their own
        vm(folder, f"vm{number:03}", None, "independent-persistent")
    env = surroundings(tmp_path / "none.toml", NO_COLOR="1")
    with Terminal((*DISKMODE, str(folder)), env=env, cwd=tmp_path) as terminal:
        terminal.wait("vm000", "140 files", "140 machines")
        terminal.settle(0.5)
        assert terminal.settle(0.5) == b""
        assert all(is_reversed(cell) for cell in terminal.cells[HERE][:WIDTH]), "the whole row is the cursor"
        terminal.send(DOWN)
        assert 0 < len(terminal.settle(0.5)) <= MOVE
        assert not any(is_reversed(cell) for cell in terminal.cells[HERE][:WIDTH])
        terminal.send(ENTER)
        terminal.wait("vm001.vmx", "independent-persistent", "VMX")
        terminal.send("q")
        terminal.wait("140 machines")
        assert not re.search(rb"\x1b\[[\d;]*(?:3[1-8]|4[1-8]|38|48)[;m]", bytes(terminal.raw))
        terminal.send("q")
        assert terminal.leave() == 0
