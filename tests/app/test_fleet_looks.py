"""What the fleet screen's headings stand for, and what it says where there is no room for all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.app.fleet_helpers import FleetSeat, fleet, three, vm
from tests.scenes import SAMPLES, SMALL, WIDE, WIDEST, Size
from tui.app.dialogs.findings import FindingsScreen
from tui.app.fleet.bulk_review import BulkReview
from tui.app.fleet.fleet_presentation import chart_lines, within
from tui.app.fleet.rows import Rule
from tui.app.widgets.long_page import LongPage
from tui.app.widgets.spans import Line, Span, cells
from tui.rules import Severity

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
        assert "✗ unknown-mode (1 of " in seat.said()
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
        assert seat.sees("by VM")


# No room


@pytest.mark.parametrize(("width", "height"), [(80, 1), (120, 6)])
def test_errors_are_not_left_out_of_the_chart_without_a_word(width: int, height: int) -> None:
    warnings: list[Rule] = [(Severity.WARNING, f"common-warning-{number}") for number in range(8)]
    counts: Counter[Rule] = Counter(dict.fromkeys(warnings, 20))
    assert "✗" not in text(chart_lines(counts, width, height)[-1])
    counts[Severity.ERROR, "rare-error"] = 1
    last = chart_lines(counts, width, height)[-1]
    assert text(last).count("more, 1 ✗") == 1
    assert cells(text(last)) <= width


def test_where_lines_are_left_out_the_last_one_says_so() -> None:
    lines = [(Span(" one "),), (Span(" "), Span("two "))]
    assert within(lines, 2) == lines
    assert [text(line) for line in within(lines, 1)] == [" one…"]
    assert [text(line) for line in within([*lines, (Span(" "),)], 2)] == [" one ", " two…"]


async def test_details_that_do_not_fit_end_in_a_sign() -> None:
    async with fleet(SAMPLES / "contradicting.xml") as seat:
        assert seat.said().endswith(".")
        await seat.go("contradicting", "vdg")
        await seat.until(lambda: seat.said().endswith("…"))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=str)
async def test_a_mode_nobody_knows_does_not_look_like_one_that_is_known(size: Size, tmp_path: Path) -> None:
    vm(tmp_path, "vm", "independent_persistent")
    async with fleet(tmp_path, size=size) as seat:
        assert seat.sees(' unknown "indepen… ')


async def test_a_name_too_long_for_its_column_gives_way_to_the_address(tmp_path: Path) -> None:
    vm(tmp_path, "vm", None, more=NVME)
    async with fleet(tmp_path, size=WIDE) as seat:
        assert seat.sees(" scsi0:0 (sda) ")
        assert seat.sees(" nvme0:1  ")
        assert seat.machines.rows[-1].disk == "nvme0:1 (nvme0n2)"


@pytest.mark.parametrize("size", [SMALL, Size(132, 43), Size(140, 40), WIDEST], ids=str)
async def test_a_review_breaks_its_lines_where_its_page_ends(size: Size, tmp_path: Path) -> None:
    for number in range(20):
        vm(tmp_path, f"vm{number}", "independent-nonpersistent")
    async with fleet(tmp_path, size=size) as seat:
        await seat.press("ctrl+a")
        await seat.done("s")
        assert isinstance(seat.screen, BulkReview)
        page = seat.screen.query_one("#text", LongPage)
        assert page.show_vertical_scrollbar
        longest = max(cells(text(line)) for line in page.lines)
        room = page.scrollable_content_region.width
        assert min(room, 100) - 20 < longest <= room
