"""What happens to the file: saved after a look at the diff, whole or not at all; nothing is lost unasked."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.app.helpers import KVM, WEB, Seat, copied, seated
from tests.scenes import WIDE
from tests.storage.helpers import names
from tui.app.editor.editor_screen import EditorScreen
from tui.formats.opening import open_document
from tui.machine import machine_in
from tui.storage import Reading, SaveError, read

ADDED = b'scsi0:0.mode = "independent-persistent"\n'


def _after_s(data: bytes) -> bytes:
    """What ``s`` on the first disk of WEB makes of the file: one line, right after the file name's."""
    line = b'scsi0:0.fileName = "esxi8-web01.vmdk"\n'
    assert line in data
    return data.replace(line, line + ADDED)


async def _saved(seat: Seat) -> None:
    await seat.press("ctrl+s", "enter")
    await seat.settle()


async def test_save_shows_the_diff_and_escape_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    monkeypatch.chdir(tmp_path)
    async with seated(Path(WEB), WIDE) as seat:
        await seat.press("s", "ctrl+s")
        assert seat.sees('scsi0:0.mode = "independent-persistent"')
        assert seat.sees("owner, permissions and links stay")
        await seat.press("escape")
        assert seat.sees("1 change ")
    assert path.read_bytes() == before
    assert names(tmp_path) == [WEB]


