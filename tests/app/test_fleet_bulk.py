"""Changing disks of many machines at once: looked at first, saved file by file, and taken back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.app.fleet_helpers import fleet, three, vm
from tui.app.dialogs.choice import ChoiceScreen
from tui.app.fleet import bulk_changes
from tui.app.fleet.bulk_page import BulkPage
from tui.app.fleet.bulk_review import BulkReview
from tui.editing import PolicyChange, edit
from tui.fleet import bulk_run
from tui.fleet.bulk_plan import FileChange
from tui.fleet.bulk_write import FileOutcome, apply
from tui.machine import Machine, machine_in

LOCKED = ('scsi0:9.present = "TRUE"', 'scsi0:9.fileName = "raw.vmdk"', 'scsi0:9.deviceType = "rawDisk"')


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.vmx")}


def edited(data: bytes, wanted: PolicyChange, *disks: int) -> bytes:
    """What the editor, or set, makes of one file."""
    machine = machine_in(data)
    outcome = edit(machine, machine, wanted, disks)
    assert isinstance(outcome, Machine)
    return outcome.document.data


async def test_marked_disks_of_several_files_are_changed_as_one_file_s_would_be(tmp_path: Path) -> None:
    before = contents(three(tmp_path))
    async with fleet(tmp_path) as seat:
        await seat.go("db01", "scsi0:0")
        await seat.press("space")
        await seat.go("web01", "scsi0:0")
        await seat.press("space")
        assert seat.sees("2 marked")
        await seat.done("s")
        assert isinstance(seat.screen, BulkReview)
        assert seat.sees("Leave disks out")
        assert seat.sees("2 disks in 2 files to change.")
        assert seat.text() == (
            "db01 scsi0:0 (sda) persistent -> independent-persistent\n"
            "web01 scsi0:0 (sda) persistent -> independent-persistent"
        )
        await seat.press("v")
        assert '+    6 scsi0:0.mode = "independent-persistent"' in seat.text()
        await seat.press("escape")
        assert contents(tmp_path) == before, "a review writes nothing"
        await seat.done("escape")
        assert contents(tmp_path) == before
        await seat.done("s")
        await seat.done("enter")
        assert seat.at_home
        assert "2 files saved · u undo" in seat.said()
        wanted = PolicyChange(snapshot=False)
        assert contents(tmp_path) == {
            "broken.vmx": before["broken.vmx"],
            "db01.vmx": edited(before["db01.vmx"], wanted, 0),
            "web01.vmx": edited(before["web01.vmx"], wanted, 0),
        }
        await seat.go("db01", "scsi0:0")
        assert seat.here.snapshot is False


async def test_everything_the_filter_shows_is_changed_by_one_mode(tmp_path: Path) -> None:
    before = contents(three(tmp_path))
    async with fleet(tmp_path) as seat:
        await seat.looked("slash", *"mode:indep", "enter")
        await seat.press("ctrl+a")
        await seat.press("m")
        assert isinstance(seat.screen, ChoiceScreen)
        await seat.done("enter")
        await seat.done("enter")
        after = contents(tmp_path)
        wanted = PolicyChange(snapshot=True, persistent=True)
        assert b"independent" not in after["db01.vmx"] + after["web01.vmx"]
        assert after["db01.vmx"] == edited(before["db01.vmx"], wanted, 1)
        assert [row.is_changed for row in seat.machines.rows] == [True, True]
        assert not seat.sees("marked"), "what was changed is marked no more"
        await seat.looked("slash", "end", *" vm:web", "enter")
        assert seat.shown == [], "they stay until there is another filter"


async def test_p_is_for_the_row_under_the_cursor_where_none_is_marked(tmp_path: Path) -> None:
    before = contents(three(tmp_path))
    async with fleet(tmp_path) as seat:
        await seat.go("db01", "scsi0:1")
        await seat.done("p")
        assert seat.sees("Discard the writes of disks at power-off")
        await seat.done("enter")
        assert contents(tmp_path)["db01.vmx"] == edited(before["db01.vmx"], PolicyChange(persistent=False), 1)
        await seat.go("broken.vmx", "")
        await seat.done("p")
        assert "No disk here to change" in seat.said()


async def test_a_heading_stands_for_all_below_it(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.press("g")
        place = next(n for n, row in enumerate(seat.machines.rows) if row.heading.startswith("db01"))
        seat.machines.move_to(place)
        await seat.press("space")
        assert seat.sees("3 marked")
        seat.machines.move_to(place)
        await seat.press("space")
        assert not seat.sees("marked")


async def test_refusals_are_listed_with_their_reason_and_stop_nothing(tmp_path: Path) -> None:
    vm(tmp_path, "good", None)
    vm(tmp_path, "discarding", "independent-nonpersistent")
    vm(tmp_path, "rdm", None, more=LOCKED)
    before = contents(tmp_path)
    async with fleet(tmp_path) as seat:
        await seat.press("ctrl+a")
        await seat.done("s")
        assert seat.sees("take 1 disk in; 3 are in already")
        await seat.done("s")
        (line,) = seat.text().splitlines()
        assert line.startswith("discarding scsi0:0 (sda) a disk whose writes are discarded cannot")
        assert "with m you can" in line
        assert seat.sees("✗ discarding")
        assert not seat.sees("enter save"), "there is nothing to save"
        await seat.done("enter", "escape")
        assert contents(tmp_path) == before


async def test_the_remedy_for_those_that_are_refused_is_one_key_and_looked_at_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        vm(tmp_path, name, "independent-nonpersistent", "independent-persistent")
    before = contents(tmp_path)
    async with fleet(tmp_path) as seat:
        await seat.press("ctrl+a")
        await seat.done("s")
        assert seat.sees("2 disks in 2 files to change, 2 disks refused.")
        assert seat.sees("a keep its writes as well, where refused")
        await seat.done("G", "space", "a")
        assert seat.sees("3 disks in 2 files to change.")
        assert "a scsi0:0 (sda) independent-nonpersistent -> persistent" in seat.text()
        assert contents(tmp_path) == before
        await seat.done("enter")
        kept = PolicyChange(snapshot=True, persistent=True)
        assert contents(tmp_path) == {
            "a.vmx": edited(before["a.vmx"], kept, 0, 1),
            "b.vmx": edited(before["b.vmx"], kept, 0),
        }


async def test_a_disk_that_moved_since_the_scan_is_refused_not_mistaken(tmp_path: Path) -> None:
    vm(tmp_path, "vm", None, None)
    async with fleet(tmp_path) as seat:
        await seat.go("vm", "scsi0:0")
        path = tmp_path / "vm.vmx"
        path.write_bytes(path.read_bytes().replace(b"vm_0.vmdk", b"other.vmdk"))
        await seat.done("s")
        assert "no longer holds the disk" in " ".join(seat.text().split())
        await seat.done("enter")
        assert isinstance(seat.screen, BulkReview), "there is nothing to save"
        await seat.done("escape")


async def test_what_is_so_already_is_said(tmp_path: Path) -> None:
    vm(tmp_path, "vm", None)
    async with fleet(tmp_path) as seat:
        await seat.go("vm", "scsi0:0")
        await seat.press("m")
        await seat.done("enter")
        assert seat.at_home or seat.sees("already so")


async def test_a_failure_stops_nothing_and_is_listed_at_the_end(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        vm(tmp_path, name, None)
    before = contents(tmp_path)
    async with fleet(tmp_path) as seat:
        await seat.press("ctrl+a")
        await seat.done("s")
        changed = (tmp_path / "b.vmx").read_bytes() + b"# somebody else\n"
        (tmp_path / "b.vmx").write_bytes(changed)
        await seat.done("enter")
        assert isinstance(seat.screen, BulkPage)
        assert "b.vmx" in seat.text()
        assert "a.vmx" not in seat.text()
        assert seat.sees("2 files saved, 1 failed")
        await seat.done("escape")
        after = contents(tmp_path)
        assert after["b.vmx"] == changed
        assert after["a.vmx"] == edited(before["a.vmx"], PolicyChange(snapshot=False), 0)
        assert after["c.vmx"] == edited(before["c.vmx"], PolicyChange(snapshot=False), 0)


async def test_undo_restores_what_still_stands_and_lists_the_rest(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        vm(tmp_path, name, None)
    before = contents(tmp_path)
    async with fleet(tmp_path) as seat:
        assert not seat.sees("u undo"), "nothing to undo, no undo"
        await seat.press("ctrl+a")
        await seat.done("s")
        await seat.done("enter")
        changed = (tmp_path / "b.vmx").read_bytes() + b"# somebody else\n"
        (tmp_path / "b.vmx").write_bytes(changed)
        (tmp_path / "c.vmx").unlink()
        await seat.done("u")
        assert isinstance(seat.screen, BulkReview)
        assert seat.text().splitlines() == [
            "b scsi0:0 (sda) it was changed since",
            "c scsi0:0 (sda) it is gone",
            "a scsi0:0 (sda) independent-persistent -> persistent",
        ]
        await seat.done("enter")
        await seat.done("escape")
        assert contents(tmp_path) == {"a.vmx": before["a.vmx"], "b.vmx": changed}
        assert "1 file put back, 2 kept" in seat.said()
        assert not seat.sees("u undo")


async def test_a_bulk_change_shows_how_far_it_is_and_stops_behind_the_file_it_is_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        vm(tmp_path, f"vm{number}", None)
    before = contents(tmp_path)
    at_second, go_on = threading.Event(), threading.Event()

    def slow(change: FileChange, *, backup: bool, reload: bool) -> FileOutcome:
        if change.path.endswith("vm2.vmx"):
            at_second.set()
            go_on.wait(20)
        return apply(change, backup=backup, reload=reload)

    monkeypatch.setattr(bulk_run, "apply", slow)
    monkeypatch.setattr(bulk_changes, "_PROGRESS_SECONDS", 0.0)
    async with fleet(tmp_path) as seat:
        await seat.press("ctrl+a")
        await seat.done("s")
        await seat.press("enter")
        await seat.until(at_second.is_set)
        assert seat.sees("2 of 6 files")
        assert any("▇" in line and "Saving" in line for line in seat.seen())
        await seat.press("s", "q", "enter", "r")
        assert seat.at_home
        await seat.press("escape")
        go_on.set()
        await seat.done()
        changed = [name for name, data in contents(tmp_path).items() if data != before[name]]
        assert sorted(changed) == ["vm0.vmx", "vm1.vmx", "vm2.vmx"]
        assert "3 not reached" in seat.said()
        await seat.done("u")
        await seat.done("enter")
        assert contents(tmp_path) == before


async def test_undo_and_redo_are_looked_at_before_they_are_done(tmp_path: Path) -> None:
    before = contents(three(tmp_path))
    async with fleet(tmp_path) as seat:
        assert not seat.sees("^r redo")
        await seat.looked("1")
        await seat.press("ctrl+a")
        await seat.done("s")
        await seat.done("enter")
        after = contents(tmp_path)
        assert after != before
        await seat.done("u")
        assert seat.sees("Undo the last bulk change")
        assert contents(tmp_path) == after
        await seat.done("enter")
        assert contents(tmp_path) == before
        assert "1 file put back · ctrl+r redo" in seat.said()
        await seat.done("ctrl+r")
        assert "independent-persistent -> persistent" in seat.text()
        await seat.done("enter")
        assert contents(tmp_path) == after
        assert "1 file saved" in seat.said()
        assert "u undo" in seat.seen()[-1]
        await seat.press("H")
        for key in ("u", "enter", "escape"):
            await seat.settle()
            await seat.press(key)
        await seat.done()
        assert contents(tmp_path) == before
        assert "1 file put back" in seat.said()
        assert "u undo" not in seat.seen()[-1], "the history took it back"


async def test_where_disks_differ_the_way_is_asked_in_one_key(tmp_path: Path) -> None:
    before = contents(three(tmp_path))
    async with fleet(tmp_path) as seat:
        await seat.press("ctrl+a")
        await seat.press("s")
        assert seat.sees("take 2 disks in; 3 are in already")
        assert seat.sees("leave 3 disks out; 2 are out already")
        await seat.press("escape")
        assert seat.at_home
        await seat.press("s")
        await seat.done("o")
        assert seat.sees("Leave disks out")
        await seat.done("escape", "p")
        await seat.done("d")
        assert seat.sees("Discard the writes of disks at power-off")
        await seat.done("escape")
        assert contents(tmp_path) == before


async def test_disks_that_are_neither_in_nor_out_are_not_left_out_unasked(tmp_path: Path) -> None:
    vm(tmp_path, "vm", "no-such-mode")
    async with fleet(tmp_path) as seat:
        await seat.press("s")
        assert seat.sees("take 0 disks in; 1 left to you or unknown: m changes it")
        assert seat.sees("leave 1 disk out")
        await seat.press("escape")
        assert seat.at_home


async def test_one_is_left_out_of_a_change_and_copies_are_kept(tmp_path: Path) -> None:
    for name in ("a", "b"):
        vm(tmp_path, name, "independent-persistent", "independent-persistent")
    before = contents(tmp_path)
    async with fleet(tmp_path) as seat:
        await seat.press("ctrl+a")
        await seat.done("s")
        assert seat.sees("enter save 2 files")
        await seat.done("space", "space", "space", "b")
        assert seat.sees("left out (independent-persistent -> persistent)")
        assert seat.sees("1 disk in 1 file to change, 3 disks left out.")
        assert seat.sees("backup copies [x]")
        await seat.done("enter")
        after = contents(tmp_path)
        assert after["a.vmx"] == before["a.vmx"]
        assert after["b.vmx"] == edited(before["b.vmx"], PolicyChange(snapshot=True), 1)
        assert before["b.vmx"] in [path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".vmx"]


async def test_a_vm_that_was_powered_on_meanwhile_is_not_written_into(tmp_path: Path) -> None:
    before = contents(three(tmp_path))
    async with fleet(tmp_path) as seat:
        await seat.press("ctrl+a")
        await seat.done("m")
        await seat.done("enter")
        (tmp_path / "db01.vmx.lck").mkdir()
        await seat.done("enter")
        assert isinstance(seat.screen, BulkPage)
        assert "in use" in " ".join(seat.text().split())
        assert seat.sees("1 file saved, 1 refused")
        await seat.done("escape")
        assert contents(tmp_path)["db01.vmx"] == before["db01.vmx"]
        (tmp_path / "web01.vmx.lck").mkdir()
        await seat.done("u")
        assert "in use" in seat.text()
        await seat.done("enter")
        assert isinstance(seat.screen, BulkReview), "there is nothing to put back"
        await seat.done("escape")
        (tmp_path / "web01.vmx.lck").rmdir()
        await seat.done("u")
        await seat.done("enter")
        assert contents(tmp_path) == before


async def test_files_found_below_here_are_the_same_rows_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(tmp_path)
    monkeypatch.chdir(tmp_path)
    async with fleet(Path()) as seat:
        found = seat.shown
        await seat.go("db01", "scsi0:0")
        await seat.done("s")
        await seat.done("enter")
        assert disks_of(seat.shown) == disks_of(found)
        assert seat.here.snapshot is False
        await seat.done("u")
        await seat.done("enter")
        assert disks_of(seat.shown) == disks_of(found)
        assert seat.here.snapshot is True
        await seat.done("enter")
        await seat.press("s", "ctrl+s")
        await seat.done("enter")
        await seat.done("q")
        await seat.until(lambda: seat.here.snapshot is False)
        assert disks_of(seat.shown) == disks_of(found)


def disks_of(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [row for row in rows if row[1]]


async def test_what_is_found_on_shared_images_is_told_anew_after_a_change_and_its_undo(
    tmp_path: Path,
) -> None:
    for name in ("a", "b"):
        vm(tmp_path, name, None, more=['scsi0:1.present = "TRUE"', 'scsi0:1.fileName = "/srv/both.vmdk"'])
    async with fleet(tmp_path) as seat:
        assert seat.sees("in-two-machines 2")
        rows = seat.shown
        for key in ("s", "u"):
            await seat.done(key)
            await seat.done("enter")
            await seat.until(lambda: seat.sees("in-two-machines 2"))
            assert seat.shown == rows
        (tmp_path / "b.vmx").unlink()
        await seat.fleet.judge_again([str(tmp_path / "b.vmx")])
        await seat.until(lambda: not seat.sees("in-two-machines"))


async def test_where_nothing_was_changed_yet_undo_says_where_earlier_saves_are(tmp_path: Path) -> None:
    vm(tmp_path, "web", None)
    async with fleet(tmp_path) as seat:
        assert " u undo" not in seat.seen()[-1]
        await seat.press("u")
        assert "Nothing to undo here; H shows earlier saves." in seat.said()
        await seat.press("ctrl+r")
        assert "Nothing to redo" in seat.said()
