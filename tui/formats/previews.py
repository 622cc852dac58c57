"""A text as the rows of a preview: each line with its number, its sign, and whose disk it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, overload

from tui.cached import cached_property
from tui.formats.text_diff import Part, Sign


class View(StrEnum):
    """How much of a text a preview shows."""

    WHOLE = "whole"
    DISK = "disk"
    DIFF = "diff"


class PreviewLine(NamedTuple):
    """A line of a preview: its number (from 0), sign against the file on disk, text, and whose disk it is.

    ``part`` are the letters (from, up to) that differ; none: all of it.
    """

    number: int | None
    sign: Sign
    text: str
    disk: int | None
    part: Part = (0, 0)


class Whole(Sequence[PreviewLine]):
    """Every line of a text, each a row when somebody looks at it: of a large machine few are seen."""

    def __init__(
        self, lines: Sequence[str], disk_lines: Mapping[int, Sequence[int]], marks: Mapping[int, Sign]
    ) -> None:
        self._lines = lines
        self._disk_lines = disk_lines
        self._marks = marks

    @cached_property
    def _owners(self) -> Mapping[int, int]:
        return {line: disk for disk, lines in self._disk_lines.items() for line in lines}

    @cached_property
    def widest(self) -> int:
        """The letters of the longest line."""
        return max(map(len, self._lines), default=0)

    def lines_of(self, disk: int | None) -> Sequence[int]:
        """The lines (from 0) of a disk, by its index."""
        return () if disk is None else self._disk_lines.get(disk, ())

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, at: int) -> PreviewLine: ...
    @overload
    def __getitem__(self, at: slice) -> list[PreviewLine]: ...
    def __getitem__(self, at: int | slice) -> PreviewLine | list[PreviewLine]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        number = range(len(self))[at]
        sign = self._marks.get(number, Sign.SAME)
        return PreviewLine(number, sign, self._lines[number], self._owners.get(number))
