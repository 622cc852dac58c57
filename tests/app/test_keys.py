"""Every key of the editor does what the key line, the help and the palette say."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.app.helpers import KVM, WEB, Seat, copied, seated
from tests.scenes import SMALL, WIDE
from tui.disks import DOCUMENT_FORMATS, Format

VMX, XML = Format.VMX, Format.DOMAIN_XML
DEPENDENT, INDEPENDENT = (True, True), (False, True)


async def test_arrows_and_letters_and_ends_move_the_selection_and_its_sentence(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        for keys, place in ((("down",), 1), (("j",), 2), (("up",), 1), (("k",), 0), (("G",), 3), (("g",), 0)):
            await seat.press(*keys)
            assert seat.table.selected == place
        await seat.press("up")
        assert seat.table.selected == 0
        assert "Part of snapshots" in seat.below()
        await seat.press("down")
        assert "Left out of snapshots" in seat.below()
        assert "not-in-snapshots" in seat.below()


async def test_the_selected_disks_lines_are_marked_in_both_previews(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), WIDE) as seat:
        await seat.press("down")
        for kind in DOCUMENT_FORMATS:
            texts = " ".join(row.text for row in seat.marked_lines(kind))
            assert "esxi8-web01_1.vmdk" in texts
            assert "esxi8-web01_2.vmdk" not in texts
        assert seat.sees("▌ scsi0:1.fileName")
        assert seat.sees("▌       <target dev='sdb' bus='scsi'/>")


async def test_s_leaves_the_disk_out_and_both_previews_show_it_within_the_key_press(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), WIDE) as seat:
        await seat.pilot.press("s")
        assert seat.policy(0) == INDEPENDENT
        assert seat.signed(VMX) == [("+", 'scsi0:0.mode = "independent-persistent"')]
        assert seat.signed(XML) == [("~", "<disk type='file' device='disk' snapshot='no'>")]
        assert any(
            line.startswith("+") or " + " in line[:4] for line in seat.seen() if "scsi0:0.mode" in line
        )
        assert seat.sees("1 change ")
        await seat.press("s")
        assert seat.policy(0) == DEPENDENT
        assert seat.sees("no changes")
        assert seat.signed(VMX) == []


async def test_p_is_refused_with_the_rule_and_enter_takes_the_remedy(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        layout = {one: one.region for one in seat.editor.query("*")}
        await seat.press("p")
        assert seat.policy(0) == DEPENDENT
        assert seat.sees("no changes")
        assert "Refused: a disk whose writes are discarded cannot take part in snapshots" in seat.below()
        assert "snapshot-without-persistence" in seat.below()
        assert "libvir-list" in seat.below()
        assert "enter: leave it out of snapshots as well" in seat.below()
        assert {one: one.region for one in seat.editor.query("*")} == layout
        await seat.press("enter")
        assert seat.policy(0) == (False, False)
        await seat.press("u")
        assert seat.policy(0) == DEPENDENT


async def test_escape_leaves_a_refused_disk_as_it_is(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("p", "escape")
        assert "Refused" not in seat.below()
        await seat.press("enter")
        assert seat.sees("no changes")


async def test_enter_without_a_refusal_does_nothing(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("enter")
        assert seat.sees("no changes")


async def test_a_drive_is_locked_and_its_keys_say_why(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("down", "down")
        assert "Locked" in seat.below()
        for key in ("s", "p", "space"):
            await seat.press(key)
            assert "is locked: a CD-ROM drive holds no data of the VM" in seat.below()
        assert seat.sees("no changes")
        assert not seat.marked()


async def test_u_and_ctrl_r_go_back_and_forth_through_every_edit(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        states = [seat.lines_of(VMX)]
        for key in ("s", "s", "s", "down", "s"):
            await seat.press(key)
            states.append(seat.lines_of(VMX))
        await seat.press("u", "u", "u", "u")
        assert seat.lines_of(VMX) == states[0] == path.read_text().splitlines()
        await seat.press("u")
        assert "Nothing to undo here; H shows earlier saves." in seat.below()
        await seat.press("ctrl+r", "ctrl+r", "ctrl+r", "ctrl+r")
        assert seat.lines_of(VMX) == states[-1]
        await seat.press("ctrl+r")
        assert "Nothing to redo" in seat.below()


async def test_s_acts_on_all_marked_disks_and_escape_takes_the_marks_away(tmp_path: Path) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path)) as seat:
        await seat.press("space", "space", "j", "space")
        assert seat.marked() == {0, 1, 3}
        assert seat.sees("3 marked")
        assert sum("●" in line for line in seat.seen()) == 3
        await seat.press("s")
        assert [seat.policy(place)[0] for place in (0, 1, 2, 3)] == [False, False, True, False]
        await seat.press("u", "escape", "escape")
        assert not seat.marked()
        assert seat.sees("no changes")


async def test_space_takes_a_mark_away_again_and_ctrl_a_marks_all_shown(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("space", "up", "space")
        assert not seat.marked()
        await seat.press("ctrl+a")
        assert seat.marked() == {0, 1, 3}
        await seat.press("ctrl+a")
        assert not seat.marked()


async def test_p_on_marked_disks_is_refused_for_all_and_the_remedy_is_for_all(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("ctrl+a", "p")
        assert "Refused" in seat.below()
        assert seat.sees("no changes")
        await seat.press("enter")
        assert [seat.policy(place) for place in (0, 1, 3)] == [(False, False)] * 3


async def test_m_offers_every_mode_and_the_impossible_ones_say_why(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("m")
        text = "\n".join(seat.seen())
        for word in (
            "persistent",
            "independent-nonpersistent",
            "undoable",
            "append",
            "Mode of scsi0:0 (sda)",
        ):
            assert word in text
        await seat.press("down", "down", "down")
        assert seat.sees('Not possible: the mode "undoable" is outdated')
        await seat.press("enter")
        assert seat.screen is not seat.editor
        await seat.press("up", "enter")
        assert seat.screen is seat.editor
        assert seat.policy(0) == (False, False)


async def test_m_in_a_domain_offers_libvirts_presets_too(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("m")
        assert seat.sees("libvirt preset")
        assert any("● none" in line for line in seat.seen()), "the one it has is marked"
        await seat.press("down", "down", "down", "enter")
        assert seat.signed(XML) == [("~", "<disk type='file' device='disk' snapshot='manual'>")]


async def test_escape_leaves_every_dialog_and_changes_nothing(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        for key in ("m", "h", "x", "e", "question_mark"):
            await seat.press(key)
            assert seat.screen is not seat.editor, key
            await seat.press("escape")
            assert seat.screen is seat.editor, key
        assert seat.sees("no changes")


async def test_slash_filters_with_each_letter_and_enter_keeps_the_filter(tmp_path: Path) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path)) as seat:
        await seat.press("slash", *"scsi2:1")
        assert {row.address for row in seat.rows} == {"scsi2:1", *(f"scsi2:{unit}" for unit in range(10, 16))}
        assert seat.sees("7 of 60 disks")
        await seat.press("enter", "s")
        assert [row.index for row in seat.rows if row.changed] == [seat.rows[0].index]
        assert seat.sees("1 change ")
        await seat.press("escape", "escape")
        assert len(seat.rows) == 60
        assert seat.table.selected == 31


async def test_escape_in_the_filter_leaves_it_and_shows_all_disks(tmp_path: Path) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path)) as seat:
        await seat.press("slash", *"nothing has this", "escape")
        assert len(seat.rows) == 60
        assert seat.app.focused is seat.table


async def test_a_filter_nothing_matches_says_so_and_toggles_touch_nothing(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("slash", *"zzz", "enter")
        assert seat.rows == ()
        assert "No disk matches" in seat.below()
        await seat.press("s", "p", "m", "space", "y", "f8")
        assert seat.screen is seat.editor
        assert seat.sees("no changes")


async def test_v_goes_round_whole_document_this_disk_and_diff(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        whole = len(seat.view(VMX).rows)
        await seat.press("s", "v")
        assert 0 < len(seat.view(VMX).rows) < whole
        assert all(row.disk == 0 for row in seat.view(VMX).rows)
        await seat.press("v")
        assert seat.sees("v diff")
        assert ("+", 'scsi0:0.mode = "independent-persistent"') in seat.signed(VMX)
        await seat.press("u")
        assert seat.view(VMX).rows == []
        assert seat.sees("no changes)")
        await seat.press("v")
        assert len(seat.view(VMX).rows) == whole


async def test_tab_brings_the_other_format_to_the_front_at_80_columns(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), SMALL) as seat:
        assert not seat.view(XML).display
        await seat.press("tab", "tab")
        assert seat.view(XML).display
        assert not seat.view(VMX).display
        assert seat.sees("<target dev='sda' bus='scsi'/>")
        await seat.press("s")
        assert seat.signed(XML) == [("~", "<disk type='file' device='disk' snapshot='no'>")]
        await seat.press("shift+tab", "shift+tab")
        assert seat.app.focused is seat.table


async def test_y_copies_the_disks_lines_of_the_preview_in_front_by_osc_52(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        written: list[str] = []
        monkeypatch.setattr(seat.app._driver, "write", written.append)
        await seat.press("y")
        expected = "".join(f"{row.text}\n" for row in seat.marked_lines(VMX))
        assert expected.startswith('scsi0:0.deviceType = "scsi-hardDisk"\n')
        assert f"\x1b]52;c;{base64.b64encode(expected.encode()).decode()}\a" in "".join(written)
        await seat.press("tab", "tab", "y")
        assert seat.app.clipboard.lstrip().startswith("<disk ")


async def test_h_judges_for_another_hypervisor_and_back_to_the_guess(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        assert seat.sees("ESXi (guessed)")
        await seat.press("h", "down", "down", "down", "enter")
        assert seat.sees("QEMU/KVM")
        assert not seat.sees("(guessed)")
        assert not seat.sees("no-memory-snapshot")
        await seat.press("h", "home", "enter")
        assert seat.sees("ESXi (guessed)")


async def test_x_chooses_the_spelling_of_the_next_edit(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("x", "end", "enter", "s")
        assert seat.signed(XML) == [
            ("~", "<disk type='file' device='disk' snapshot_mode='independent-persistent'>")
        ]


async def test_f8_goes_from_finding_to_finding_and_shift_f8_back(tmp_path: Path) -> None:
    async with seated(copied("gsx-legacy.vmx", tmp_path)) as seat:
        with_findings = [row.index for row in seat.rows if row.sign.strip()]
        visited = []
        for _ in with_findings:
            await seat.press("f8")
            visited.append(seat.table.selected)
        assert sorted(index for index in visited if index is not None) == with_findings
        await seat.press("shift+f8")
        assert seat.table.selected == visited[-2]


async def test_question_mark_shows_every_key_with_its_id(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path), WIDE) as seat:
        await seat.press("question_mark")
        for binding in seat.editor.BINDINGS:
            assert str(binding.id) in page_of(seat), binding  # type: ignore[union-attr]
            assert str(binding.tooltip) in page_of(seat), binding  # type: ignore[union-attr]


def page_of(seat: Seat) -> str:
    lines = seat.screen.query_one("#page").lines  # type: ignore[attr-defined]
    return "\n".join("".join(span.text for span in line) for line in lines)


async def test_the_help_begins_with_the_keys_and_is_filtered_as_one_types(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("question_mark")
        page = page_of(seat)
        places = [page.index(text) for text in ("disk.snapshot", "file.save", "Signs", "Words")]
        assert places == sorted(places)
        await seat.press(*"backup")
        assert "disk.snapshot" in page_of(seat)
        assert "file.save" not in page_of(seat)
        await seat.press(*"qqq")
        assert "No key, sign or word" in page_of(seat)
        await seat.press("escape")
        assert page_of(seat) == page
        await seat.press("slash", *"q", "escape", "q")
        assert seat.screen is seat.editor


async def test_the_key_line_has_what_acts_now_and_always_help_and_quit(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        for width in (80, 60):
            await seat.resize(width, 15)
            assert seat.seen()[-1].rstrip().endswith("? help  q quit")
            assert "undo" not in seat.seen()[-1]
            await seat.press("s")
            assert "u undo" in seat.seen()[-1]
            assert ("^s save" in seat.seen()[-1]) == (width == 80)
            assert seat.seen()[-1].rstrip().endswith("? help  q quit")
            await seat.press("u")
            assert "undo" not in seat.seen()[-1]
        await seat.press("tab")
        assert seat.seen()[-1].startswith(" v view")


async def test_ctrl_c_says_how_to_leave(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("ctrl+c")
        assert "q leaves" in seat.below()


async def test_q_leaves_at_once_where_nothing_changed(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("q")
        assert seat.has_ended


async def test_a_click_selects_a_disk_and_a_click_on_a_box_turns_it_over(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        header = seat.seen()[seat.table.region.y]
        await seat.click("#disks", offset=(header.index("FILE"), 4))
        assert seat.table.selected == 3
        assert seat.sees("no changes")
        await seat.click("#disks", offset=(header.index("IN SNAPSHOTS") + 1, 1))
        assert seat.policy(0) == INDEPENDENT
        await seat.click("#disks", offset=(header.index("KEEPS WRITES") + 1, 1))
        assert seat.policy(0) == (False, False)
        await seat.click("#disks", offset=(header.index("IN SNAPSHOTS") + 1, 0))
        assert seat.policy(0) == (False, False)


async def test_a_click_on_the_key_line_is_the_key(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        keys = seat.seen()[-1]
        await seat.click("#keys", offset=(keys.index("snapshot"), 0))
        assert seat.policy(0) == INDEPENDENT
        await seat.click("#keys", offset=(keys.index("help"), 0))
        assert seat.screen is not seat.editor


async def test_a_click_in_a_menu_takes_the_choice(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("m")
        await seat.click("ChoiceList", offset=(5, 1))
        assert seat.policy(0) == INDEPENDENT


async def test_an_encrypted_machine_says_why_no_disk_is_shown_and_what_is_found(tmp_path: Path) -> None:
    async with seated(copied("encrypted.vmx", tmp_path)) as seat:
        assert "encrypted" in seat.below()
        assert "has no disks" not in seat.below()
        await seat.press("s")
        assert "encrypted" in seat.below()
        await seat.press("f")
        assert seat.sees("What the rules say of the machine")
        assert seat.sees("encrypted")


async def test_boxes_mode_and_sentence_agree_where_the_file_contradicts_itself(tmp_path: Path) -> None:
    async with seated(copied("contradicting.xml", tmp_path)) as seat:
        assert seat.policy(0) == (True, True)
        assert seat.rows[0].mode == "Dependent"
        assert "In snapshots by its words, yet none of this VM is taken" in seat.below()
        assert seat.rows[0].sign == "✗"


async def test_a_refusal_of_marked_disks_names_the_one_it_is_about(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("down", "space", "space", "s")
        assert "Refused: vdc: a disk whose writes are discarded" in seat.below()


async def test_choosing_a_spelling_says_what_it_means(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("x", "down", "down", "down", "enter")
        assert "spelt in domain XML as: elements" in seat.below()


async def test_a_filter_typed_and_taken_away_loses_no_place(tmp_path: Path) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path)) as seat:
        await seat.press("j", "j", "j", "slash", *"nosuch")
        assert not seat.rows
        await seat.press("escape")
        assert seat.table.selected == 3


@pytest.mark.parametrize("kept", ["enter", "tab"])
async def test_once_a_filter_is_kept_the_cursor_stays_on_the_disk_it_left_there(
    kept: str, tmp_path: Path
) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path)) as seat:
        await seat.press("j", "j", "slash", *"scsi2", kept)
        found = seat.table.selected
        assert found not in (None, 2)
        await seat.press("s", "escape", "escape", "s")
        assert len(seat.rows) == 60
        assert seat.table.selected == found
        assert seat.sees("no changes"), "both times the same disk"
