"""The fleet screen: rows as they are found, filter, order, groups, the editor and back."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.command import DiscoveryHit

from tests.app.fleet_helpers import fleet, three, vm
from tests.app.test_hostile import ACTING, HOSTILE
from tests.scenes import SMALL, WIDE, Size
from tui.app.dialogs.findings import FindingsScreen
from tui.app.dialogs.help import HelpScreen
from tui.app.editor.editor_screen import EditorScreen
from tui.app.fleet import scan
from tui.app.fleet.bulk_review import BulkReview
from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.fleet_presentation import late_words
from tui.app.fleet.fleet_screen import FleetScreen
from tui.app.fleet.row_updates import RowUpdates
from tui.app.fleet.scan import Batch, Scan
from tui.app.palette import ActionCommands
from tui.app.widgets.long_page import LongPage
from tui.app.widgets.machine_columns import columns_for
from tui.app.widgets.machine_list import MachineList, MachineRow
from tui.app.widgets.query_line import QueryLine
from tui.app.widgets.spans import cells
from tui.disks import Configuration, Format
from tui.fleet.accept import Acceptance
from tui.fleet.judged import JudgedMachine
from tui.fleet.walk import Candidate
from tui.keys.fleet import FLEET_KEYS
from tui.rules import Finding, Hypervisor, Severity
from tui.settings import load_settings

WORST_FIRST = [
    *(("db01", "scsi0:1"), ("web01", "scsi0:1")),
    *(("db01", "scsi0:0"), ("db01", "scsi0:2"), ("web01", "scsi0:0")),
]


def disks(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [row for row in rows if row[1]]


async def test_a_filter_is_kept_by_a_name_that_asks_for_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    monkeypatch.setenv("DISKMODE_CONFIG", str(config))
    async with fleet(three(tmp_path), size=WIDE) as seat:
        await seat.press("w")
        assert "No filter to keep" in seat.said()
        assert not seat.sees("w keep filter")
        await seat.looked("slash", *"vm:web", "enter")
        assert seat.sees("w keep filter")
        await seat.press("w", *"a b", "enter")
        await seat.settle()
        assert "A filter's name is made of letters" in seat.said()
        await seat.press("w", *"webs", "enter")
        await seat.settle()
        assert "Kept in the settings: @webs asks for these rows again." in seat.said()
        assert load_settings().filters == {"webs": "vm:web"}
        await seat.press("slash", *" x", "enter", "w", *"webs", "enter")
        await seat.settle()
        assert "Not kept: @webs is another filter already" in seat.said()
        await seat.looked("escape", "escape", "slash", *"@webs", "enter")
        assert {row[0] for row in seat.shown} == {"web01"}


# The scan


def test_what_the_end_of_a_scan_told_of_rows_is_said() -> None:
    nothing = Configuration(Format.VMX, "", ())
    found = Finding("in-two-machines", Severity.WARNING, 0, None, "", "", "")
    late = [JudgedMachine(path, nothing, Hypervisor.ESXI, (found,), late=True) for path in "ab"]
    batch = Batch([*late, JudgedMachine("c", nothing, Hypervisor.ESXI, ())], 3)
    assert late_words(batch.late) == "The end of the scan told more of 2 machines: in-two-machines."


async def test_the_scan_fills_the_table_and_unreadable_files_are_rows_with_the_reason(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        assert disks(seat.shown) == WORST_FIRST
        assert ("broken.vmx", "") in seat.shown
        assert seat.sees("3 files · 2 machines · 1 unreadable")
        assert any("broken.vmx" in line and "✗" in line for line in seat.seen()[3:])
        await seat.go("broken.vmx", "")
        assert "not-a-machine" in seat.said()


async def test_rows_appear_while_the_scan_runs_and_keys_act_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(paths: Sequence[str], **options: object) -> Iterator[Candidate]:
        for number in range(8):
            if number == 4:
                go_on.wait(20)
            yield Candidate(str(tmp_path / f"vm{number}.vmx"))

    for number in range(8):
        vm(tmp_path, f"vm{number}", None)
    monkeypatch.setattr(scan, "walk", slow)
    monkeypatch.setattr(scan, "_BATCH_SECONDS", 0.0)
    async with fleet(tmp_path, scan=False) as seat:
        await seat.until(lambda: len(disks(seat.shown)) >= 3)  # files are judged some at a time
        assert seat.sees("scanning, x stops")
        await seat.press("down", "down")
        here = seat.here
        await seat.press("slash", *"vm:vm2", "enter")
        await seat.until(lambda: {name for name, _ in seat.shown} == {"vm2"})
        await seat.press("escape")
        await seat.until(lambda: len(disks(seat.shown)) >= 3)
        go_on.set()
        await seat.scanned()
        assert len(disks(seat.shown)) == 8
        assert not seat.sees("scanning")
        assert seat.here.vm in ("vm2", here.vm)


async def test_x_stops_the_scan_and_leaving_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def endless(paths: Sequence[str], **options: object) -> Iterator[Candidate]:
        try:
            while True:
                time.sleep(0.02)
                yield Candidate(str(tmp_path / "vm.vmx"))
        finally:
            ended.set()

    vm(tmp_path, "vm", None)
    monkeypatch.setattr(scan, "walk", endless)
    async with fleet(tmp_path, scan=False) as seat:
        await seat.until(lambda: len(seat.shown) > 2)
        await seat.press("x")
        assert not seat.sees("scanning")
        assert "Stopped" in seat.said()
        assert ended.wait(10)
        ended.clear()
        await seat.press("r")
        await seat.until(lambda: len(seat.shown) > 2)
        await seat.press("q")
    assert ended.wait(10)


def scanned(folder: Path, workers: int = 1) -> list[Batch]:
    told: list[Batch] = []
    Scan(FleetPaths((str(folder),), workers=workers)).run(told.append)
    return told


def test_the_scan_tells_in_batches_and_of_what_ended_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        vm(tmp_path, f"vm{number}", None)
    told = scanned(tmp_path)
    assert sum(batch.files for batch in told) == 20
    assert [batch.done for batch in told][-1:] == [True]
    assert len(told) < 20

    def broken(paths: Sequence[str], **options: object) -> Iterator[Candidate]:
        raise OSError("no more memory")
        yield Candidate("")

    monkeypatch.setattr(scan, "walk", broken)
    told = scanned(tmp_path)
    assert told[-1].done
    assert "no more memory" in (told[-1].trouble or "")


def test_a_tree_large_enough_for_processes_is_scanned_whole(tmp_path: Path) -> None:
    for number in range(150):
        vm(tmp_path, f"vm{number}", None)
    told = scanned(tmp_path, workers=2)
    assert sum(batch.files for batch in told) == 150
    assert told[-1].trouble is None


def test_a_scan_that_was_stopped_is_silent_but_for_its_end(tmp_path: Path) -> None:
    three(tmp_path)
    stopped = Scan(FleetPaths((str(tmp_path),), workers=1))
    stopped.stop()
    told: list[Batch] = []
    stopped.run(told.append)
    assert [(batch.results, batch.files) for batch in told] == [([], 0)]
    assert not stopped.is_running


async def test_links_out_of_the_folder_are_not_followed_and_that_is_said(tmp_path: Path) -> None:
    three(tmp_path / "in")
    vm(tmp_path / "out", "theirs", None)
    (tmp_path / "in/link").symlink_to(tmp_path / "out")
    (tmp_path / "in/all").symlink_to("/")
    async with fleet(tmp_path / "in") as seat:
        assert disks(seat.shown) == WORST_FIRST
        assert seat.sees("2 links not followed")


# Filter, order, groups


async def test_the_filter_follows_each_letter_and_says_what_it_cannot_read(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.looked("slash", *"mode:indep")
        assert disks(seat.shown) == [("db01", "scsi0:1"), ("web01", "scsi0:1")]
        await seat.looked(*" vm:web")
        assert disks(seat.shown) == [("web01", "scsi0:1")]
        await seat.type("mode:indep vm:web bogus:1")
        assert "There is no field bogus" in seat.said()
        assert disks(seat.shown) == [("web01", "scsi0:1")]
        await seat.looked("enter")
        assert "There is no field bogus" in seat.said()
        assert seat.fleet.focused is not seat.machines, "no key acts on rows the person did not ask for"
        assert seat.sees("/mode:indep vm:web"), "the title tells what the rows shown fit"
        assert not seat.sees("bogus:1 ·")
        await seat.type("mode:indep vm:web")
        await seat.looked("enter")
        assert seat.sees("1 of ")
        assert seat.fleet.focused is seat.machines
        await seat.looked("escape")
        assert len(disks(seat.shown)) == 5
        await seat.looked("slash", *"rule:not-a-machine", "escape")
        assert len(disks(seat.shown)) == 5
        await seat.looked("slash", *"nothing fits this", "enter")
        assert seat.shown == []
        await seat.press("s", "space", "enter", "f", "down", "g", "o")
        assert seat.at_home


async def test_a_query_is_completed_as_it_is_typed_and_tab_takes_what_is_offered(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        below = seat.seen()[-6:]
        await seat.looked("slash", "m", "o")
        assert seat.sees("mode:")
        await seat.looked("tab", "down", "enter")
        line = seat.fleet.query_one("#query", QueryLine)
        assert line.value == "mode:independent-nonpersistent "
        assert disks(seat.shown) == [("web01", "scsi0:1")]
        await seat.looked(*"bogus:1")
        assert seat.sees("There is no field bogus")
        await seat.looked("escape")
        assert seat.seen()[-6:] == below
        await seat.looked("slash", *"vm:db", "enter", "slash")
        assert line.value == "vm:db"


async def test_no_key_acts_on_rows_that_a_filter_is_about_to_take_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.looked("slash", *"web01", "enter")
        with monkeypatch.context() as patched:  # as in a fleet so large that the filter is still at it
            patched.setattr(RowUpdates, "is_filtering", True)
            for key in ("s", "space", "ctrl+a", "enter"):
                await seat.press("down", key)
                assert "Still filtering." in seat.said()
                assert seat.at_home
                assert not seat.sees("marked")
        await seat.press("ctrl+a")
        assert seat.sees("2 marked")


async def test_o_sorts_by_each_column_and_a_click_on_a_heading_too(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        found = seat.shown
        await seat.press("o")
        assert [name for name, _ in seat.shown] == sorted(name for name, _ in found)
        assert seat.sees("VM▲")
        await seat.press("O")
        assert [name for name, _ in seat.shown] == sorted((name for name, _ in found), reverse=True)
        assert seat.sees("VM▼")
        await seat.press("o", "o")
        assert [row.snapshot for row in seat.machines.rows if row.snapshot is not None] == sorted(
            row.snapshot for row in seat.machines.rows if row.snapshot is not None
        )
        start = 3 + sum(column.width for column in columns_for(80)[:5])
        await seat.pilot.click("#machines", offset=(start + 1, 0))
        await seat.pilot.pause()
        assert seat.sees("FINDINGS▲")
        assert seat.machines.rows[0].severity == "error" or seat.machines.rows[0].trouble
        await seat.pilot.click("#machines", offset=(start + 1, 0))
        await seat.pilot.pause()
        assert seat.sees("FINDINGS▼")
        await seat.press("o", "o", "o")
        assert seat.shown == found


async def test_numbers_in_names_sort_as_numbers(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        vm(tmp_path, f"web{number}", None)
    async with fleet(tmp_path) as seat:
        await seat.press("o")
        assert list(dict.fromkeys(name for name, _ in seat.shown)) == ["web1", "web9", "web10"]


async def test_g_gathers_by_vm_and_by_rule(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        plain = seat.shown
        await seat.press("g")
        headings = [row.heading for row in seat.machines.rows if row.heading]
        assert [heading.split(" · ")[0] for heading in headings] == ["broken.vmx", "db01", "web01"]
        assert "3 disks" in headings[1]
        await seat.press("g")
        headings = [row.heading for row in seat.machines.rows if row.heading]
        assert headings[0].startswith("not-a-machine · 1")
        assert headings[-1].startswith("no findings")
        assert any(heading.startswith("not-in-snapshots · 1") for heading in headings)
        assert seat.sees("by rule")
        await seat.press("g")
        assert seat.shown == plain


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=str)
async def test_which_disks_backups_skip_is_answered_before_a_key_is_pressed(
    size: Size, tmp_path: Path
) -> None:
    async with fleet(three(tmp_path), size=size) as seat:
        assert "2 of 2 machines have 2 disks that snapshot backups skip" in seat.seen()[1]
        assert "1 skipped 2" in seat.seen()[2]
        assert seat.sees("✗ not-a-machine 1")
        assert (seat.here.vm, seat.here.address) == ("db01", "scsi0:1")
        await seat.looked("1")
        assert seat.shown == [("db01", "scsi0:1"), ("web01", "scsi0:1")]
        assert seat.sees("[1 skipped 2]")
        await seat.looked("slash")
        assert seat.fleet.query_one("#query", QueryLine).value == "is:skipped"
        await seat.looked("enter", "0")
        assert disks(seat.shown) == WORST_FIRST
        await seat.looked("9")
        assert "There is no set 9" in seat.said()


async def test_a_set_is_chosen_among_all_where_no_number_says_which(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.fleet.run_action("pick")
        await seat.settle()
        assert seat.sees("Show alone")
        await seat.looked("down", "enter")
        assert seat.shown == [("broken.vmx", "")]


async def test_what_was_accepted_is_said_to_be_on_purpose(tmp_path: Path) -> None:
    entry = Acceptance(1, "not-in-snapshots", "scratch", vm="db*")
    async with fleet(three(tmp_path), acceptances=(entry,)) as seat:
        assert seat.sees("2 disks that snapshot backups skip · 1 on purpose")
        assert (seat.here.vm, seat.here.address) == ("web01", "scsi0:1")
        await seat.looked("2")
        assert seat.shown == [("db01", "scsi0:1")]
        assert seat.here.signs == "accepted"


async def test_f_tells_everything_the_rules_say(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.go("db01", "scsi0:1")
        await seat.press("f")
        assert isinstance(seat.screen, FindingsScreen)
        assert seat.sees("not-in-snapshots")
        await seat.press("escape")
        assert seat.at_home


# One machine


async def test_enter_opens_the_editor_on_the_disk_and_leaving_comes_back_to_the_row(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.go("web01", "scsi0:1")
        await seat.done("enter")
        assert isinstance(seat.screen, EditorScreen)
        assert seat.table.selected == 1
        await seat.done("q")
        assert seat.at_home
        assert (seat.here.vm, seat.here.address) == ("web01", "scsi0:1")


async def test_a_file_saved_in_the_editor_is_judged_again(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.go("db01", "scsi0:0")
        assert seat.here.snapshot is True
        await seat.done("enter")
        await seat.press("s", "ctrl+s")
        await seat.done("enter")
        await seat.done("q")
        await seat.until(lambda: seat.here.snapshot is False)
        assert (seat.here.vm, seat.here.address) == ("db01", "scsi0:0")
        assert "!" in seat.here.signs
        assert seat.sees("2 machines · 1 unreadable")


async def test_unsaved_changes_are_asked_about_on_the_way_back(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        before = (tmp_path / "db01.vmx").read_bytes()
        await seat.go("db01", "scsi0:0")
        await seat.done("enter")
        await seat.done("s", "q", "d")
        assert seat.at_home
        assert (tmp_path / "db01.vmx").read_bytes() == before
        await seat.done("enter")
        await seat.done("s", "q", "s")
        await seat.until(lambda: seat.at_home and seat.here.snapshot is False)
        assert (tmp_path / "db01.vmx").read_bytes() != before


async def test_a_bad_file_says_its_reason_instead(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.go("broken.vmx", "")
        await seat.done("enter")
        assert seat.at_home
        assert "Not opened" in seat.said()
        await seat.go("web01", "scsi0:0")
        (tmp_path / "web01.vmx").unlink()
        await seat.done("enter")
        assert "Not opened" in seat.said()


async def test_each_domain_of_a_file_is_a_row_and_opens_by_itself(tmp_path: Path) -> None:
    domain = "<domain type='kvm'><name>{0}</name><devices><disk type='file' device='disk'>"
    domain += "<source file='/{0}.qcow2'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
    text = f"<node>{domain.format('one')}{domain.format('two')}</node>"
    (tmp_path / "both.xml").write_text(text)
    async with fleet(tmp_path) as seat:
        assert {name for name, _ in seat.shown} == {"one", "two"}
        await seat.go("two", "vda")
        await seat.done("enter")
        assert isinstance(seat.screen, EditorScreen)
        assert seat.editor.editing.machine.configuration.name == "two"


# Keys and looks


def _bindings() -> list[Binding]:
    owners = (FleetScreen, BulkReview, MachineList, LongPage)
    return [one for owner in owners for one in owner.__dict__["BINDINGS"] if isinstance(one, Binding)]


def test_each_key_has_an_id_of_its_own_a_description_and_a_tooltip() -> None:
    bindings = _bindings()
    assert all(one.id and one.description and one.tooltip for one in bindings)
    assert len({one.id for one in bindings}) == len(bindings)
    own = [key for one in FLEET_KEYS for key in one.keys.split(",")]
    moving = [key for one in MachineList.BINDINGS if isinstance(one, Binding) for key in one.key.split(",")]
    assert len({*own, *moving}) == len(own) + len(moving)


async def test_palette_and_help_have_every_key(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        hits = [hit async for hit in ActionCommands(seat.fleet).discover()]
        told = {str(hit.help) for hit in hits if isinstance(hit, DiscoveryHit)}
        for one in FLEET_KEYS:
            assert one.tooltip in told or one.action == "stop", one.id
        await seat.press("question_mark")
        assert isinstance(seat.screen, HelpScreen)
        page = seat.screen.query_one("#page").lines  # type: ignore[attr-defined]
        text = "\n".join("".join(span.text for span in line) for line in page)
        assert "fleet.mark-all" in text
        assert "vm:web" in text
        assert re.search(r"^ 1-9 +Show one set alone", text, re.MULTILINE)
        await seat.press("escape", "q")
    assert seat.app.return_code == 0


async def test_hostile_names_are_shown_by_their_escapes(tmp_path: Path) -> None:
    for place, (name, _) in enumerate(HOSTILE):
        more = ['.encoding = "UTF-8"']
        vm(tmp_path, f"vm{place}", "independent-persistent", title=name, more=more)
    vm(tmp_path, "a\x1b[31m[x]\u202e", None)
    screens = []
    async with fleet(tmp_path) as seat:
        for keys in (("g",), ("g",), ("g",), ("down", "f"), ("escape",), ("ctrl+a",), ("s",), ("end",)):
            await seat.done(*keys)
            screens.append(seat.seen())
        await seat.press("escape", "escape")
        for number in range(0, len(seat.machines.rows), 2):
            seat.machines.move_to(number)
            await seat.press("f")
            screens.append(seat.seen())
            await seat.press("escape")
    assert not any(letter in line for seen in screens for line in seen for letter in ACTING)


@pytest.mark.parametrize("width", [40, 60, 80, 111, 112, 120, 160, 300])
def test_columns_fill_the_width_exactly(width: int) -> None:
    assert 3 + sum(column.width for column in columns_for(width)) <= max(width, 55)


@pytest.mark.parametrize("size", [Size(40, 10), Size(20, 5), SMALL, WIDE], ids=str)
async def test_any_window_will_do(size: Size, tmp_path: Path) -> None:
    async with fleet(three(tmp_path), size=size) as seat:
        await seat.done("down", "space", "ctrl+a", "g", "o", "m", "escape", "question_mark", "escape", "f")
        await seat.done("escape", "s", "escape")
        assert all(cells(line) == size.width for line in seat.seen())


async def test_no_message_moves_anything(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        layout = {one: one.region for one in seat.fleet.query("*")}
        for keys in (
            ("down",),
            ("u",),
            ("space",),
            ("ctrl+a",),
            ("g",),
            ("o",),
            ("escape",),
            ("f", "escape"),
        ):
            await seat.done(*keys)
            assert {one: one.region for one in seat.fleet.query("*")} == layout, keys


async def test_thousands_of_rows_scroll_at_once_and_only_what_is_in_view_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        MachineRow((f"/vm{number}.vmx", 0, 0), f"vm{number}", "scsi0:0", "scsi0:0", "Dependent", True, True)
        for number in range(5000)
    ]
    drawn: list[int] = []
    render = MachineList.render_line

    def counted(self: MachineList, y: int) -> object:
        drawn.append(y)
        return render(self, y)

    async with fleet(three(tmp_path)) as seat:
        show = partial(seat.machines.show, marked=(), column="path", falling=False)
        show(rows)
        await seat.pilot.pause()
        monkeypatch.setattr(MachineList, "render_line", counted)
        begun = time.monotonic()
        for keys in (("G",), ("home",), ("pagedown",) * 5, ("up",), ("down",)):
            await seat.press(*keys)
        assert time.monotonic() - begun < 5
        assert seat.machines.cursor < 5000
        assert len(drawn) < 400
        await seat.press("G")
        assert seat.here.vm == "vm4999"
        assert seat.sees("vm4999")
        show(rows[:10])
        assert seat.machines.cursor == 9


async def test_where_no_machine_is_the_key_line_offers_nothing_to_do_to_one(tmp_path: Path) -> None:
    async with fleet(tmp_path) as seat:
        for _ in range(2):
            assert seat.sees("No machine here.")
            assert seat.sees(" H history  r scan again ")
            assert not seat.sees("s snapshot")
            await seat.press("s")
