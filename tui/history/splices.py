"""What makes one text another, told without either: where, what stood there, and what stands there now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.formats.splice import Edit, LineIndex, difference, splice
from tui.formats.text_diff import DiffLine, Sign
from tui.line_matching import operations

# A longer line is not kept whole: a document without line ends would be one line.
_LONGEST_LINE = 240


class MismatchError(ValueError):
    """The text is not the one the splices were made on."""


class Splice(NamedTuple):
    """At byte ``offset`` of the old text ``old`` gave way to ``new``."""

    offset: int
    old: bytes
    new: bytes

    def as_json(self) -> list[int | str]:
        """For a line of JSON: each byte is one letter, of Latin-1, so that any bytes come back."""
        return [self.offset, self.old.decode("latin-1"), self.new.decode("latin-1")]

    @classmethod
    def from_json(cls, value: object) -> Splice:
        """The splice that :meth:`as_json` told; ValueError for anything else."""
        match value:
            case [int(offset), str(old), str(new)] if offset >= 0:
                return cls(offset, old.encode("latin-1"), new.encode("latin-1"))
        raise ValueError("not a splice")


def splices_between(before: bytes, after: bytes) -> tuple[Splice, ...]:
    """The lines that differ, each run of them a splice; of a long line only the bytes that do.

    The equal head and tail, nearly everything, are compared and never split into lines.
    """
    if before == after:
        return ()
    whole = difference(before, after)
    start = before.rfind(b"\n", 0, whole.start) + 1
    end = _line_end(before, whole.end)
    tail = len(before) - end
    old, new = before[start:end], after[start : len(after) - tail]
    ours, theirs = _lines(old), _lines(new)
    found, at = [], [0]
    for line in ours:
        at.append(at[-1] + len(line))
    for kind, first, last, begin, stop in operations(ours, theirs):
        if kind != "equal":
            removed, added = b"".join(ours[first:last]), b"".join(theirs[begin:stop])
            found.append(_short(Splice(start + at[first], removed, added)))
    return tuple(found)


def _line_end(data: bytes, place: int) -> int:
    found = data.find(b"\n", max(place - 1, 0))
    return len(data) if found < 0 else max(found + 1, place)


def _lines(data: bytes) -> list[bytes]:
    """The lines with their ends; letters of two bytes may be cut, which splices do not mind."""
    if not data:
        return []
    starts = LineIndex(data).starts
    return [data[start:end] for start, end in zip(starts, (*starts[1:], len(data)), strict=True)]


def _short(found: Splice) -> Splice:
    if max(map(len, (*_lines(found.old), *_lines(found.new))), default=0) <= _LONGEST_LINE:
        return found
    edit = difference(found.old, found.new)
    return Splice(found.offset + edit.start, found.old[edit.start : edit.end], edit.text)


def spliced(data: bytes, splices: Iterable[Splice]) -> bytes:
    """``data`` with the splices made. Raises MismatchError where it does not hold what they were made on."""
    edits = []
    for offset, old, new in splices:
        if data[offset : offset + len(old)] != old:
            raise MismatchError(f"other bytes stand at {offset}")
        edits.append(Edit(offset, offset + len(old), new))
    try:
        return splice(data, edits)
    except ValueError as error:
        raise MismatchError(str(error)) from error


def inverse(splices: Iterable[Splice]) -> tuple[Splice, ...]:
    """The splices that lead back."""
    found, moved = [], 0
    for offset, old, new in sorted(splices):
        found.append(Splice(offset + moved, new, old))
        moved += len(new) - len(old)
    return tuple(found)


def diff_lines(splices: Sequence[Splice]) -> list[DiffLine]:
    """What the splices do, as lines of a diff, for where no text is at hand: without numbers."""
    found: list[DiffLine] = []
    for place, (_, old, new) in enumerate(splices):
        if place:
            found.append(DiffLine(Sign.GAP, None, ""))
        found += [DiffLine(Sign.REMOVED, None, _text(line)) for line in _lines(old)]
        found += [DiffLine(Sign.ADDED, None, _text(line)) for line in _lines(new)]
    return found


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace").rstrip("\r\n")
