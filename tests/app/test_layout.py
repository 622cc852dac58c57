"""What is where: nothing needed is cut off, nothing jumps, and no state is told by colour alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.helpers import KVM, WEB, copied, machine_file, seated
from tests.scenes import SAMPLES, SMALL, WIDE, WIDEST, Size
from tui.app.editor.details import DiskDetails
from tui.app.editor.presentation import title_line
from tui.app.editor.responses import refusal_lines
from tui.app.widgets.spans import cells
from tui.disks import Format
from tui.editing import Aspect, Editing, Refusal
from tui.formats.opening import open_document
from tui.keys.bound import DEFAULT_KEYS
from tui.keys.editor import EDITOR_KEYS
from tui.machine import machine_in

VMX, XML = Format.VMX, Format.DOMAIN_XML
DETAIL_LINES = 5
FILES = sorted(
    path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.suffix in (".vmx", ".xml")
)


def _editing(name: str) -> Editing:
    return Editing(machine_in((SAMPLES / name).read_bytes(), domain="1" if name.endswith(".xml") else None))


@pytest.mark.parametrize("name", FILES)
def test_what_is_said_of_a_disk_fits_below_the_table_at_80_columns(name: str) -> None:
    editing = _editing(name)
    for disk in editing.disks:
        for place in range(max(len(editing.machine.findings), 1)):
            lines = DiskDetails(editing.machine, disk, place, editing.remedy_of).lines(80)
            assert len(lines) <= DETAIL_LINES, lines
            assert all(sum(cells(span.text) for span in line) <= 80 for line in lines)


@pytest.mark.parametrize("name", FILES)
def test_a_refusal_and_its_remedy_fit_below_the_table_at_80_columns(name: str) -> None:
    editing = _editing(name)
    for disk in editing.disks:
        for aspect in Aspect:
            outcome = editing.toggle(aspect, disk.index)
            editing.undo()
            if isinstance(outcome, Refusal):
                lines = refusal_lines(outcome, 80, DEFAULT_KEYS)
                text = " ".join("".join(span.text for span in line).strip() for line in lines)
                assert len(lines) <= DETAIL_LINES
                assert outcome.reason in text
                if outcome.findings:
                    assert outcome.findings[0].source in text
                if outcome.remedy:
                    assert outcome.remedy.offer in text


@pytest.mark.parametrize("name", ["n" * 200 + ".vmx", "\u6f22" * 60 + ".vmx", "db.vmx"])
@pytest.mark.parametrize("width", [60, 80])
def test_the_title_shortens_a_long_name_and_keeps_the_hypervisor(name: str, width: int) -> None:
    line = title_line(_editing("esxi8-web01.vmx"), name, width, shown=4, read_only=False)
    text = "".join(span.text for span in line)
    assert cells(text) <= width
    assert " · ESXi" in text
    assert "no changes · 1 warning" in text
    assert ".vmx" in text


@pytest.mark.parametrize(
    ("size", "both"), [(SMALL, False), (Size(119, 40), False), (WIDE, True), (WIDEST, True)]
)
async def test_from_120_columns_the_table_and_both_previews_are_seen_at_once(
    size: Size, both: bool, tmp_path: Path
) -> None:
    async with seated(copied(WEB, tmp_path), size) as seat:
        assert seat.view(VMX).display
        assert seat.view(XML).display is both
        assert seat.sees("VMX MODE") or size is not WIDE, "VMX's own word beside vSphere's"
        text = "\n".join(seat.seen())
        for needed in ("IN SNAPSHOTS", "KEEPS WRITES", "MODE", "scsi0:0", "Indep", "snapshot", "help"):
            assert needed in text


async def test_the_screen_follows_when_the_window_is_made_smaller_and_larger(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), WIDE) as seat:
        await seat.resize(80, 24)
        assert not seat.view(XML).display
        assert "help" in seat.seen()[-1]
        await seat.resize(160, 45)
        assert seat.view(XML).display
        await seat.press("s")
        assert seat.signed(XML)


@pytest.mark.parametrize("size", [Size(40, 10), Size(20, 5), Size(80, 8)], ids=str)
async def test_a_window_too_small_to_be_useful_breaks_nothing(size: Size, tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), size) as seat:
        await seat.press("s", "m", "escape", "question_mark", "escape", "ctrl+s", "escape", "down", "v")
        assert seat.policy(0) == (False, True)


async def test_256_disks_scroll_and_the_last_one_toggles(tmp_path: Path) -> None:
    lines = [f'scsi{bus}.present = "TRUE"' for bus in range(4)]
    places = [f"scsi{bus}:{unit}" for bus in range(4) for unit in range(65) if unit != 7]
    for place in places:
        lines += [f'{place}.present = "TRUE"', f'{place}.fileName = "d{place.replace(":", "-")}.vmdk"']
    async with seated(machine_file(tmp_path, *lines)) as seat:
        assert len(seat.rows) == 256
        await seat.press("G", "s")
        assert seat.policy(255) == (False, True)
        assert seat.sees("scsi3:64")
        assert any('scsi3:64.mode = "independent-persistent"' in line for line in seat.seen())
        await seat.press("pageup", "home")
        assert seat.sees("scsi0:0 ")
        assert seat.table.selected == 0


async def test_a_machine_without_disks_says_so_and_no_key_breaks_it(tmp_path: Path) -> None:
    async with seated(machine_file(tmp_path)) as seat:
        assert "This machine has no disks" in seat.below()
        await seat.press(
            "s", "p", "m", "space", "u", "f8", "y", "v", "v", "down", "G", "ctrl+a", "enter", "escape"
        )
        await seat.press("tab", "h", "escape", "ctrl+s")
        assert seat.screen is seat.editor
        assert seat.sees("no changes")


async def test_every_state_can_be_told_without_colour(tmp_path: Path) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path)) as seat:
        await seat.press("space", "up", "s", "down")
        first, second = seat.seen()[2:4]
        assert first.startswith(" ●*")
        assert second.startswith("▌")
        assert "[ ]" in first
        assert "[x]" in second
        assert "Indep.-pers.       ! " in first
        await seat.press("up")
        assert any(line[0] in "+~" and "scsi0:0.mode" in line for line in seat.seen())


async def test_no_message_moves_anything_on_the_screen(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        layout = {one: one.region for one in seat.editor.query("*")}
        for keys in (
            ("p",),
            ("escape",),
            ("ctrl+s",),
            ("y",),
            ("u",),
            ("down",),
            ("s",),
            ("f8",),
            ("space",),
        ):
            await seat.press(*keys)
            assert {one: one.region for one in seat.editor.query("*")} == layout, keys


@pytest.mark.parametrize("size", [Size(120, 24), WIDE, Size(80, 15)])
async def test_however_many_disks_what_is_said_below_them_is_seen(size: Size, tmp_path: Path) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path), size) as seat:
        await seat.press("F")
        assert seat.sees("No remedy is safe without a person's word")
        assert seat.sees("VMX · v whole")


async def test_the_other_preview_is_never_behind_its_own_document(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path), WIDE) as seat:
        for key in ("s", "down", "s", "p", "enter", "u", "ctrl+r"):
            await seat.press(key)
            shown = "\n".join(row.text for row in seat.view(VMX).rows).encode()
            own = "\n".join(row.text for row in seat.view(XML).rows).encode()
            here = [disk.policy for disk in open_document(own).disks if disk.is_disk]
            there = [disk.policy for disk in open_document(shown).disks if disk.is_disk]
            assert there == here, key


@pytest.mark.parametrize("size", [SMALL, WIDE, Size(60, 15)])
@pytest.mark.parametrize("key", ["ctrl+s", "q"])
async def test_what_a_review_asks_and_its_keys_stand_however_long_the_diff(
    key: str, size: Size, tmp_path: Path
) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path), size) as seat:
        await seat.press("ctrl+a", "s", "o", key)
        assert seat.sees("esc back")
        assert seat.reads("no other byte" if key == "ctrl+s" else "These changes are not in the file")
        assert seat.sees("b backup copy" if key == "ctrl+s" else "d leave, drop them")
        before = seat.seen()
        await seat.press("down", "down")
        assert seat.seen() != before, "the diff scrolls"
        assert seat.sees("esc back")


async def test_a_menus_keys_stand_in_a_low_window(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path), Size(60, 15)) as seat:
        await seat.press("m", "end")
        assert seat.sees("enter choose")
        assert seat.sees("append")


async def test_the_help_tells_all_of_each_key_at_80_columns(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), SMALL) as seat:
        await seat.press("question_mark")
        page = seat.screen.query_one("#page").lines  # type: ignore[attr-defined]
        text = " ".join("".join(span.text for span in line) for line in page)
        words = " ".join(text.split())
        assert "…" not in words
        for key in EDITOR_KEYS:
            assert f"{key.tooltip} {key.id}" in words


async def test_a_line_scrolled_to_the_right_says_that_its_beginning_is_not_seen(tmp_path: Path) -> None:
    long = f'annotation = "{"long " * 40}"'
    async with seated(machine_file(tmp_path, long)) as seat:
        await seat.press("tab", *["right"] * 10)
        view = seat.view(Format.VMX)
        assert view.scroll_offset.x > 0
        line = next(one for one in seat.seen() if "long long" in one)
        gutter, _, shown = line[view.content_region.x :].partition("…")
        assert gutter.split()[0].isdigit(), "the number and the sign stay"
        assert shown.startswith('= "long long')
