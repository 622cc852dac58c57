"""Which lines of a text differ from those of another: for gutter signs and for diffs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.line_matching import operations


class Sign(StrEnum):
    """How a line stands to the file on disk; ``REMOVED_BELOW`` marks the line above a removed one."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"
    REMOVED_BELOW = "_"
    GAP = "…"


Part = tuple[int, int]
_WHOLE: Part = (0, 0)


class DiffLine(NamedTuple):
    """A line of a diff. ``number`` (from 0) is its place in the new text, in the old one where removed.

    ``part`` are the letters (from, up to) that differ from the line it stands against; none: all of it.
    """

    sign: Sign
    number: int | None
    text: str
    part: Part = _WHOLE


def signs(old: Sequence[str], new: Sequence[str]) -> dict[int, Sign]:
    """The lines of ``new`` (from 0) that differ from ``old``, each with its sign."""
    found: dict[int, Sign] = {}
    for kind, start, end, first, last in operations(old, new):
        if kind == "delete":
            found.setdefault(max(first - 1, 0), Sign.REMOVED_BELOW)
        elif kind != "equal":
            replaced = end - start
            for number in range(first, last):
                found[number] = Sign.CHANGED if number - first < replaced else Sign.ADDED
    return found


def diff(old: Sequence[str], new: Sequence[str], context: int = 3) -> Iterator[DiffLine]:
    """The differing lines with ``context`` equal ones around them, a gap line between distant places."""
    found = operations(old, new)
    for place, (kind, start, end, first, last) in enumerate(found):
        if kind == "equal":
            after = range(first, first if place == 0 else min(first + context, last))
            before = range(last if place == len(found) - 1 else max(last - context, after.stop), last)
            yield from _context(new, after, before)
            continue
        pairs = [changed_parts(was, now) for was, now in zip(old[start:end], new[first:last], strict=False)]
        parts = [*pairs, *[(_WHOLE, _WHOLE)] * max(end - start, last - first)]
        for number in range(start, end):
            yield DiffLine(Sign.REMOVED, number, old[number], parts[number - start][0])
        for number in range(first, last):
            yield DiffLine(Sign.ADDED, number, new[number], parts[number - first][1])


_IN_WORD = frozenset("-_.")


def document_diff(before: bytes, after: bytes) -> list[DiffLine]:
    """The lines in which two versions of a file differ; none where either is no document."""
    try:
        was, now = open_document(before), open_document(after)
    except FormatError:
        return []
    return list(diff(was.text_lines, now.text_lines))


def changed_parts(was: str, now: str) -> tuple[Part, Part]:
    """Which words of two lines differ; where a line has nothing in common with the other, all of it.

    >>> changed_parts('a.mode = "persistent"', 'a.mode = "append"')
    ((10, 20), (10, 16))
    """
    shorter = min(len(was), len(now))
    head = next((place for place in range(shorter) if was[place] != now[place]), shorter)
    tail = next(
        (place for place in range(shorter - head) if was[-1 - place] != now[-1 - place]), shorter - head
    )
    while head and _goes_on(was, head) | _goes_on(now, head):
        head -= 1
    while tail and _goes_on(was, len(was) - tail) | _goes_on(now, len(now) - tail):
        tail -= 1
    if not was[:head].strip() and not was[len(was) - tail :].strip():
        return _WHOLE, _WHOLE
    return (head, len(was) - tail), (head, len(now) - tail)


def _goes_on(text: str, place: int) -> bool:
    """Whether a word goes on over a place."""
    return 0 < place < len(text) and all(
        letter.isalnum() or letter in _IN_WORD for letter in text[place - 1 : place + 1]
    )


def _context(new: Sequence[str], after: range, before: range) -> Iterator[DiffLine]:
    for number in after:
        yield DiffLine(Sign.SAME, number, new[number])
    if after and before and before.start > after.stop:
        yield DiffLine(Sign.GAP, None, "")
    for number in before:
        yield DiffLine(Sign.SAME, number, new[number])
