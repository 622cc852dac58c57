"""Time grows with an input, never with its square; what is larger than any machine is refused at once."""

from __future__ import annotations

import gc
import time
from functools import partial
from itertools import islice

import pytest

from tests.security.bounds import INPUTS, MEBIBYTE, cost
from tests.security.work import steps
from tui.formats.errors import FormatError
from tui.formats.limits import MAX_ATTRIBUTES, MAX_DEPTH, MAX_DISKS, MAX_ELEMENTS, MAX_LINES
from tui.formats.opening import open_document
from tui.visible import visible

# Four times as much in four times the time, and some; the square would take sixteen.
GROWTH = 8.5
SLACK = 0.35


def _seconds(name: str, size: int) -> dict[str, float]:
    """The processor time of each step, without the collector's: that depends on all that ran before."""
    spent = {}
    gc.collect()
    gc.disable()
    try:
        for step, work in steps(INPUTS[name][0](size)):
            start = time.process_time()
            work()
            spent[step] = time.process_time() - start
    finally:
        gc.enable()
    return spent


def _least(name: str, size: int) -> dict[str, float]:
    """The best of three: what else the machine does makes a step slower, never faster."""
    rounds = [_seconds(name, size) for _ in range(3)]
    return {step: min(one[step] for one in rounds) for step in rounds[0]}


@pytest.mark.parametrize("name", INPUTS)
def test_four_times_the_input_takes_about_four_times_as_long(name: str) -> None:
    largest = INPUTS[name][1]
    small = max(min(largest // 300, 200_000), 8)
    if "N disks" in name:
        small = 400
    few, many = _least(name, small), _seconds(name, small * 4)
    if any(spent > few[step] * GROWTH + SLACK for step, spent in many.items()):
        many = _least(name, small * 4)
    assert not {
        step: (few[step], spent) for step, spent in many.items() if spent > few[step] * GROWTH + SLACK
    }


BEYOND = {
    "VMX: N keys": MAX_LINES + 1,
    "VMX: N disks on one controller": MAX_DISKS + 1,
    "XML: N disks": MAX_DISKS + 1,
    "XML: N attributes": MAX_ATTRIBUTES + 1,
    "XML: N elements deep": MAX_DEPTH + 1,
    "XML: N unknown devices": MAX_ELEMENTS + 1,
}


@pytest.mark.parametrize("name", BEYOND)
def test_more_than_any_machine_has_is_refused_at_once(name: str) -> None:
    data = INPUTS[name][0](BEYOND[name])
    start = time.process_time()
    with pytest.raises(FormatError, match="more than"):
        open_document(data)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("name", "size", "seconds", "mebibytes"),
    [
        ("VMX: one line of N bytes", 63 * MEBIBYTE, 20, 1200),
        ("XML: an attribute of N bytes", 63 * MEBIBYTE, 20, 1200),
        ("XML: N domains", 100_000, 20, 1200),
    ],
)
def test_a_large_input_stays_within_its_time_and_memory(
    name: str, size: int, seconds: float, mebibytes: int
) -> None:
    one = cost(name, size)
    assert not one.ended.startswith(("TOO SLOW", "CRASHED")), one
    assert one.seconds < seconds, one
    assert one.mebibytes < mebibytes, one


@pytest.mark.parametrize("text", ["\x1b[0m", "a\u202eb", "x", "\u4f60", "Z\u0351"])
def test_making_text_visible_takes_time_by_its_length(text: str) -> None:
    spent = []
    for times in (50_000, 200_000):
        start = time.process_time()
        assert len(visible(text * times)) >= times
        spent.append(time.process_time() - start)
    assert spent[1] < spent[0] * GROWTH + SLACK


def test_the_steps_measured_are_what_a_person_does() -> None:
    data = INPUTS["XML: N disks"][0](2)
    done = list(map(partial(_do), islice(steps(data), 99)))
    assert {"open", "judge", "show", "convert", "edit every disk", "review", "undo"} <= set(done)


def _do(one: tuple[str, object]) -> str:
    name, work = one
    assert callable(work)
    work()
    return name
