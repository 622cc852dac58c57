"""What the table of disks shows of each, and how wide its columns are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tui.app.widgets.spans import Line, Span, cells, fitted
from tui.columns import apart
from tui.visible import visible


@dataclass(frozen=True, slots=True)
class DiskRow:
    """What the table shows of one disk; a toggle that cannot be turned is None and shows ``locked``.

    ``snapshot_word`` stands in place of the box of a disk that neither takes part nor is left out. ``brief``,
    ``mode`` and ``long_mode`` are one word, for more and more room. ``held``: its mode cannot be changed now;
    ``snapshots`` is how many the machine has, ``running`` whether it runs, None where nobody says.
    """

    index: int
    address: str
    target: str
    file: str
    size: str
    snapshot: bool | None
    persistent: bool | None
    locked: str
    brief: str
    mode: str
    long_mode: str
    word: str
    sign: str
    severity: str
    changed: bool
    marked: bool
    snapshot_word: str = ""
    held: bool = False
    snapshots: int = 0
    running: bool | None = None


class DiskColumn(NamedTuple):
    """A column of the table: its heading and width."""

    title: str
    width: int


class Columns(NamedTuple):
    """The widths of the table's columns; a width of 0 leaves a column out. ``files`` are the names of files
    as they are shown, no two of them alike where they differ.
    """

    address: DiskColumn
    target: DiskColumn
    file: DiskColumn
    size: DiskColumn
    snapshot: DiskColumn
    persistent: DiskColumn
    mode: DiskColumn
    word: DiskColumn
    lock: DiskColumn
    snapshots: DiskColumn
    power: DiskColumn
    files: Mapping[str, str]

    @property
    def boxes(self) -> tuple[int, int, int]:
        """Where the first box begins, where the second, and where that ends."""
        start = _MARGIN + self.address.width + self.target.width + self.file.width + self.size.width
        middle = start + self.snapshot.width
        return start, middle, middle + self.persistent.width


# The cursor, the mark, the change; and the finding's sign with a blank behind it.
_MARGIN, _FINDING = 3, 2
_BOXES, _BRIEF_BOXES = (13, 13), (9, 7)
# The mode by vSphere's label, in three lengths, and by VMX's word; or a preset of libvirt.
_BRIEF, _SHORT, _LONG, _WORD, _PRESET = 13, 18, 28, 26, 10
# Whether it is locked, has snapshots, runs: by a word, or by a sign.
_WORDS, _SIGNS = (7, 6, 8), (2, 2, 2)
# The least a file's name is to have before columns beside it say less.
_LEAST_FILE, _FAIR_FILE, _GOOD_FILE = 8, 14, 18


class _Layout(NamedTuple):
    """The widths, in cells, of the columns that can say the same in more or fewer words."""

    mode: int
    word: int
    states: tuple[int, int, int]
    file: int = _GOOD_FILE
    boxes: tuple[int, int] = _BOXES


_VMWARE_LAYOUTS = (
    _Layout(_LONG, _WORD, _WORDS),
    _Layout(_SHORT, _WORD, _WORDS),
    _Layout(_SHORT, _WORD, _SIGNS),
    _Layout(_SHORT, 0, _WORDS),
    _Layout(_SHORT, 0, _SIGNS),
    _Layout(_BRIEF, 0, _SIGNS, _LEAST_FILE),
    _Layout(_BRIEF, 0, _SIGNS, _FAIR_FILE, _BRIEF_BOXES),
    _Layout(0, 0, _SIGNS, _FAIR_FILE, _BRIEF_BOXES),
)
_LIBVIRT_LAYOUTS = (
    _Layout(_PRESET, 0, _WORDS),
    _Layout(_PRESET, 0, _SIGNS, _LEAST_FILE),
    _Layout(_PRESET, 0, _SIGNS, _FAIR_FILE, _BRIEF_BOXES),
    _Layout(0, 0, _SIGNS, _FAIR_FILE, _BRIEF_BOXES),
)


def columns_for(rows: Sequence[DiskRow], width: int, *, of_libvirt: bool = False) -> Columns:
    """The columns that fit ``width``: VMX's own word, the size and words for the state come in where there is
    room. No column is wider than what it holds. ``of_libvirt``: a preset stands where VMware's mode is.
    """
    address = max([4, *(cells(row.address) for row in rows)]) + 1
    target = min(max([6, *(cells(visible(row.target)) for row in rows)]) + 1, 16)
    sized = max([0, *(cells(row.size) for row in rows)])
    longest = max([4, *(cells(visible(row.file)) for row in rows)]) + 2
    free = width - _MARGIN - address - target - _FINDING
    layouts: Sequence[_Layout] = _VMWARE_LAYOUTS
    if of_libvirt:  # a mode of VMware's may stand in a domain, and is a longer word than any preset
        preset = min(max([_PRESET, *(cells(row.brief) + 1 for row in rows)]), _BRIEF)
        layouts = [one._replace(mode=one.mode and preset) for one in _LIBVIRT_LAYOUTS]
    fitting = (
        (layout, size, free - sum(layout.boxes) - layout.mode - layout.word - sum(layout.states) - size)
        for layout in layouts
        for size in ((sized + 2, 0) if sized else (0,))
    )
    layout, size, file = next(
        (layout, size, file)
        for layout, size, file in fitting
        if file >= min(layout.file, longest) or not (layout.mode or size)
    )
    in_words = layout.states is _WORDS
    file = max(min(file, longest), 4)
    return Columns(
        DiskColumn("DISK", address),
        DiskColumn("TARGET", target),
        DiskColumn("FILE", file),
        DiskColumn("SIZE", size),
        DiskColumn("IN SNAPSHOTS" if layout.boxes is _BOXES else "IN SNAP", layout.boxes[0]),
        DiskColumn("KEEPS WRITES" if layout.boxes is _BOXES else "KEEPS", layout.boxes[1]),
        DiskColumn("PRESET" if of_libvirt else "MODE", layout.mode),
        DiskColumn("VMX MODE", layout.word),
        DiskColumn("LOCK" if in_words else "L", layout.states[0]),
        DiskColumn("SNAPS" if in_words else "S", layout.states[1]),
        DiskColumn("POWER" if in_words else "R", layout.states[2]),
        _files(rows, file - 1),
    )


def _files(rows: Sequence[DiskRow], width: int) -> Mapping[str, str]:
    shown = apart((visible(row.file) for row in rows), width, fitted)
    return {row.file: shown[visible(row.file)] for row in rows}


def head_of(columns: Columns) -> Line:
    """The line of headings over the columns."""
    shown = (one for one in columns if isinstance(one, DiskColumn) and one.width)
    titles = "".join(fitted(column.title, column.width) for column in shown)
    return (Span(" " * _MARGIN + titles, "line--dim"),)


def _box(value: bool | None, locked: str) -> str:
    if value is None:
        return locked
    return "[x]" if value else "[ ]"


def _box_style(value: bool | None, word: str, style: str) -> str:
    """What is left out, forgotten, or neither in nor out is seen at once; its sign tells without colours."""
    return style if value is None or (value and not word) else "line--warning"


def line_of(row: DiskRow, columns: Columns, *, here: bool) -> Line:
    """A row as it is painted; ``here``: the cursor is on it."""
    style = "line--off" if row.snapshot is None and not here else ""
    changed = "line--changed" if row.changed else style
    word = row.snapshot_word if row.snapshot is not None else ""
    return (
        Span("▌", "line--strong") if here else Span(" ", style),
        Span("●", "line--key") if row.marked else Span(" ", style),
        Span("*", "line--changed") if row.changed else Span(" ", style),
        Span(fitted(row.address, columns.address.width), style),
        Span(fitted(visible(row.target), columns.target.width), style),
        Span(
            fitted(columns.files.get(row.file, visible(row.file)), max(columns.file.width - 1, 1)) + " ",
            style,
        ),
        Span(fitted(row.size, columns.size.width), style),
        Span(
            fitted(word or _box(row.snapshot, row.locked), columns.snapshot.width),
            _box_style(row.snapshot, word, style),
        ),
        Span(
            fitted(_box(row.persistent, row.locked), columns.persistent.width),
            _box_style(row.persistent, "", style),
        ),
        Span(fitted(_mode(row, columns), columns.mode.width), changed),
        Span(fitted(row.word, columns.word.width), changed),
        Span(_state(row, columns), style),
        Span(f"{row.sign} ", f"line--{row.severity}" if row.severity else ""),
    )


def _mode(row: DiskRow, columns: Columns) -> str:
    width = columns.mode.width
    return row.long_mode if width == _LONG else row.mode if width == _SHORT else row.brief


def _state(row: DiskRow, columns: Columns) -> str:
    """Whether it is locked, whether there are snapshots, whether it runs: each at its own place, or blank."""
    in_words = columns.lock.width == _WORDS[0]
    count = "" if not row.snapshots else str(row.snapshots) if in_words else "S"
    lock = "" if not row.held else "locked" if in_words else "L"
    power = {True: "running" if in_words else "R", False: "off" if in_words else "", None: ""}[row.running]
    return (
        fitted(lock, columns.lock.width)
        + fitted(count, columns.snapshots.width)
        + fitted(power, columns.power.width)
    )


def fits_same_columns(old: Sequence[DiskRow], new: Sequence[DiskRow]) -> bool:
    """Whether the columns made for the old rows fit the new ones for certain."""
    return len(old) == len(new) and all(
        was is now
        or (was.address, was.target, was.file, was.size) == (now.address, now.target, now.file, now.size)
        for was, now in zip(old, new, strict=True)
    )
