"""Splices: what tells two texts apart brings either back, and holds no more of them than it must."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.formats.text_diff import Sign
from tui.history.splices import MismatchError, Splice, diff_lines, inverse, spliced, splices_between

LINES = st.lists(st.sampled_from([b"a", b"bb", b"", b"\xff\r", b"\x85c"]), max_size=12)
TEXTS = st.one_of(st.binary(max_size=60), LINES.map(b"\n".join), LINES.map(b"\r\n".join))


@given(TEXTS, TEXTS)
def test_they_lead_from_one_text_to_the_other_and_back(before: bytes, after: bytes) -> None:
    found = splices_between(before, after)
    assert spliced(before, found) == after
    assert spliced(after, inverse(found)) == before


@given(TEXTS, TEXTS)
def test_written_down_and_read_again_they_are_the_same(before: bytes, after: bytes) -> None:
    found = splices_between(before, after)
    assert [Splice.from_json(json.loads(json.dumps(one.as_json()))) for one in found] == list(found)


def test_only_the_lines_that_differ_are_held() -> None:
    before = b"secret = 1\nmode = old\nsecret = 2\nother = old\nsecret = 3\n"
    after = before.replace(b"old", b"new")
    found = splices_between(before, after)
    assert found == (
        Splice(11, b"mode = old\n", b"mode = new\n"),
        Splice(33, b"other = old\n", b"other = new\n"),
    )
    assert [(line.sign, line.text) for line in diff_lines(found)] == [
        (Sign.REMOVED, "mode = old"),
        (Sign.ADDED, "mode = new"),
        (Sign.GAP, ""),
        (Sign.REMOVED, "other = old"),
        (Sign.ADDED, "other = new"),
    ]


def test_of_a_document_in_one_line_only_the_bytes_that_differ_are_held() -> None:
    before = b"<domain>" + b"<secret/>" * 100 + b"<disk/>" + b"<secret/>" * 100
    after = before.replace(b"<disk/>", b"<disk snapshot='no'/>")
    (found,) = splices_between(before, after)
    assert b"secret" not in found.old + found.new
    assert spliced(before, [found]) == after


@pytest.mark.parametrize("data", [b"", b"mode = new\n", b"xxxxxxxxxxxxxxxxxxxxxxxxx"])
def test_another_text_is_not_spliced(data: bytes) -> None:
    found = splices_between(b"a\nmode = old\n", b"a\nmode = new\n")
    with pytest.raises(MismatchError):
        spliced(data, found)


@pytest.mark.parametrize("value", [None, [], [1, "a"], [-1, "a", "b"], ["1", "a", "b"], [0, "\u0100", "b"]])
def test_what_is_no_splice_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        Splice.from_json(value)
