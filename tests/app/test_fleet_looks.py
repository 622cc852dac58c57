"""What the fleet screen's headings stand for, and what it says where there is no room for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.fleet_helpers import FleetSeat, fleet, three, vm
from tests.scenes import SAMPLES, SMALL, WIDE, WIDEST, Size
from tui.app.dialogs.findings import FindingsScreen
from tui.app.fleet.bulk_review import BulkReview
from tui.app.fleet.fleet_presentation import SetKeys, answer_line, set_lines
from tui.app.fleet.rows import Rule, rows_of
from tui.app.widgets.entry_list import EntryList, EntryRow
from tui.app.widgets.machine_columns import MARGIN, columns_for
from tui.app.widgets.spans import Line, Span, cells, within
from tui.fleet.judge_file import judge
from tui.fleet.sets import sets_of
from tui.fleet.skipped import Skips
from tui.keys.bound import DEFAULT_KEYS
from tui.rules import Severity
from tui.storage import candidate_at

NVME = (
    'nvme0.present = "TRUE"',
    'nvme0:1.present = "TRUE"',
    'nvme0:1.fileName = "a.vmdk"',
)


def text(line: Line) -> str:
    return "".join(span.text for span in line)


async def at_heading(seat: FleetSeat, start: str) -> None:
    places = (place for place, row in enumerate(seat.machines.rows) if row.heading.startswith(start))
    seat.machines.move_to(next(places))
    await seat.until(lambda: seat.said().startswith(start))


# Headings


async def test_a_heading_tells_what_the_rules_say_of_its_vm_the_gravest_first(tmp_path: Path) -> None:
    three(tmp_path)
    vm(tmp_path, "db01", "independent-persistent", "no-mode")
    async with fleet(tmp_path) as seat:
        await seat.press("g")
        await at_heading(seat, "db01 · 2 disks")
        assert "f 3 findings" in seat.said()
        assert "✗ unknown-mode no VMware product knows" in seat.said()
        await seat.press("f")
        assert isinstance(seat.screen, FindingsScreen)
        assert seat.sees("What the rules say of db01")
        assert seat.sees("✗ error · unknown-mode · scsi0:1 (sdb)")


async def test_a_heading_of_a_rule_tells_what_it_says_by_its_first_row(tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.press("g", "g")
        assert seat.sees("by rule")
        await at_heading(seat, "not-in-snapshots")
        assert "! not-in-snapshots snapshot-based backups skip this disk" in seat.said()
        await seat.press("f")
        assert seat.sees("What the rules say of db01 scsi0:1 (sdb)")
        await seat.press("escape")
        await at_heading(seat, "no findings")
        await seat.press("f")
        assert seat.at_home


@pytest.mark.parametrize("keys", ["g", "gg"])
async def test_a_heading_above_an_unreadable_file_tells_the_reason(keys: str, tmp_path: Path) -> None:
    async with fleet(three(tmp_path)) as seat:
        await seat.press(*keys)
        assert not seat.sees("broken.vmx · 0 disks")
        await at_heading(seat, "broken.vmx" if keys == "g" else "not-a-machine")
        assert "✗ not-a-machine: " in seat.said()
        await seat.press("f")
        assert seat.at_home
        assert "No rule finds anything here" in seat.said()


async def test_machines_of_one_name_in_one_file_are_told_apart() -> None:
    async with fleet(SAMPLES / "domainsnapshot.xml") as seat:
        assert "domain 1" in seat.said()
        await seat.press("end")
        await seat.until(lambda: "domain 2" in seat.said())
        await seat.press("g")
        headings = [row.heading for row in seat.machines.rows if row.heading]
        assert [heading.split(" · ")[2] for heading in headings] == ["domain 1", "domain 2"]
        assert seat.sees("by machine")


# No room


@pytest.mark.parametrize(("width", "height"), [(80, 1), (80, 2), (120, 2), (30, 1)])
def test_errors_are_not_left_out_of_the_sets_without_a_word(width: int, height: int) -> None:
    skips = Skips(machines=9, skipping=1, disks=2)
    warnings: list[Rule] = [(Severity.WARNING, f"common-warning-{number}") for number in range(12)]
    errors: list[Rule] = [(Severity.ERROR, f"rare-error-{number}") for number in range(12)]
    keys = SetKeys.of(DEFAULT_KEYS)
    for rules, said in ((warnings, "more"), (errors, "✗")):
        lines = set_lines(sets_of(skips, dict.fromkeys(rules, 20)), "", width, height, keys)
        assert len(lines) <= height
        assert said in text(lines[-1])
        assert all(cells(text(line)) <= width for line in lines)


@pytest.mark.parametrize("width", [200, 130, 80, 60, 40])
def test_the_answer_loses_no_number_of_disks_where_it_is_shortened(width: int) -> None:
    skips = Skips(machines=41, skipping=3, disks=5, on_purpose=2, impossible=1)
    line = text(answer_line(skips, False, width))
    assert cells(line) <= width
    assert line.startswith(" 3 of 41")
    assert "5 disk" in line
    assert "snapshot backups skip" in line, "other backups may well hold such a disk"
    if width == 130:
        assert line == (
            " 3 of 41 machines have 5 disks that snapshot backups skip · 2 on purpose (accepted)"
            " · 1 machine cannot be snapshotted at all"
        )
    none = text(answer_line(Skips(machines=1), True, width))
    assert "Snapshot backups skip no disk of 1" in none


@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_a_row_without_a_disk_is_about_is_never_cut(width: int) -> None:
    wide = {column.name: column.width for column in columns_for(width - 1)}
    results = [one for path in SAMPLES.rglob("*.xml") for one in judge(candidate_at(str(path)))]
    kinds = {row.row.kind for one in results for row in rows_of(one) if row.unread is None}
    assert "whole machine" in kinds
    assert all(cells(kind) <= wide["snapshot"] + wide["persistent"] - 2 for kind in kinds)


def test_columns_share_the_width_by_worth_and_none_stands_far_from_its_neighbour() -> None:
    for width in (20, 40, 59, 79, 119, 159, 199, 300):
        columns = {column.name: column for column in columns_for(width)}
        assert list(columns)[:6] == ["vm", "disk", "snapshot", "persistent", "state", "finding"]
        assert width < 60 or sum(column.width for column in columns.values()) + MARGIN <= width
        assert all(column.width < 70 for column in columns.values())
        assert all(len(column.heading) < column.width or width < 59 for column in columns.values())
    assert columns_for(79)[2].heading == "IN SNAPSHOTS"
    assert columns_for(59)[3].heading == "KEEPS"
    assert [column.name for column in columns_for(119)][-2:] == ["finding", "mode"], "no stump of a path"
    assert [column.name for column in columns_for(159)][-2:] == ["mode", "path"]


async def test_names_that_would_be_cut_to_one_show_what_differs(tmp_path: Path) -> None:
    names = [f"production-{which}-of-the-shop-eu-01" for which in ("frontend", "backend", "database")]
    for name in names:
        vm(tmp_path, name, None)
    async with fleet(tmp_path) as seat:
        rows = [line for line in seat.seen() if "[x]" in line]
        assert len(rows) == len({line[:19] for line in rows}) == 3


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, "  kvm-app01-of-the-test-bench  vda (x)  independent-persistent -> persistent"),
        (70, "  kvm-app…the-test-bench  vda   independent-persistent -> persistent"),
        (53, "  kvm-…t-bench  vda   independent-pe… -> persistent"),
    ],
)
def test_a_review_shows_the_new_mode_whole(width: int, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    change = "independent-persistent -> persistent"
    monkeypatch.setattr(EntryList, "_inner_width", lambda _: width)
    entries = EntryList()
    entries._rows = [EntryRow("kvm-app01-of-the-test-bench", "vda (x)", change)]
    entries._fit()
    assert text(entries.row_line(0, width, here=False)) == f"  {shown}"


def test_where_lines_are_left_out_the_last_one_says_so() -> None:
    lines = [(Span(" one "),), (Span(" "), Span("two "))]
    assert within(lines, 2) == lines
    assert [text(line) for line in within(lines, 1)] == [" one…"]
    assert [text(line) for line in within([*lines, (Span(" "),)], 2)] == [" one ", " two…"]
    assert [text(line) for line in within([(Span("A sentence. "),), *lines], 1)] == ["A sentence…"]


async def test_details_that_do_not_fit_end_in_a_sign() -> None:
    async with fleet(SAMPLES / "contradicting.xml") as seat:
        assert seat.said().endswith(".")
        await seat.go("contradicting", "vdg")
        await seat.until(lambda: seat.said().endswith("…"))


@pytest.mark.parametrize("size", [WIDE, WIDEST], ids=str)
async def test_an_unknown_mode_does_not_look_like_a_known_one(size: Size, tmp_path: Path) -> None:
    vm(tmp_path, "vm", "independent_persistent")
    async with fleet(tmp_path, size=size) as seat:
        assert seat.sees(' unknown "indepen… ') or seat.sees(' unknown "independent_persi… ')
        assert seat.sees(" ? word ")


async def test_a_name_too_long_for_its_column_gives_way_to_the_address(tmp_path: Path) -> None:
    vm(tmp_path, "vm", None, more=NVME)
    async with fleet(tmp_path, size=WIDE) as seat:
        assert seat.sees(" scsi0:0 (sda) ")
        assert seat.sees(" nvme0:1  ")
        assert "nvme0:1 (nvme0n2)" in [row.disk for row in seat.machines.rows]


@pytest.mark.parametrize("size", [Size(60, 15), SMALL, Size(140, 40)], ids=str)
async def test_a_review_fits_every_size_and_tells_the_whole_reason(size: Size, tmp_path: Path) -> None:
    for number in range(30):
        vm(tmp_path, f"vm{number}", "independent-nonpersistent")
    async with fleet(tmp_path, size=size) as seat:
        await seat.press("ctrl+a")
        await seat.done("s")
        assert isinstance(seat.screen, BulkReview)
        assert seat.sees("esc back")
        assert seat.sees("30 disks refused")
        assert seat.reads("cannot take part in snapshots")
        await seat.press("end")
        assert seat.sees("vm9.vmx")
