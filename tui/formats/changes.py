"""Which lines of a text differ from those of another: for gutter signs and for diffs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple


class Sign(StrEnum):
    """How a line stands to the file on disk; ``REMOVED_BELOW`` marks the line above a removed one."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"
    REMOVED_BELOW = "_"
    GAP = "…"


class DiffLine(NamedTuple):
    """A line of a diff. ``number`` (from 0) is its place in the new text, in the old one where removed."""

    sign: Sign
    number: int | None
    text: str


Operation = tuple[str, int, int, int, int]


def operations(old: Sequence[str], new: Sequence[str]) -> list[Operation]:
    """difflib's opcodes; the equal head and tail, which is nearly everything, are never searched."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    found: list[Operation] = [("equal", 0, head, 0, head)] if head else []
    found += [(kind, a + head, b + head, c + head, d + head) for kind, a, b, c, d in matcher.get_opcodes()]
    if tail:
        found.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return found


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
    parts = operations(old, new)
    for place, (kind, start, end, first, last) in enumerate(parts):
        if kind == "equal":
            after = range(first, first if place == 0 else min(first + context, last))
            before = range(last if place == len(parts) - 1 else max(last - context, after.stop), last)
            yield from _context(new, after, before)
            continue
        for number in range(start, end):
            yield DiffLine(Sign.REMOVED, number, old[number])
        for number in range(first, last):
            yield DiffLine(Sign.ADDED, number, new[number])


def _context(new: Sequence[str], after: range, before: range) -> Iterator[DiffLine]:
    for number in after:
        yield DiffLine(Sign.SAME, number, new[number])
    if after and before and before.start > after.stop:
        yield DiffLine(Sign.GAP, None, "")
    for number in before:
        yield DiffLine(Sign.SAME, number, new[number])
