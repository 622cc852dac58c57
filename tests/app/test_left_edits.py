"""Edits that an earlier editor left: offered, taken up, dropped, or waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.app.helpers import WEB, Seat, copied, seated
from tui.history.journal import Journal
from tui.history.process import Process, this_process
from tui.history.state_folder import state_folder
from tui.history.unsaved import digest

ADDED = b'scsi0:0.mode = "independent-persistent"\r\n'


def killed_editor(path: Path, *texts: bytes) -> None:
    """An editor that went through ``texts`` and was killed: its process is none that runs."""
    journal = Journal(str(path), texts[0])
    for before, after in pairwise(texts):
        journal.edited(before, after)
    journal.keep()
    mine = this_process()
    gone = Process(2**22 + 1, mine.host, mine.started)
    data = journal.path.read_bytes().replace(f'"pid":{mine.pid}'.encode(), f'"pid":{gone.pid}'.encode())
    journal.path.write_bytes(data)


def edited(data: bytes) -> bytes:
    line = next(one for one in data.splitlines(keepends=True) if b"scsi0:0.fileName" in one)
    return data.replace(line, line + ADDED.replace(b"\r\n", line[len(line.rstrip()) :]))


def journals() -> list[Path]:
    folder = state_folder() / "edits"
    return sorted(folder.iterdir()) if folder.exists() else []


async def asked(seat: Seat) -> None:
    """Wait until the question stands."""
    for _ in range(200):
        if "Unsaved edits" in "\n".join(seat.seen()):
            return
        await seat.pilot.pause(0.02)
    raise AssertionError("\n".join(seat.seen()))


@asynccontextmanager
async def offered(path: Path) -> AsyncIterator[Seat]:
    async with seated(path) as seat:
        await asked(seat)
        yield seat


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = copied(WEB, tmp_path)
    killed_editor(path, path.read_bytes(), edited(path.read_bytes()))
    return path


async def test_they_are_shown_as_a_diff_and_taken_up_as_one_edit(path: Path) -> None:
    async with offered(path) as seat:
        assert any("+" in line and "independent-persistent" in line for line in seat.seen())
        await seat.press("r")
        assert seat.policy(0) == (False, True)
        assert "here again" in seat.below()
        assert len(journals()) == 1
        await seat.press("u")
        assert seat.policy(0) == (True, True)


async def test_taken_up_they_are_in_the_new_journal(path: Path) -> None:
    async with offered(path) as seat:
        await seat.press("r")
        (journal,) = journals()
        assert b"independent-persistent" in journal.read_bytes()


async def test_dropped_they_are_gone(path: Path) -> None:
    async with offered(path) as seat:
        await seat.press("d")
        assert seat.policy(0) == (True, True)
        assert "dropped" in seat.below()
        assert len(journals()) == 1


async def test_decided_on_later_they_are_offered_again_by_r_and_at_the_next_opening(path: Path) -> None:
    async with offered(path) as seat:
        await seat.press("escape")
        assert seat.policy(0) == (True, True)
        await seat.press("r")
        await asked(seat)
        await seat.press("escape")
    async with offered(path) as seat:
        await seat.press("r")
        assert seat.policy(0) == (False, True)


async def test_of_a_file_that_changed_meanwhile_they_are_only_shown(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"# changed\n")
    async with offered(path) as seat:
        text = "\n".join(seat.seen())
        assert "has changed since" in text
        assert "independent-persistent" in text
        await seat.press("r")
        assert "Unsaved edits" in "\n".join(seat.seen())
        await seat.press("d")
        assert seat.policy(0) == (True, True)
        assert len(journals()) == 1


async def test_edits_that_come_to_nothing_are_not_offered(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    data = path.read_bytes()
    killed_editor(path, data, edited(data), data)
    async with seated(path) as seat:
        while len(journals()) != 1:
            await seat.pilot.pause(0.02)
        assert "Unsaved edits" not in "\n".join(seat.seen())


async def test_what_a_save_brought_to_its_end_is_not_offered(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    data = path.read_bytes()
    journal = Journal(str(path), data)
    journal.edited(data, edited(data))
    journal.saving(edited(data))
    journal.keep()
    text = journal.path.read_bytes().replace(b'"pid":', b'"pid":9')
    journal.path.write_bytes(text)
    path.write_bytes(edited(data))
    async with seated(path) as seat:
        while len(journals()) != 1 or digest(edited(data)).encode() not in journals()[0].read_bytes():
            await seat.pilot.pause(0.02)
        assert "Unsaved edits" not in "\n".join(seat.seen())


async def test_two_editors_know_of_each_other(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    other = Journal(str(path), path.read_bytes())
    async with seated(path) as seat:
        while "Somebody else edits this file" not in seat.below():
            await seat.pilot.pause(0.02)
    other.drop()


async def test_a_clean_leave_leaves_nothing(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        while not journals():
            await seat.pilot.pause(0.02)
        await seat.press("s", "q")
        await seat.press("d")
    assert journals() == []


async def test_no_key_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[bool] = []
    let_go = threading.Event()

    def flush(_: Journal) -> None:
        flushed.append(threading.current_thread() is threading.main_thread())
        assert let_go.wait(30)

    async def until(number: int) -> None:
        while len(flushed) < number:
            await asyncio.sleep(0.01)

    monkeypatch.setattr(Journal, "flush", flush)
    async with seated(copied(WEB, tmp_path)) as seat, asyncio.timeout(60):
        await seat.press("s")
        await until(1)
        for key in "us":
            await seat.press(key)
        assert "1 change" in "\n".join(seat.seen())
        assert flushed == [False], "the keys behind the first did not wait, and share what comes next"
        let_go.set()
        await until(2)
    assert flushed == [False, False]
