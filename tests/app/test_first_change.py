"""The first change of a diff is in view: below many lines of context, and far in a long line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.helpers import seated
from tui.app.widgets.first_change import offset_of_change
from tui.editing import PreviewLine
from tui.formats.text_diff import Sign

BEFORE = [PreviewLine(number, Sign.SAME, "context", None) for number in range(3)]


def _pair(start: int, length: int = 5) -> list[PreviewLine]:
    text = "x" * 1000
    signs = (Sign.REMOVED, Sign.ADDED)
    return [PreviewLine(3, sign, text, None, (start, start + length)) for sign in signs]


@pytest.mark.parametrize(
    ("rows", "offset"),
    [
        ([], (0, 0)),
        (BEFORE, (0, 0)),
        ([*BEFORE, *_pair(10)], (0, 0)),
        ([*BEFORE, *_pair(0, 1000)], (0, 0)),
        ([*BEFORE, *_pair(300)], (280, 0)),
    ],
)
def test_a_change_out_of_view_is_scrolled_to(rows: list[PreviewLine], offset: tuple[int, int]) -> None:
    assert offset_of_change(rows, 60, 10) == offset


def test_both_lines_of_a_change_are_in_a_low_window() -> None:
    assert offset_of_change([*BEFORE, *_pair(10)], 60, 4) == (0, 1)
    assert offset_of_change([*BEFORE, *_pair(10)], 60, 1) == (0, 3)


async def test_the_review_of_a_domain_in_one_line_shows_the_word_that_changes(tmp_path: Path) -> None:
    path = tmp_path / "one-line.xml"
    path.write_text(
        f"<domain type='kvm'><name>{'long' * 40}</name><devices><disk type='file' device='disk'>"
        "<source file='/a.img'/><target dev='vda'/></disk></devices></domain>"
    )
    async with seated(path) as seat:
        await seat.press("s", "ctrl+s")
        await seat.settle()
        assert seat.sees("snapshot='no'")
        diff = [line for line in seat.seen() if "<source file=" in line and "…" in line]
        assert any("-  1   …" in line and "snapshot='no'" not in line for line in diff), "the sign stays"
        assert any("+  1   …" in line and "snapshot='no'" in line for line in diff)
