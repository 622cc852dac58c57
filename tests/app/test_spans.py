"""Lines of spans, broken to a width."""

from __future__ import annotations

import pytest

from tui.app.widgets.spans import Span, wrapped
from tui.columns import cells


@pytest.mark.parametrize("width", range(4, 14))
def test_no_line_is_wider_than_it_may_be_also_by_the_blank_it_was_broken_at(width: int) -> None:
    lines = wrapped((Span("abcd efgh "), Span("ij abcdef"), Span(" k")), width)
    assert len(lines) > 1
    assert max(sum(cells(span.text) for span in line) for line in lines) <= width
    assert "".join(span.text for line in lines for span in line).replace(" ", "") == "abcdefghijabcdefk"
