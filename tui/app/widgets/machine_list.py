"""The table of a fleet's disks, drawn line by line: only what is in view costs anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message

from tui.app.bindings import bindings
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.machine_columns import LONG_MODE, MARGIN, MachineColumn, columns_for
from tui.app.widgets.spans import Line, Span, cells, clipped, fitted
from tui.columns import apart
from tui.keys.moving import MACHINE_LIST_KEYS
from tui.visible import visible

Key = tuple[str, int, int]

# More long names than these are shortened each by itself: to compare them all would keep keys waiting.
_MOST_NAMES = 1_000
# What stands in the place of a machine's disk, where the row is its own.
_OWN = "-"


class MachineRow(NamedTuple):
    """What the table shows of one disk.

    ``heading`` is shown instead of all else; ``trouble`` instead of what is known of a disk. A toggle that a
    row has not is None. ``severity`` is that of the gravest of ``signs``, ``rules`` are the findings' names.
    ``snapshot_word`` stands in place of a box that is neither on nor off, ``kind`` in place of both boxes.
    ``state`` has three places: a lock, how many snapshots there are, whether it runs. ``is_changed`` rows
    were changed since the filter was.
    """

    key: Key
    vm: str
    disk: str = ""
    address: str = ""
    mode: str = ""
    snapshot: bool | None = None
    persistent: bool | None = None
    signs: str = ""
    severity: str = ""
    rules: str = ""
    path: str = ""
    trouble: str = ""
    heading: str = ""
    snapshot_word: str = ""
    kind: str = ""
    long_mode: str = ""
    state: str = ""
    is_changed: bool = False


def _box(value: bool | None) -> str:
    if value is None:
        return ""
    return "[x]" if value else "[ ] no"


class MachineList(CursorList):
    """The rows, one a line, with a cursor; how they are chosen and ordered is not its matter."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(MACHINE_LIST_KEYS)

    class Opened(Message):
        """A row was clicked twice: its machine is to be opened."""

    class HeadingClicked(Message):
        """The heading of a column was clicked."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: Sequence[MachineRow] = ()
        self._marked: Collection[Key] = frozenset()
        self._sorted: tuple[str, bool] = ("", False)
        self._names: Mapping[str, str] = {}
        self._named_for: tuple[Sequence[MachineRow], int] = ((), 0)

    @property
    def rows(self) -> Sequence[MachineRow]:
        """The rows there are, in the order they are shown in."""
        return self._rows

    @property
    def selected(self) -> MachineRow | None:
        """The row under the cursor, or None in an empty table."""
        return self._rows[self.cursor] if self._rows else None

    def show(
        self,
        rows: Sequence[MachineRow],
        marked: Collection[Key],
        column: str,
        *,
        falling: bool,
        place: int | None = None,
    ) -> None:
        """Show these rows, sorted by ``column``; the cursor stays on its row, and that where it is seen.

        With ``place`` it is put there instead.
        """
        before = self._visible_state()
        names = self._names
        held, old_cursor, old_count = self.selected, self.cursor, len(self._rows)
        self._rows, self._marked, self._sorted = rows, frozenset(marked), (column, falling)
        self._put_cursor(self._place_of(held, old_cursor) if place is None else place)
        if len(rows) != old_count:
            self.virtual_size = Size(1, len(rows) + 1)
        moved = self.cursor - old_cursor
        if moved and place is not None:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
            self._show_cursor()
        elif moved:
            top = int(self.scroll_offset.y)
            self.scroll_to(y=max(top + moved, 0) if top else 0, animate=False, force=True, immediate=True)
            self._show_cursor()
        self._tell_names_apart()
        renamed = names != self._names
        for y, (was, now) in enumerate(zip(before, self._visible_state(), strict=False)):
            if renamed or was != now:
                self.refresh_line(int(self.scroll_offset.y) + y)

    def _tell_names_apart(self) -> None:
        """Where two names would be cut to one, show of both what differs."""
        width = next(one.width for one in self._columns if one.name == "vm") - 1
        if self._named_for[0] is self._rows and self._named_for[1] == width:
            return
        self._named_for = self._rows, width
        long = {row.vm for row in self._rows if len(row.vm) * 2 > width}
        names = {name: visible(name) for name in long if cells(visible(name)) > width}
        shown = apart(names.values(), width, fitted) if len(names) <= _MOST_NAMES else {}
        self._names = {name: shown[text] for name, text in names.items() if text in shown}

    def _visible_state(self) -> list[object]:
        """What each line in view depends on."""
        top = int(self.scroll_offset.y)
        state: list[object] = [(self._sorted, self._columns)]
        for place in range(top, top + max(self.size.height - 1, 0)):
            row = self._rows[place] if place < len(self._rows) else None
            marked = row is not None and row.key in self._marked
            state.append((row, marked, place == self.cursor))
        return state

    def _place_of(self, held: MachineRow | None, place: int) -> int:
        if held is not None:
            if place < len(self._rows) and self._rows[place].key == held.key:
                return place
            for number, row in enumerate(self._rows):
                if row.key == held.key:
                    return number
        return max(min(place, len(self._rows) - 1), 0)

    @property
    def _columns(self) -> tuple[MachineColumn, ...]:
        return columns_for(self._inner_width())

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._tell_names_apart()
        self.virtual_size = Size(1, len(self._rows) + 1)
        self._show_cursor()

    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def on_click(self, event: events.Click) -> None:
        """Select the row clicked on, open one clicked twice; a heading sorts."""
        if event.y < 1:
            self._click_heading(event.x)
            return
        place = self.place_at(event.y)
        if place is not None:
            self.move_to(place)
            if event.chain == 2:
                self.post_message(self.Opened())

    def _click_heading(self, x: int) -> None:
        start = MARGIN
        for column in self._columns:
            if start <= x < start + column.width:
                self.post_message(self.HeadingClicked(column.name))
            start += column.width

    # Painting

    def head_line(self, width: int) -> Line:
        """See `CursorList`."""
        name, falling = self._sorted
        head = " " * MARGIN
        for column in self._columns:
            sign = ("▼" if falling else "▲") if column.name == name else ""
            head += fitted(column.heading + sign, column.width)
        return (Span(fitted(head, width), "line--dim"),)

    def row_line(self, place: int, width: int, *, here: bool) -> Line:
        """See `CursorList`."""
        row = self._rows[place]
        margin = (
            Span("▌" if here else " ", "line--strong"),
            Span("●" if row.key in self._marked else " ", "line--key"),
            Span("*" if row.is_changed else " ", "line--changed"),
        )
        if row.heading:
            return (
                *margin,
                Span(f"{row.signs} ".lstrip(), _style_of(row)),
                Span(visible(row.heading), "line--title"),
            )
        wide = {column.name: column.width for column in self._columns}
        vm = self._names.get(row.vm)
        name = Span(
            _cell(row.vm, wide["vm"]) if vm is None else f"{vm} ",
            "" if row.snapshot is not None else "line--dim",
        )
        path = Span(fitted(visible(row.path), wide.get("path", 0)), "line--dim")
        if row.trouble:
            room = width - MARGIN - wide["vm"] - wide.get("path", 0)
            trouble = fitted(clipped(f"✗ {visible(row.trouble)}", room - 2), room)
            return (*margin, name, Span(trouble, "line--error"), path)
        return (
            *margin,
            name,
            *_disk_cells(row, wide),
            Span(fitted(row.state, wide["state"]), "line--strong" if row.state else ""),
            Span(_ended(f"{row.signs} {row.rules}", wide["finding"]), _style_of(row)),
            Span(_mode(row, wide.get("mode", 0))),
            path,
        )


def _disk_cells(row: MachineRow, wide: Mapping[str, int]) -> Line:
    """What the disk is, and its two boxes; what has none says in their place what it is."""
    room = wide["disk"]
    name = row.disk if cells(visible(row.disk)) < room else row.address
    disk = Span(_cell(name or _OWN, room), "" if name else "line--dim")
    if row.snapshot is None:
        boxes = wide["snapshot"] + wide["persistent"]
        return (disk, Span(_ended(row.kind, boxes), "line--dim"))
    changed = "line--changed" if row.is_changed else ""
    word = row.snapshot_word or _box(row.snapshot)
    style = changed or ("" if row.snapshot and not row.snapshot_word else "line--warning")
    kept = changed or ("" if row.persistent else "line--warning")
    return (
        disk,
        Span(fitted(word, wide["snapshot"]), style),
        Span(fitted(_box(row.persistent), wide["persistent"]), kept),
    )


def _mode(row: MachineRow, width: int) -> str:
    mode = row.long_mode if row.long_mode and width >= LONG_MODE else row.mode
    return fitted(clipped(visible(mode), max(width - 1, 0)), width)


def _style_of(row: MachineRow) -> str:
    return f"line--{row.severity}" if row.severity else ""


def _cell(text: str, width: int) -> str:
    """Shortened in the middle, with a blank behind."""
    return fitted(visible(text), max(width - 1, 1)) + " "


def _ended(text: str, width: int) -> str:
    """Shortened at its end, with a blank behind."""
    cut = clipped(text, max(width - 2, 0))
    return cut + " " * max(width - cells(cut), 0)
