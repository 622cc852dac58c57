"""The history's screen: what was changed, and taking it back after a look at the diff."""

from __future__ import annotations

from pathlib import Path

from tests.app.fleet_helpers import fleet
from tests.app.helpers import WEB, copied, seated
from tui.app.editor.editor_screen import EditorScreen
from tui.app.history.history_presentation import lines_of, row_of
from tui.app.history.history_screen import HistoryScreen
from tui.formats.spellings import PolicyWords
from tui.history.change import Caller, Change, Outcome, Record
from tui.history.changes import Changes
from tui.history.domain_words import DiskWords, DomainWords
from tui.history.process import this_process


async def test_a_save_is_seen_and_undone_after_a_look_and_the_editor_reads_it(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await seat.press("s", "ctrl+s", "enter")
        await seat.settle()
        assert path.read_bytes() != before
        await seat.press("H")
        await seat.settle()
        assert isinstance(seat.screen, HistoryScreen)
        assert seat.sees("1 change")
        assert seat.sees("editor")
        assert seat.sees('done   + scsi0:0.mode = "independent-persistent"'), "what an edit did, by its line"
        assert seat.sees('+      scsi0:0.mode = "independent-persistent"')
        await seat.press("u")
        await seat.settle()
        assert seat.sees("enter put back 1 file")
        await seat.press("escape")
        assert path.read_bytes() != before, "escape does nothing"
        await seat.press("u")
        await seat.settle()
        await seat.press("enter")
        await seat.settle()
        assert path.read_bytes() == before
        assert seat.sees("1 file put back")
        assert seat.sees("undone")
        assert "u undo" in seat.seen()[-1], "the undo itself can be undone"
        await seat.press("down", "u")
        assert seat.sees("Not undone: it was taken back already.")
        await seat.press("escape")
        await seat.settle()
        assert isinstance(seat.screen, EditorScreen)
        assert seat.policy(0) == (True, True)


async def test_a_file_that_moved_on_is_left_with_the_reason(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        await seat.press("s", "ctrl+s", "enter")
        await seat.settle()
        path.write_bytes(path.read_bytes() + b"# by hand\n")
        await seat.press("H")
        await seat.settle()
        await seat.press("u")
        await seat.settle()
        assert seat.reads("no longer has the bytes that this change left")
        assert seat.reads("No file would be put back.")
        assert not seat.sees("enter put back")


async def test_a_fleet_shows_the_changes_in_its_folders_alone(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
        async with seated(copied(WEB, folder)) as seat:
            await seat.press("s", "ctrl+s", "enter")
            await seat.settle()
    async with fleet(here) as seat:
        await seat.press("H")
        await seat.settle()
        assert isinstance(seat.screen, HistoryScreen)
        assert seat.sees("1 change ")
        await seat.press("q")
        assert not isinstance(seat.screen, HistoryScreen)


def test_a_domain_is_named_as_people_name_it() -> None:
    out = DiskWords("vda", "", PolicyWords(), PolicyWords(snapshot="no"))
    words = DomainWords("web", (out,))
    record = Record("qemu:///system 1-2", "a", "b", (), Outcome.SAVED, words)
    change = Change("1a2b3c4d", Caller.SET, "", 0.0, this_process(), records=(record,), ended=True)
    assert row_of(Changes([change]), change, alone=False)[3] == "system web"
    said = ["vda: says nothing of its policy", "vda: snapshot='no'"]
    assert [line.text for line in lines_of(change)] == ["qemu:///system web", *said]
