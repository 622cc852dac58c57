"""Which rows of a fleet are marked, and which a change is for: values, without a screen."""

from __future__ import annotations

from pathlib import Path

from tests.app.fleet_helpers import vm
from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.fleet_presentation import marked_words
from tui.app.fleet.fleet_table import FleetTable
from tui.app.fleet.marks import Marks
from tui.app.fleet.rows import FleetRow
from tui.app.fleet.scan import judged_again
from tui.fleet.query import parse


def _table(folder: Path, query: str = "") -> FleetTable:
    """A machine with a disk and one with two, each below a heading."""
    paths = FleetPaths((str(folder),))
    table = FleetTable()
    table.add(judged_again(str(vm(folder, "db01", None)), paths))
    table.add(judged_again(str(vm(folder, "web01", None, "independent-persistent")), paths))
    table.match(parse(query))
    while table.advance(10):
        pass
    table.order = table.order.next_group()
    table.arrange()
    return table


def _place(table: FleetTable, name: str, disk: str) -> int:
    """Where a disk is, or with "" its machine's heading."""
    rows = table.arrange()
    wanted = (name, disk, not disk)
    return next(at for at, row in enumerate(rows) if (row.vm, row.address, bool(row.heading)) == wanted)


def _names(rows: list[FleetRow]) -> set[str]:
    return {f"{one.row.vm} {one.row.address}" for one in rows}


def test_without_marks_a_change_is_for_the_row_or_for_all_below_a_heading(tmp_path: Path) -> None:
    table = _table(tmp_path)
    marks = Marks(table)
    assert _names(marks.targets(_place(table, "db01", "scsi0:0"))) == {"db01 scsi0:0"}
    assert _names(marks.targets(_place(table, "web01", ""))) == {"web01 scsi0:0", "web01 scsi0:1"}
    assert marks.targets(99) == []


def test_marks_count_wherever_the_cursor_is_and_the_same_key_takes_them_away(tmp_path: Path) -> None:
    table = _table(tmp_path)
    marks = Marks(table)
    heading, elsewhere = _place(table, "web01", ""), _place(table, "db01", "scsi0:0")
    assert marks.turn(heading)
    assert _names(marks.targets(elsewhere)) == {"web01 scsi0:0", "web01 scsi0:1"}
    assert marks.turn(_place(table, "web01", "scsi0:1"))
    assert _names(marks.targets(elsewhere)) == {"web01 scsi0:0"}
    assert marks.turn(heading), "one of two is marked: the other joins it"
    assert len(marks) == 2
    assert marks.turn(heading)
    assert len(marks) == 0
    assert not marks.turn(99)


def test_all_that_fit_the_filter_are_marked_and_what_was_changed_is_not_any_more(tmp_path: Path) -> None:
    marks = Marks(_table(tmp_path, "vm:db01"))
    marks.turn_all()
    (key,) = marks.keys
    marks.remove([key])
    assert len(marks) == 0


def test_marks_that_a_filter_hides_are_told_for_a_change_is_for_them_too(tmp_path: Path) -> None:
    table = _table(tmp_path)
    marks = Marks(table)
    marks.turn_all()
    assert (len(marks), marks.hidden) == (3, 0)
    table.match(parse("vm:db01"))
    while table.advance(10):
        pass
    assert (len(marks), marks.hidden) == (3, 2)
    assert len(marks.targets(0)) == 3
    assert [marked_words(*one) for one in ((0, 0), (2, 0), (2, 1))] == [
        "",
        "2 marked",
        "2 marked, 1 not shown",
    ]