async def test_save_writes_that_line_and_no_other_byte(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await seat.press("s")
        await _saved(seat)
        assert path.read_bytes() == _after_s(before)
        assert "Saved" in seat.below()
        assert seat.sees("no changes")
        await seat.press("s")
        await _saved(seat)
        await seat.press("q")
        assert seat.has_ended
    assert path.read_bytes() == before
    assert names(tmp_path) == [WEB]


async def test_undo_goes_on_behind_a_save_and_saving_that_gives_the_original_bytes(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await seat.press("s")
        await _saved(seat)
        await seat.press("u")
        assert seat.sees("1 change ")
        await _saved(seat)
    assert path.read_bytes() == before


async def test_save_without_a_change_says_so_and_asks_nothing(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("ctrl+s")
        assert "Nothing to save" in seat.below()
        assert seat.screen is seat.editor


async def test_b_in_the_review_keeps_the_old_bytes_beside_the_file(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await seat.press("s", "ctrl+s", "b")
        assert seat.sees("backup copy [x]")
        await seat.press("enter")
        await seat.settle()
        assert f"{WEB}~" in seat.below().replace(" ", "")
    assert (tmp_path / f"{WEB}~").read_bytes() == before
    assert path.read_bytes() == _after_s(before)


async def _conflict(seat: Seat, path: Path, theirs: bytes) -> None:
    await seat.press("s")
    path.write_bytes(theirs)
    await _saved(seat)


async def test_a_file_changed_meanwhile_is_not_overwritten_and_the_difference_is_shown(
    tmp_path: Path,
) -> None:
    path = copied(WEB, tmp_path)
    theirs = path.read_bytes().replace(b'memsize = "8192"', b'memsize = "4096"')
    assert theirs != path.read_bytes()
    async with seated(path, WIDE) as seat:
        await _conflict(seat, path, theirs)
        assert seat.sees("Somebody changed the file")
        assert seat.sees('memsize = "4096"')
        assert path.read_bytes() == theirs
        await seat.press("escape")
        assert seat.policy(0) == (False, True)
        await seat.press("ctrl+s", "enter")
        await seat.settle()
        await seat.press("r")
        assert seat.policy(0) == (True, True)
        assert seat.sees("no changes")
        await seat.press("s")
        await _saved(seat)
    assert path.read_bytes() == _after_s(theirs)


async def test_after_a_conflict_ones_own_version_can_go_to_another_file(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await _conflict(seat, path, b'config.version = "8"\nsomebody = "else"\n')
        await seat.press("c", "enter")
        await seat.settle()
        assert "Wrote" in seat.below()
    assert (tmp_path / "esxi8-web01-edited.vmx").read_bytes() == _after_s(before)
    assert path.read_bytes() == b'config.version = "8"\nsomebody = "else"\n'


async def test_a_file_removed_meanwhile_is_a_conflict_too(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        await seat.press("s")
        path.unlink()
        await _saved(seat)
        assert seat.sees("The file is gone")
        await seat.press("escape")
        assert seat.policy(0) == (False, True)
        await seat.press("r", "enter")
        assert "gone" in seat.below()
        assert seat.policy(0) == (False, True)


@pytest.mark.parametrize("what", ["the disk is full", "it cannot be renamed"])
async def test_a_failed_save_keeps_the_file_and_the_changes_and_can_be_tried_again(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()

    def failing(reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
        raise SaveError(str(reading.path), what, "do something about it")

    async with seated(path) as seat:
        await seat.press("s")
        with monkeypatch.context() as patch:
            patch.setattr("tui.session.work.save", failing)
            await _saved(seat)
        assert what in seat.below()
        assert "do something about it" in seat.below()
        assert seat.sees("1 change ")
        assert path.read_bytes() == before
        await _saved(seat)
        assert path.read_bytes() == _after_s(before)


def _slow_disk(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """A disk that waits where this is clear; now it is set."""
    original = asyncio.to_thread
    gate = asyncio.Event()
    gate.set()

    async def slow(*args: object, **options: object) -> object:
        await gate.wait()
        return await original(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio, "to_thread", slow)
    return gate


async def _told(seat: Seat, text: str) -> None:
    """Wait until a text stands below the table: a key may be held back for a moment by a slow disk."""
    async with asyncio.timeout(3):
        while text not in seat.below():
            await asyncio.sleep(0.01)


async def test_the_screen_stays_usable_while_a_slow_disk_saves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        await seat.press("s")
        gate = _slow_disk(monkeypatch)
        gate.clear()
        await seat.press("ctrl+s", "enter", "down", "s")
        async with asyncio.timeout(2):
            while seat.policy(1) != (True, True):
                await asyncio.sleep(0.01)
        for key in ("q", "r", "e", "ctrl+s"):
            await seat.press("down", key)
            await _told(seat, "Still saving.")
        gate.set()
        await seat.settle()
        assert path.read_bytes().count(b"independent-persistent") == 2
        assert not seat.sees("no changes"), "what was changed while the save ran is not saved yet"


async def test_no_question_is_asked_while_the_person_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its keys are letters: they would drop the edits, or write over a file."""
    path, other = copied(WEB, tmp_path), tmp_path / "esxi8-web01.xml"
    other.write_text("precious")
    async with seated(path) as seat:
        gate = _slow_disk(monkeypatch)
        await seat.press("s")
        path.write_bytes(path.read_bytes() + b"# by another\n")
        for keys, told in ((("ctrl+s", "enter"), "Not saved"), (("e", "enter", "enter"), "Not written")):
            gate.clear()
            await seat.press(*keys, "down")
            await asyncio.sleep(0.3)  # longer than keys wait for a disk
            gate.set()
            await _told(seat, told)
            assert isinstance(seat.screen, EditorScreen)
            await seat.press("w", "up")
            assert not seat.sees("no changes")
        assert other.read_text() == "precious"
        await seat.press("escape", "ctrl+s", "enter")
        await seat.settle()
        assert seat.sees("The file changed"), "it is asked where nobody types"


async def test_a_file_that_cannot_be_written_opens_read_only_and_a_copy_can_be_written(
    tmp_path: Path,
) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    os.link(path, tmp_path / "other-name.vmx")
    reading = read(path)
    assert not reading.writable
    async with seated(reading) as seat:
        assert "Read-only" in seat.below()
        assert seat.sees("read-only")
        await seat.press("s", "ctrl+s")
        assert seat.screen is not seat.editor
        await seat.press("enter")
        await seat.settle()
        assert "Wrote" in seat.below()
    assert (tmp_path / "esxi8-web01-edited.vmx").read_bytes() == _after_s(before)
    assert path.read_bytes() == before


async def test_an_encrypted_machine_is_read_only_with_the_reason(tmp_path: Path) -> None:
    path = copied("encrypted.vmx", tmp_path)
    async with seated(path) as seat:
        assert seat.sees("read-only")
        assert any("encrypted" in line for line in seat.seen())
        assert "e export" not in seat.seen()[-1]
        await seat.press("s", "p", "m", "space", "ctrl+s")
        assert seat.screen is seat.editor
        assert seat.sees("no changes")


async def test_q_with_unsaved_changes_asks_and_escape_stays(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await seat.press("s", "q")
        assert seat.sees("These changes are not in the file")
        await seat.press("escape")
        assert seat.screen is seat.editor
        assert not seat.has_ended
        await seat.press("q", "d")
        assert seat.has_ended
    assert path.read_bytes() == before


async def test_q_then_s_saves_and_leaves(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await seat.press("s", "q", "s")
        await seat.settle()
        assert seat.has_ended
    assert path.read_bytes() == _after_s(before)


async def test_ctrl_q_asks_about_unsaved_changes_as_q_does(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("s", "ctrl+q")
        assert not seat.has_ended
        assert seat.sees("These changes are not in the file")
        await seat.press("ctrl+q", "escape")
        assert seat.screen is seat.editor
        await seat.press("u", "ctrl+q")
        assert seat.has_ended


async def test_r_reads_the_file_anew_and_asks_where_changes_would_be_lost(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        await seat.press("h", "end", "enter")
        path.write_bytes(_after_s(path.read_bytes()))
        await seat.press("r")
        assert seat.policy(0) == (False, True)
        assert seat.sees("no changes")
        assert seat.sees("other libvirt driver")
        await seat.press("s", "r")
        assert seat.screen is not seat.editor
        await seat.press("escape")
        assert seat.policy(0) == (True, True)
        await seat.press("r", "enter")
        assert seat.policy(0) == (False, True)


async def test_r_on_a_file_that_is_no_machine_any_more_keeps_what_is_on_the_screen(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        path.write_bytes(b"<domain><broken")
        await seat.press("r")
        assert "Not reloaded" in seat.below()
        assert len(seat.rows) == 4


async def test_e_writes_the_other_format_and_never_over_a_file(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        await seat.press("s", "e", "enter", "enter")
        await seat.settle()
        assert "Wrote" in seat.below()
        written = (tmp_path / "esxi8-web01.xml").read_bytes()
        assert [disk.policy.snapshot for disk in open_document(written).disks if disk.is_disk] == [
            False,
            False,
            True,
        ]
        await seat.press("e", "enter", "enter")
        await seat.settle()
        assert seat.sees("there is already a file of this name")
        await seat.press("escape")
        assert "Not written" in seat.below()
        await seat.press("e", "enter")
        await seat.type(str(tmp_path / "no" / "such" / "folder.xml"))
        await seat.press("enter")
        await seat.settle()
        assert seat.sees("Not written")
        assert str(seat.screen.query_one("Input").value).endswith("folder.xml"), "it can be mended"  # type: ignore[attr-defined]
        await seat.press("escape")
        assert "Not written" in seat.below()
    assert (tmp_path / "esxi8-web01.xml").read_bytes() == written
    assert sorted(names(tmp_path)) == [WEB, "esxi8-web01.xml"]


async def test_an_export_goes_over_a_file_where_that_is_said_but_never_over_the_one_shown(
    tmp_path: Path,
) -> None:
    path, other = copied(WEB, tmp_path), tmp_path / "esxi8-web01.xml"
    before = path.read_bytes()
    other.write_text("something else\n")
    async with seated(path) as seat:
        await seat.press("e", "enter", "enter")
        await seat.settle()
        await seat.press("w")
        await seat.settle()
        assert "Wrote" in seat.below()
        assert machine_in(other.read_bytes()).disks
        await seat.press("e", "enter")
        await seat.type(str(path))
        await seat.press("enter")
        await seat.settle()
        assert "is the file on the screen" in seat.below()
    assert path.read_bytes() == before


async def test_a_domain_exports_a_vmx(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("e", "enter")
        await seat.settle()
    assert machine_in((tmp_path / "kvm-app01.vmx").read_bytes()).disks


async def test_a_vm_powered_on_after_it_was_opened_is_saved_only_where_one_insists(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await seat.press("s")
        path.with_name(f"{path.name}.lck").mkdir()
        await _saved(seat)
        assert seat.sees("Not saved")
        assert seat.reads("Nothing was saved; your changes are still here.")
        assert seat.reads("in-use")
        assert path.read_bytes() == before
        await seat.press("escape")
        assert seat.policy(0) == (False, True)
        await _saved(seat)
        assert path.read_bytes() == before
        await seat.press("o")
        await seat.settle()
        assert "Saved" in seat.below()
        assert path.read_bytes() == _after_s(before)


async def test_an_unknown_home_at_a_path_prompt_is_an_ordinary_sentence(tmp_path: Path) -> None:
    for name, keys in ((WEB, ("e", "enter")), (KVM, ("n", "w"))):
        async with seated(copied(name, tmp_path)) as seat:
            await seat.press(*keys)
            await seat.type("~nobody-of-this-name/x")
            await seat.press("enter")
            await seat.settle()
            assert seat.sees("there is no home folder")


async def test_reload_keeps_the_chosen_domain_and_says_where_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "two.xml"
    one, two = (
        b"<domain type='kvm'><name>%s</name><devices><disk type='file' device='disk'>"
        b"<source file='/%s'/><target dev='%s'/></disk></devices></domain>" % names
        for names in ((b"first", b"a", b"vda"), (b"second", b"b", b"sda"))
    )
    path.write_bytes(b"<node>" + one + two + b"</node>")
    async with seated(path) as seat:
        await seat.press("down", "enter")
        assert [row.target for row in seat.rows] == ["sda"]
        path.write_bytes(b"<node>" + two + one + b"</node>")
        await seat.press("r")
        await seat.settle()
        assert [row.target for row in seat.rows] == ["sda"]
        path.write_bytes(b"<node>" + one + b"</node>")
        await seat.press("r")
        await seat.settle()
        assert "the domain second is no longer in it" in seat.below()
        assert [row.target for row in seat.rows] == ["sda"]


async def test_the_preview_shows_what_will_be_exported(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), size=WIDE) as seat:
        assert not seat.sees("<driver name='qemu'")
        await seat.press("e", "enter")
        assert seat.sees("have no counterpart")
        assert seat.sees("<driver name='qemu'")
        await seat.press("enter")
        await seat.settle()
        assert b"<domain type='kvm'>" in (tmp_path / "esxi8-web01.xml").read_bytes()
        await seat.press("l")
        assert seat.sees("libvirt's network default")
        await seat.press("escape", "e", "down", "enter", "escape")
        assert not seat.sees("<driver name='qemu'")


async def test_of_several_domains_one_is_chosen_first(tmp_path: Path) -> None:
    path = copied("several-domains.xml", tmp_path)
    async with seated(path) as seat:
        assert seat.sees("Which domain?")
        await seat.press("down", "enter")
        second = machine_in(path.read_bytes(), domain="2")
        assert [row.target for row in seat.rows] == [disk.target for disk in second.disks]
        assert seat.sees("dns (several-domains.xml) · QEMU/KVM")
        await seat.press("e")
        assert seat.screen.query_one(Input).value.endswith("/dns.vmx")
        await seat.press("escape", "s")
        await _saved(seat)
        assert machine_in(path.read_bytes(), domain="2").disks[0].policy != second.disks[0].policy
        first = machine_in(path.read_bytes(), domain="1").disks
        assert [disk.policy for disk in first] == [
            disk.policy for disk in machine_in(second.document.data, domain="1").disks
        ]
        path.write_bytes(second.document.data)
        await seat.press("r")
        assert [row.target for row in seat.rows] == [disk.target for disk in second.disks]


async def test_escape_at_the_choice_of_domain_leaves(tmp_path: Path) -> None:
    async with seated(copied("several-domains.xml", tmp_path)) as seat:
        await seat.press("escape")
        assert seat.has_ended


async def test_standard_input_is_accepted_not_saved(tmp_path: Path) -> None:
    data = copied(WEB, tmp_path).read_bytes()
    reading = Reading(path=None, data=data, writable=False, why_not="it came from standard input")
    async with seated(reading) as seat:
        assert seat.sees("esxi8-web01 (standard input) · ESXi")
        assert seat.app.accepted == data
        await seat.press("s", "q")
        assert seat.sees("accept and leave")
        await seat.press("escape", "ctrl+s", "enter")
        assert "goes to standard output" in seat.below()
        assert seat.app.accepted == _after_s(data)
        await seat.press("s", "q", "d")
        assert seat.has_ended
    assert seat.app.accepted == _after_s(data)
    assert names(tmp_path) == [WEB]


async def test_standard_input_can_be_accepted_while_leaving(tmp_path: Path) -> None:
    data = copied(WEB, tmp_path).read_bytes()
    reading = Reading(path=None, data=data, writable=False, why_not="it came from standard input")
    async with seated(reading) as seat:
        await seat.press("s", "q", "s")
        assert seat.has_ended
    assert seat.app.accepted == _after_s(data)


async def test_the_review_names_what_the_edits_bring(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("s", "ctrl+s")
        brought = seat.editor.editing.brought
        assert brought
        assert seat.reads(f"{brought[0].severity.sign} {brought[0].rule}: {brought[0].sentence}")
