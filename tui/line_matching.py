"""Which lines of a text stand in another, and what comes between them: in time even for texts of 64 MiB."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

Operation = tuple[str, int, int, int, int]
"""One of difflib's opcodes: equal, replace, delete or insert; from and up to in the old lines, in the new."""

Text = TypeVar("Text", str, bytes)
_Search = Callable[[Sequence[Text], Sequence[Text]], list[Operation]]

# More lines than this between the first and the last change are compared by their anchors.
_SEARCHED = 2_000


def operations(old: Sequence[Text], new: Sequence[Text], *, autojunk: bool = True) -> list[Operation]:
    """What makes ``new`` of ``old``; the equal head and tail, which is nearly everything, are never searched.

    difflib's search takes the square of the lines: of many, only what lies between anchors is searched, and
    what is still too much was replaced. An anchor is a line that stands once in either text (B. Cohen's
    patience diff). Without ``autojunk`` a line that stands often is looked for like any other.
    """
    search = partial(_by_difflib, autojunk=autojunk)
    found: list[Operation] = []
    for one in _outside_in(old, new, partial(_by_anchors, search=search)):
        if one[0] == "equal" and found and found[-1][0] == "equal":
            _, start, _, first, _ = found.pop()
            found.append(("equal", start, one[2], first, one[4]))
        else:
            found.append(one)
    return found


def _outside_in(old: Sequence[Text], new: Sequence[Text], search: _Search[Text]) -> list[Operation]:
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


def _by_anchors(old: Sequence[Text], new: Sequence[Text], search: _Search[Text]) -> list[Operation]:
    if len(old) + len(new) <= _SEARCHED:
        return search(old, new)
    found: list[Operation] = []
    a = c = 0
    for b, d in (*_anchors(old, new), (len(old), len(new))):
        between = _outside_in(old[a:b], new[c:d], search)
        found += [(kind, a + i, a + j, c + k, c + m) for kind, i, j, k, m in between]
        if b < len(old):
            found.append(("equal", b, b + 1, d, d + 1))
        a, c = b + 1, d + 1
    return found


def _by_difflib(old: Sequence[Text], new: Sequence[Text], *, autojunk: bool) -> list[Operation]:
    if not old or not new:
        return [("delete", 0, len(old), 0, 0)] if old else [("insert", 0, 0, 0, len(new))] if new else []
    if len(old) + len(new) > _SEARCHED:
        return [("replace", 0, len(old), 0, len(new))]
    from difflib import SequenceMatcher  # noqa: PLC0415 - most edits lie between an equal head and tail

    return [*SequenceMatcher(None, old, new, autojunk=autojunk).get_opcodes()]


def _anchors(old: Sequence[Text], new: Sequence[Text]) -> list[tuple[int, int]]:
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
