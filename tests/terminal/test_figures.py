"""What the terminal benchmark reckons: percentiles, tables, targets, and the machines it opens."""

from __future__ import annotations

import pytest

from tests.benchmarks.figures import (
    BARE,
    IDLE,
    MOVE,
    OURS,
    PAINTED,
    TOGGLE,
    Case,
    Figures,
    aligned,
    comparison,
    percentile,
    slow_line,
    targets,
    verdicts,
)
from tests.benchmarks.machines import MAKERS
from tests.benchmarks.sessions import Sample, Slow, frame_end, standing_from
from tests.benchmarks.terminal import FULL, QUICK, asked_for
from tests.scenes import SMALL, WIDE
from tui.editing import Aspect, Done, Editing
from tui.machine import machine_in
from tui.rules import Severity

WIDEST_LINE = 110


def figures(ms: float, size: int = 100, idle: int = 0) -> Figures:
    samples = {what: [Sample(size, ms)] * 4 for what in (PAINTED, MOVE, TOGGLE)}
    return Figures(samples, {IDLE: idle}, Slow(size, 1.0, 0.5))


@pytest.mark.parametrize(
    ("count", "share", "value"), [(200, 99, 198), (40, 99, 40), (1, 99, 1), (200, 50, 100), (200, 0, 1)]
)
def test_a_percentile_is_one_of_the_values(count: int, share: int, value: int) -> None:
    assert percentile(range(count, 0, -1), share) == value


def test_a_screen_stands_from_its_last_change_on() -> None:
    assert standing_from("abacc") == 3
    assert standing_from("aba") == 2
    assert standing_from("aaa") == 0


def test_a_frame_ends_where_nothing_comes_for_a_while() -> None:
    times = [0.0, 0.1, 0.101, 0.102, 0.2]
    assert [frame_end(times, place) for place in (1, 2, 3, 4, 5)] == [1, 4, 4, 4, 5]


def test_rows_are_aligned_below_their_headings() -> None:
    text = aligned([("a", "10", "2"), ("long", "7")], left=1, above={1: "numbers"})
    assert text == "      numbers\na     10  2\nlong   7"


def test_targets_are_reached_up_to_their_limit_and_missed_beyond() -> None:
    few, many = Case("vmx", 8, SMALL), Case("vmx", 256, SMALL)
    results = {
        (few, OURS): figures(5.75, 300),
        (few, BARE): figures(5.0),
        (many, OURS): figures(12.0, 600, idle=3),
        (many, BARE): figures(5.0),
    }
    found = [(one.where, one.what.split(",")[0], one.figure, one.reached) for one in verdicts(results)]
    assert found == [
        ("vmx 8 80x24", PAINTED, "1.15x bare", True),
        ("vmx 256 80x24", TOGGLE, "600 B", True),
        ("vmx 8 80x24", TOGGLE, "5.8 ms", True),
        ("vmx 256 80x24", MOVE, "600 B", False),
        ("vmx 8 -> 256 80x24", TOGGLE, "2.09x (5.8 -> 12.0 ms)", False),
        ("vmx 8 -> 256 80x24", MOVE, "2.09x (5.8 -> 12.0 ms)", False),
        ("vmx 256 80x24", IDLE, "3 B", False),
    ]


def test_a_target_is_not_judged_by_what_was_not_measured() -> None:
    case = Case("xml", 60, WIDE)
    results = {(case, OURS): figures(1.0), (case, BARE): figures(1.0)}
    assert [one.what for one in verdicts(results)] == [IDLE]


def test_the_tables_fit_into_a_page() -> None:
    case = Case("xml", 256, WIDE)
    results = {(case, name): figures(10_000.0, 100_000) for name in (OURS, BARE)}
    text = "\n".join((comparison(results), slow_line(results), targets(results)))
    assert max(map(len, text.splitlines())) <= WIDEST_LINE


def test_what_the_command_line_says_goes_before_quick() -> None:
    assert asked_for([]) == FULL
    assert asked_for(["--quick"]) == QUICK
    assert asked_for(["--quick", "--disks", "1,60", "--sizes", "120x40"]) == QUICK._replace(
        disks=(1, 60), sizes=(WIDE,)
    )


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("count", [1, 8, 60, 256])
def test_the_machines_are_sound_and_their_first_disk_can_be_toggled(count: int, kind: str) -> None:
    data = MAKERS[kind](count)
    editing = Editing(machine_in(data))
    assert len(editing.disks) == count
    assert not [one for one in editing.machine.findings if one.severity is Severity.ERROR]
    assert len(editing.machine.other_text.disk_lines) == count
    assert isinstance(editing.toggle(Aspect.SNAPSHOT, 0), Done)
    assert editing.machine.document.data != data
    assert isinstance(editing.undo(), Done)
    assert editing.machine.document.data == data
