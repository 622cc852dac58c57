"""Lines of styled text, cut and broken to fit.

A span names its style by a component class (``line--changed``), so colours stay in the style sheet, and its
text is made safe for the terminal here, once, for every widget. Text from a file is never markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from tui.visible import visible

# Longer lines are cut for display: nobody reads on, and a 64 MiB line must not stop the screen.
LONGEST = 4000

STYLES = {
    "line--dim",
    "line--strong",
    "line--title",
    "line--key",
    "line--error",
    "line--warning",
    "line--info",
    "line--changed",
    "line--changed-part",
    "line--removed-part",
    "line--found",
    "line--removed",
    "line--name",
    "line--comment",
    "line--cursor",
    "line--off",
}


class Span(NamedTuple):
    """Some text in one style; no style is the widget's own."""

    text: str
    style: str = ""


Line = Sequence[Span]


def cells(text: str) -> int:
    """How many columns a text takes in a terminal."""
    return cell_len(text)


def plain(text: str) -> Text:
    """A frame's title that is never taken for markup, safe for the terminal."""
    return Text(visible(text))


def fitted(text: str, width: int) -> str:
    """``text`` in exactly ``width`` columns: padded, or shortened in the middle, where least is lost."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    if width < 3:
        return set_cell_size(text, width)
    tail_width = (width - 1) * 2 // 3
    head = set_cell_size(text, width - 1 - tail_width)
    tail = text[-tail_width:]
    while cell_len(tail) > tail_width:
        tail = tail[1:]
    return set_cell_size(f"{head}…{tail}", width)


def clipped(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns; where its end is cut, a sign says so."""
    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)) + "…"


def whole_words(text: str, width: int) -> str:
    """The beginning of ``text`` in at most ``width`` columns, without half a word where it has several."""
    while cells(text) > width:
        text = text[:-1] if " " not in text.strip() else text.rpartition(" ")[0]
    return text


def wrapped(line: Line, width: int) -> list[Line]:
    """``line`` over as many lines as it takes, broken between words."""
    lines: list[list[Span]] = [[]]
    used = 0
    for span in line:
        for word in _words(visible(span.text), width):
            size = cell_len(word)
            if used and used + cell_len(word.rstrip()) > width:
                last = lines[-1][-1]
                lines[-1][-1] = Span(last.text.rstrip(), last.style)  # a blank there may be one cell too many
                lines.append([])
                used = 0
                word = word.lstrip()  # noqa: PLW2901 - the blank before it ends the line above
                size = cell_len(word)
            lines[-1].append(Span(word, span.style))
            used += size
    return [tuple(one) for one in lines]


def indented(line: Line, width: int) -> list[Line]:
    """``line`` as :func:`wrapped` breaks it, a blank from either edge of ``width`` columns."""
    return [(Span(" "), *part) for part in wrapped(line, max(width - 2, 20))]


def within(lines: Sequence[Line], height: int) -> list[Line]:
    """The first so many lines; where more would follow, the last one says so."""
    if len(lines) <= height:
        return list(lines)
    *first, last = lines[:height]
    end = last[-1]
    return [*first, (*last[:-1], Span(f"{end.text.rstrip().rstrip('.')}…", end.style))]


def key_lines(keys: Iterable[tuple[str, str]], width: int) -> list[Line]:
    """Keys and what they do, over as many lines as they take; none is broken where it fits on one."""
    lines: list[list[Span]] = []
    used = 0
    for key, does in keys:
        size = cell_len(key) + 1 + cell_len(does)
        if not lines or used + size > width:
            lines.append([Span(" ")])
            used = 0
        lines[-1] += [Span(key, "line--key"), Span(f" {does}  ")]
        used += size + 2
    return [tuple(line) for line in lines]


def _words(text: str, width: int) -> list[str]:
    """The words with the blank behind each; one longer than a line, a path say, in parts."""
    words = [word + " " for word in text.split(" ")]
    if words:
        words[-1] = words[-1][:-1]
    return [part for word in words if word for part in _parts(word, width)]


def _parts(word: str, width: int) -> list[str]:
    return [word] if cell_len(word.rstrip()) <= width else chop_cells(word, width)
