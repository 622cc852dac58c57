"""The table of disks, drawn line by line: a move repaints two lines, a toggle one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.app.bindings import bindings
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.spans import Line, Span, cells, fitted
from tui.keys.moving import DISK_LIST_KEYS
from tui.visible import visible


@dataclass(frozen=True, slots=True)
class DiskRow:
    """What the table shows of one disk; a toggle that cannot be turned is None and shows ``locked``.

    ``snapshot_word`` stands in place of the box of a disk that neither takes part nor is left out.
    """

    index: int
    address: str
    target: str
    file: str
    size: str
    snapshot: bool | None
    persistent: bool | None
    locked: str
    mode: str
    long_mode: str
    word: str
    sign: str
    severity: str
    changed: bool
    marked: bool
    snapshot_word: str = ""


class DiskColumn(NamedTuple):
    """A column of the table: its heading and width."""

    title: str
    width: int


class Columns(NamedTuple):
    """The widths of the table's columns; a width of 0 leaves a column out."""

    address: DiskColumn
    target: DiskColumn
    file: DiskColumn
    size: DiskColumn
    snapshot: DiskColumn
    persistent: DiskColumn
    mode: DiskColumn
    word: DiskColumn


# The widths of the columns that do not depend on what they hold.
_TOGGLE = 9
_SHORT_MODE = 18
_LONG_MODE = 28
_WORD = 26
_LEAST_FILE = 12
_LEAST_FILE_BESIDE_SIZE = 20
ROOMY = 112
# The spans of a row that name the disk: the margin's three, address and target.
_NAMING = 5


def columns_for(rows: Sequence[DiskRow], width: int) -> Columns:
    """The columns that fit ``width``: VMX's own word and the size come in where there is room."""
    address = max([7, *(cells(row.address) for row in rows)]) + 1
    target = max([6, *(cells(visible(row.target)) for row in rows)]) + 1
    size = max([0, *(cells(row.size) for row in rows)])
    size = size + 2 if size else 0
    target = min(target, 16)
    fixed = 3 + address + target + _TOGGLE + 11 + 2
    roomy = width >= ROOMY
    mode = _LONG_MODE if roomy else _SHORT_MODE
    word = _WORD if roomy else 0
    if width - fixed - mode - word - size < _LEAST_FILE_BESIDE_SIZE:
        size = 0
    if width - fixed - mode - word - size < _LEAST_FILE:
        mode = 0
    file = max(width - fixed - mode - word - size, 4)
    return Columns(
        DiskColumn("DISK", address),
        DiskColumn("TARGET", target),
        DiskColumn("FILE", file),
        DiskColumn("SIZE", size),
        DiskColumn("SNAPSHOT", _TOGGLE),
        DiskColumn("PERSISTENT", 11),
        DiskColumn("MODE", mode),
        DiskColumn("VMX MODE", word),
    )


def _box(value: bool | None, locked: str) -> str:
    if value is None:
        return locked
    return "[x]" if value else "[ ]"


def _snapshot_box(row: DiskRow) -> str:
    if row.snapshot is not None and row.snapshot_word:
        return row.snapshot_word
    return _box(row.snapshot, row.locked)


def _as_wide(old: Sequence[DiskRow], new: Sequence[DiskRow]) -> bool:
    """Whether the columns of the old rows surely fit the new ones."""
    return len(old) == len(new) and all(
        was is now or (was.address, was.target, was.size) == (now.address, now.target, now.size)
        for was, now in zip(old, new, strict=True)
    )


