"""Signs and diffs: what they tell of two texts is true, whatever the texts."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.formats.text_diff import Sign, diff, signs
from tui.line_matching import operations

texts = st.lists(st.sampled_from("abcd"), max_size=25)


@given(old=texts, new=texts)
def test_operations_turn_the_old_text_into_the_new_one(old: list[str], new: list[str]) -> None:
    made: list[str] = []
    place = 0
    for kind, start, end, first, last in operations(old, new):
        assert start == place
        place = end
        made += old[start:end] if kind == "equal" else new[first:last]
    assert place == len(old)
    assert made == new


@given(old=texts, new=texts)
def test_a_line_without_a_sign_stands_in_the_old_text_and_the_others_are_counted(
    old: list[str], new: list[str]
) -> None:
    found = signs(old, new)
    kept = [line for number, line in enumerate(new) if found.get(number) not in (Sign.ADDED, Sign.CHANGED)]
    remaining = iter(old)
    assert all(line in remaining for line in kept), "in the old order"
    assert set(found) <= set(range(max(len(new), 1)))
    assert bool(found) == (old != new)


@given(old=texts, new=texts, context=st.integers(0, 4))
def test_a_diff_has_every_added_and_every_removed_line_with_its_number(
    old: list[str], new: list[str], context: int
) -> None:
    lines = list(diff(old, new, context))
    removed = [line for line in lines if line.sign is Sign.REMOVED]
    added = [line for line in lines if line.sign is Sign.ADDED]
    assert all(old[line.number] == line.text for line in removed if line.number is not None)
    assert all(new[line.number] == line.text for line in added if line.number is not None)
    gone = {line.number for line in removed}
    come = {line.number for line in added}
    assert [line for number, line in enumerate(old) if number not in gone] == [
        line for number, line in enumerate(new) if number not in come
    ]
    assert bool(lines) == (old != new)


@given(old=texts, new=texts)
def test_context_is_at_most_three_lines_from_a_change_and_gaps_are_told(
    old: list[str], new: list[str]
) -> None:
    lines = list(diff(old, new))
    changes = [place for place, line in enumerate(lines) if line.sign in (Sign.ADDED, Sign.REMOVED)]
    for place, line in enumerate(lines):
        if line.sign is Sign.SAME:
            assert min(abs(place - change) for change in changes) <= 3
    numbers = [line.number for line in lines if line.sign in (Sign.SAME, Sign.ADDED, Sign.GAP)]
    for before, after in pairwise(numbers):
        if before is not None and after is not None:
            assert after == before + 1


def test_a_removed_first_line_is_told_at_the_first_line_left() -> None:
    assert signs(["a", "b"], ["b"]) == {0: Sign.REMOVED_BELOW}


def test_lines_beyond_those_they_replace_are_added() -> None:
    assert signs(["x", "a"], ["x", "b", "c"]) == {1: Sign.CHANGED, 2: Sign.ADDED}


def _of_many(changed: int) -> tuple[list[str], list[str]]:
    old = [f"line {number}" for number in range(40_000)]
    new = list(old)
    step = len(old) // changed
    new[::step] = [f"new {number}" for number in range(len(new[::step]))]
    return old, new


@pytest.mark.parametrize("repeated", [0, 3_000])
def test_many_changes_in_a_long_text_are_told_one_by_one(repeated: int) -> None:
    old, new = _of_many(2_000)
    same = ["the same"] * repeated
    start = time.process_time()
    found = operations(["first", *same, *old, "end"], ["1st", *same, *old[:1], *new[1:], "END"])
    assert time.process_time() - start < 3
    assert [kind for kind, *_ in found] == ["replace", "equal"] * (len(found) // 2) + ["replace"]
    assert sum(end - begin for kind, begin, end, *_ in found if kind == "replace") == 2_001


def test_a_long_text_without_anchors_is_told_as_replaced() -> None:
    found = operations(["a", "b"] * 5_000, ["b", "c"] * 5_000)
    assert found == [("replace", 0, 10_000, 0, 10_000)]


longer = st.lists(st.sampled_from("abcdefghij0123456789"), max_size=60)


@given(old=longer, new=longer)
def test_anchors_give_operations_as_true_as_a_search_does(old: list[str], new: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.line_matching._SEARCHED", 4)
        found = operations(old, new)
    made = [line for kind, a, b, c, d in found for line in (old[a:b] if kind == "equal" else new[c:d])]
    assert made == new
    assert [end for _, _, end, _, _ in found][-1:] == [len(old)][: len(found)]
    assert all(one[0] != two[0] or one[0] != "equal" for one, two in pairwise(found))
