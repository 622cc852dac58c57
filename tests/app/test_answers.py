"""What a tired administrator asks, and the keys each answer costs; opening and typing of names apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.widget import Widget

from tests.app.helpers import KVM, WEB, copied, machine_file, seated
from tests.scenes import SAMPLES, SMALL, WIDE, Size
from tui.app.dialogs.review import ReviewScreen
from tui.app.plan.plan_screen import PlanScreen
from tui.disks import Format
from tui.rules import Hypervisor

VMX, XML = Format.VMX, Format.DOMAIN_XML


async def test_take_a_disk_in_again_save_and_leave_in_five_keys(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        await seat.press("down", "s", "ctrl+s", "enter")
        await seat.settle()
        await seat.press("q")
        assert seat.has_ended
    assert 'scsi0:1.mode = "persistent"' in path.read_text()


async def test_why_a_disk_may_not_be_changed_is_told_before_any_key(tmp_path: Path) -> None:
    path = machine_file(
        tmp_path, 'scsi0.present = "TRUE"', 'scsi0:0.present = "TRUE"', 'scsi0:0.fileName = "a.vmdk"'
    )
    path.with_suffix(".vmsd").write_text('snapshot.numSnapshots = "2"\n')
    async with seated(path, hypervisor=Hypervisor.ESXI) as seat:
        await seat.settle()
        assert seat.rows[0].snapshots == 2
        assert seat.rows[0].held
        assert "Not to be changed now: the VM has 2 snapshots" in seat.below()


async def test_what_changed_before_a_save_is_one_key(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("s")
        await seat.press("ctrl+s")
        assert isinstance(seat.screen, ReviewScreen)
        assert seat.sees('scsi0:0.mode = "independent-persistent"')
        assert seat.reads("wner, permissions and links stay")


async def test_the_machine_as_xml_that_qemu_takes_is_two_keys_and_a_name(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        await seat.press("e", "enter")
        await seat.type(str(tmp_path / "kvm.xml"))
        await seat.press("enter")
        await seat.settle()
    assert "<domain type='kvm'" in (tmp_path / "kvm.xml").read_text()


async def test_what_a_snapshot_will_cover_and_with_which_command_is_one_key(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n")
        assert isinstance(seat.screen, PlanScreen)


async def test_a_finding_is_mended_by_the_key_it_tells(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("down")
        assert "enter: take it in" in seat.below()
        await seat.press("enter")
        assert seat.policy(1) == (True, True)
        assert "enter:" not in seat.below()


async def test_marked_disks_that_differ_are_asked_about_in_one_key(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("ctrl+a")
        assert "s: asks: take 1 disk in; 2 are in already" in seat.below()
        await seat.press("s")
        assert "enter: take 1 disk in; 2 are in already" in seat.below()
        assert "o: leave 2 disks out; 1 is out already" in seat.below()
        assert seat.sees("no changes")
        await seat.press("escape")
        assert "Which way" not in seat.below()
        await seat.press("s", "enter")
        assert [seat.policy(place)[0] for place in (0, 1, 3)] == [True] * 3
        await seat.press("u", "s", "o")
        assert [seat.policy(place)[0] for place in (0, 1, 3)] == [False] * 3


async def test_every_safe_remedy_is_shown_as_one_diff_and_taken_with_enter(tmp_path: Path) -> None:
    async with seated(copied("bad-modes.vmx", tmp_path)) as seat:
        await seat.press("F")
        assert isinstance(seat.screen, ReviewScreen)
        assert seat.reads("unknown-mode: scsi0:1 (sdb): make it independent-persistent")
        await seat.press("escape")
        assert seat.sees("no changes")
        await seat.press("F", "enter")
        assert len([row for row in seat.rows if row.changed]) == 2
        await seat.press("u")
        assert seat.sees("no changes")
        assert not [row for row in seat.rows if row.changed]


async def test_in_a_preview_slash_searches_and_n_goes_on(tmp_path: Path) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path)) as seat:
        await seat.press("tab", "slash")
        assert seat.sees("text of the preview")
        await seat.press(*"MODE =", "enter")
        assert seat.app.focused is seat.view(VMX)
        assert len(seat.rows) == 60, "the disks are not filtered"
        count = sum("mode =" in line for line in seat.lines_of(VMX))
        assert seat.sees(f"/MODE = 1/{count}")
        before = seat.view(VMX).scroll_offset.y
        await seat.press("n", "n", "N", "n")
        assert seat.sees(f"/MODE = 3/{count}")
        assert seat.view(VMX).scroll_offset.y > before
        await seat.press("escape")
        assert not seat.sees("/MODE")
        await seat.press("n")
        assert isinstance(seat.screen, PlanScreen), "without a search it is the screen's key again"


async def test_the_counts_of_the_title_stay_at_45_columns_and_a_cut_line_says_so(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), Size(45, 20)) as seat:
        assert "1 warning" in seat.seen()[0] or "!1" in seat.seen()[0]
        assert any(line.rstrip(" │┃").endswith("…") for line in seat.seen()[10:])


def _has_bar_across(widget: Widget) -> bool:
    return widget.show_horizontal_scrollbar and widget.scrollbar_size_horizontal > 0


@pytest.mark.parametrize("keys", [(), ("m",), ("ctrl+s",), ("e",), ("f",), ("l",), ("h",)], ids="-".join)
async def test_very_long_names_bring_no_scroll_bars_across(keys: tuple[str, ...], tmp_path: Path) -> None:
    name = "a-very-long-name-" * 12
    lines = ['scsi0.present = "TRUE"', 'scsi0:0.present = "TRUE"', f'scsi0:0.fileName = "{name}.vmdk"']
    async with seated(machine_file(tmp_path, *lines, name=f"{name[:180]}.vmx"), Size(60, 15)) as seat:
        await seat.press("s", *keys)
        screens = (seat.screen, seat.editor)
        shown = [one for screen in screens for one in screen.query("*") if _has_bar_across(one)]
        assert not shown


@pytest.mark.parametrize("size", [SMALL, WIDE, Size(160, 45), Size(200, 60)], ids=str)
async def test_no_column_stands_far_from_its_neighbour(size: Size, tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path), size) as seat:
        assert seat.sees("PRESET")
        assert not seat.sees("VMX MODE")
        edges = [seat.editor.query_one(name).region for name in ("#disks", "#vmx", "#xml")]
        if size.width >= 160:
            assert edges[0].right <= edges[1].x < edges[1].right <= edges[2].x
        head = next(line for line in seat.seen() if "IN SNAPSHOTS" in line)
        assert " " * 40 not in head[: edges[0].right].rstrip()


async def test_a_held_machine_says_what_to_do_also_after_a_key(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLES / "delta-snapshots", tmp_path / "delta"))
    async with seated(folder / "delta-snapshots.vmx") as seat:
        assert seat.sees("Not to be changed now: the VM has 2 snapshots; delete its snapshots first.")
        assert len({row.file for row in seat.rows}) == len({line[18:32] for line in seat.seen()[2:6]})
        await seat.press("s")
        assert seat.sees("Delete its snapshots first, then change the mode.")


async def test_keys_about_disks_that_are_hidden_say_why(tmp_path: Path) -> None:
    async with seated(copied("encrypted.vmx", tmp_path)) as seat:
        for key in ("s", "p", "m", "space"):
            await seat.press(key)
            assert "Locked: the file is encrypted" in seat.below(), key
            await seat.press("escape")
            assert "Locked:" not in seat.below()


async def test_a_message_stands_in_lines_of_its_own(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("down", "F")
        below = seat.below()
        assert "who moves VMs by snapshots wants it to take part.  enter: take it in" in below
        assert below.endswith("f8 goes from finding to finding.")
    folder = Path(shutil.copytree(SAMPLES / "delta-snapshots", tmp_path / "delta"))
    async with seated(folder / "delta-snapshots.vmx") as seat:
        await seat.press("F")
        before, told, _ = seat.below().partition("Not mended now: delete its snapshots first")
        assert told
        assert before.rstrip().endswith("…"), before