class DiskList(CursorList):
    """The disks, one a line, with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DISK_LIST_KEYS)

    class BoxClicked(Message):
        """A toggle was clicked; ``aspect`` is the column's name."""

        def __init__(self, index: int, aspect: str) -> None:
            super().__init__()
            self.index = index
            self.aspect = aspect

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: tuple[DiskRow, ...] = ()
        self._home: int | None = None
        self._fitted = 80
        self._columns = columns_for((), self._fitted)

    @property
    def rows(self) -> tuple[DiskRow, ...]:
        """The rows in their order, one for each disk that the filter lets through."""
        return self._rows

    @property
    def selected(self) -> int | None:
        """The index of the disk under the cursor, or None in an empty table."""
        return self._rows[self.cursor].index if self._rows else None

    def show(self, rows: Sequence[DiskRow]) -> None:
        """Show these disks; the cursor stays on its disk where that is still shown."""
        old, selected = self._rows, self.selected
        self._rows = tuple(rows)
        places = {row.index: place for place, row in enumerate(self._rows)}
        nearest = min(self.cursor, max(len(rows) - 1, 0))
        wanted = (one for one in (self._home, selected) if one in places)
        self._put_cursor(next((places[one] for one in wanted if one is not None), nearest))
        if not _as_wide(old, self._rows) or self._fitted != self._inner_width():
            self._fit()
            self.virtual_size = Size(1, len(self._rows) + 1)  # columns fit the width: nothing lies beyond it
            self.refresh()
            self._show_cursor()
            return
        for place, (was, now) in enumerate(zip(old, self._rows, strict=True)):
            if was is not now and was != now:
                self.refresh_line(place + 1)

    def hold(self) -> None:
        """Come back to the disk selected now whenever it is among the rows, till told to ``stay``."""
        self._home = self.selected

    def stay(self) -> None:
        """Stay on the disk under the cursor from now on."""
        self._home = None

    def select(self, index: int) -> None:
        """Put the cursor on a disk."""
        for place, row in enumerate(self._rows):
            if row.index == index:
                self.move_to(place)

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        if self._fitted != self._inner_width():
            self._fit()
            self.refresh()
        self._show_cursor()

    def _fit(self) -> None:
        self._fitted = self._inner_width()
        self._columns = columns_for(self._rows, self._fitted)

    def row_count(self) -> int:
        """How many disks there are."""
        return len(self._rows)

    def on_click(self, event: events.Click) -> None:
        """Select the disk clicked on; a click on a box turns it over."""
        place = self.place_at(event.y)
        if place is None:
            return
        self.move_to(place)
        columns = self._columns
        start = 3 + columns.address.width + columns.target.width + columns.file.width + columns.size.width
        if start <= event.x < start + columns.snapshot.width:
            self.post_message(self.BoxClicked(self._rows[place].index, "snapshot"))
        elif start <= event.x - columns.snapshot.width < start + columns.persistent.width:
            self.post_message(self.BoxClicked(self._rows[place].index, "persistent"))

    # Painting

    def render_line(self, y: int) -> Strip:
        width = self._inner_width()
        if y == 0:
            head = "   " + "".join(
                fitted(column.title, column.width) for column in self._columns if column.width
            )
            return self.strip([Span(head, "line--dim")], width)
        place = int(self.scroll_offset.y) + y - 1
        if place >= len(self._rows):
            return self.strip((), width)
        here = _NAMING if place == self.cursor else 0
        return self.strip(self._line(self._rows[place], place), width, cursor=here)

    def _line(self, row: DiskRow, place: int) -> Line:
        columns = self._columns
        locked = row.snapshot is None
        style = "line--off" if locked else ""
        changed = "line--changed" if row.changed else style
        return (
            Span("▌", "line--strong") if place == self.cursor else Span(" ", style),
            Span("●", "line--key") if row.marked else Span(" ", style),
            Span("*", "line--changed") if row.changed else Span(" ", style),
            Span(fitted(row.address, columns.address.width), style),
            Span(fitted(visible(row.target), columns.target.width), style),
            Span(fitted(visible(row.file), max(columns.file.width - 1, 1)) + " ", style),
            Span(fitted(row.size, columns.size.width), style),
            Span(fitted(_snapshot_box(row), columns.snapshot.width), changed),
            Span(fitted(_box(row.persistent, row.locked), columns.persistent.width), changed),
            Span(fitted(row.long_mode if columns.word.width else row.mode, columns.mode.width), changed),
            Span(fitted(row.word, columns.word.width), changed),
            Span(f"{row.sign} ", f"line--{row.severity}" if row.severity else ""),
        )
