"""Which lines of a text differ from those of another: for gutter signs and for diffs."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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


Operation = tuple[str, int, int, int, int]
_Search = Callable[[Sequence[str], Sequence[str]], list[Operation]]

# More lines than this between the first and the last change are compared by their anchors.
_SEARCHED = 2_000


def operations(old: Sequence[str], new: Sequence[str]) -> list[Operation]:
    """difflib's opcodes; the equal head and tail, which is nearly everything, are never searched.

    difflib's search takes the square of the lines: of many, only what lies between anchors is searched, and
    what is still too much was replaced. An anchor is a line that stands once in either text (B. Cohen's
    patience diff).
    """
    found: list[Operation] = []
    for one in _outside_in(old, new, _by_anchors):
        if one[0] == "equal" and found and found[-1][0] == "equal":
            _, start, _, first, _ = found.pop()
            found.append(("equal", start, one[2], first, one[4]))
        else:
            found.append(one)
    return found


def _outside_in(old: Sequence[str], new: Sequence[str], search: _Search) -> list[Operation]:
    """The equal head and tail, and between them what ``search`` finds."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    found: list[Operation] = [("equal", 0, head, 0, head)] if head else []
    middle = search(old[head : len(old) - tail], new[head : len(new) - tail])
    found += [(kind, a + head, b + head, c + head, d + head) for kind, a, b, c, d in middle]
    if tail:
        found.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return found


def _by_anchors(old: Sequence[str], new: Sequence[str]) -> list[Operation]:
    if len(old) + len(new) <= _SEARCHED:
        return _by_difflib(old, new)
    found: list[Operation] = []
    a = c = 0
    for b, d in (*_anchors(old, new), (len(old), len(new))):
        between = _outside_in(old[a:b], new[c:d], _by_difflib)
        found += [(kind, a + i, a + j, c + k, c + m) for kind, i, j, k, m in between]
        if b < len(old):
            found.append(("equal", b, b + 1, d, d + 1))
        a, c = b + 1, d + 1
    return found


def _by_difflib(old: Sequence[str], new: Sequence[str]) -> list[Operation]:
    if not old or not new:
        return [("delete", 0, len(old), 0, 0)] if old else [("insert", 0, 0, 0, len(new))] if new else []
    if len(old) + len(new) > _SEARCHED:
        return [("replace", 0, len(old), 0, len(new))]
    from difflib import SequenceMatcher  # noqa: PLC0415 - most edits lie between an equal head and tail

    return [*SequenceMatcher(None, old, new).get_opcodes()]


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The longest row of lines that stand once in either text, in the same order in both."""
    once = [{line for line, times in Counter(text).items() if times == 1} for text in (old, new)]
    places = {line: number for number, line in enumerate(new) if line in once[1]}
    pairs = [(at, places[line]) for at, line in enumerate(old) if line in once[0] and line in places]
    ends: list[int] = []  # of the rows of each length, the one that ends first (patience sorting)
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        row = bisect_left(ends, place)
        before.append(last[row - 1] if row else -1)
        ends[row : row + 1] = [place]
        last[row : row + 1] = [number]
    found: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


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
