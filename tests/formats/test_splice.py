from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.formats import splice as splicing
from tui.formats.splice import Edit, LineIndex, difference, splice

texts = st.binary() | st.text("ab\r\n\x85\x0b").map(str.encode)


@given(texts)
def test_lines_and_their_ends_make_up_the_whole(data: bytes) -> None:
    lines = LineIndex(data)
    ends = [*lines.starts[1:], len(data)]
    assert b"".join(data[start:end] for start, end in zip(lines.starts, ends, strict=True)) == data
    for end, following in zip(lines.ends, ends, strict=True):
        assert data[end:following] in (b"", b"\n", b"\r\n", b"\r")


@given(texts)
def test_a_line_holds_no_line_end_and_85_is_none(data: bytes) -> None:
    assert LineIndex(data).texts(data) == (data.splitlines() or [b""])


@given(texts, st.data())
def test_the_line_at_an_offset_holds_it(data: bytes, draw: st.DataObject) -> None:
    offset = draw.draw(st.integers(0, max(0, len(data) - 1)))
    lines = LineIndex(data)
    number = lines.at(offset)
    assert lines.starts[number] <= offset
    assert number == len(lines) - 1 or offset < lines.starts[number + 1]


def test_edits_are_made_in_their_places_whatever_their_order() -> None:
    edits = [Edit(4, 6, b"Z"), Edit(0, 1), Edit(6, 6, b"+"), Edit(6, 6, b"-")]
    assert splice(b"abcdefgh", edits) == b"bcdZ+-gh"


def test_no_edits_leave_the_bytes() -> None:
    assert splice(b"abc", []) == b"abc"


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        splice(b"abcdef", [Edit(0, 3), Edit(2, 4)])


@given(texts, texts, texts, texts, st.integers(1, 9))
def test_the_difference_makes_one_of_the_other_and_is_no_longer_than_it_need_be(
    head: bytes, tail: bytes, before: bytes, after: bytes, at_once: int
) -> None:
    old, new = head + before + tail, head + after + tail
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(splicing, "_AT_ONCE", at_once)
        edit = difference(old, new)
    assert edit == difference(old, new)
    assert splice(old, [edit]) == new
    assert len(edit.text) <= len(after)
    assert edit.end - edit.start <= len(before)
    kept = old[edit.start : edit.end]
    assert not kept or not edit.text or (kept[0] != edit.text[0] and kept[-1] != edit.text[-1])
