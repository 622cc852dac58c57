"""The table of a snapshot plan, drawn line by line, with a cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.geometry import Size

from tui.app.bindings import bindings
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.spans import Line, Span, cells, fitted
from tui.columns import apart
from tui.keys.moving import PLAN_LIST_KEYS
from tui.visible import visible

# How wide the columns of words are, each with a blank behind its longest: preset, override, effective, why.
_PRESET, _OVERRIDE, _EFFECTIVE, _WHY = 9, 9, 10, 11
_WORDS = _PRESET + _OVERRIDE + _EFFECTIVE + _WHY
_MARGIN = 3
_LEAST_FILE = 8


class PlanRow(NamedTuple):
    """What the table shows of one disk; ``style`` is how its effective word is drawn."""

    name: str
    preset: str
    override: str
    effective: str
    why: str
    file: str
    style: str


_HEAD = PlanRow("DISK", "PRESET", "OVERRIDE", "EFFECTIVE", "WHY", "FILE", "line--dim")


class PlanList(CursorList):
    """The disks of a plan, one a line."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PLAN_LIST_KEYS)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: tuple[PlanRow, ...] = ()
        self._files: tuple[int, Mapping[str, str]] = (0, {})

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        """One row for each disk that the plan is about."""
        return self._rows

    @property
    def selected(self) -> int | None:
        """The place of the disk under the cursor, or None in an empty table."""
        return self.cursor if self._rows else None

    def show(self, rows: Sequence[PlanRow]) -> None:
        """Show these disks; only lines that differ are painted again."""
        old, self._rows = self._rows, tuple(rows)
        self._files = (0, {})
        if len(old) != len(self._rows):
            self.virtual_size = Size(self._inner_width(), len(self._rows) + 1)
            self.refresh()
            return
        for place, (was, now) in enumerate(zip(old, self._rows, strict=True)):
            if was != now:
                self.refresh_line(place + 1)

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self.virtual_size = Size(self._inner_width(), len(self._rows) + 1)
        self._show_cursor()

    def row_count(self) -> int:
        """How many disks there are."""
        return len(self._rows)

    def on_click(self, event: events.Click) -> None:
        """Select the disk clicked on."""
        place = self.place_at(event.y)
        if place is not None:
            self.move_to(place)

    def head_line(self, width: int) -> Line:
        """See `CursorList`."""
        return self._line(_HEAD, " ", width, "line--dim")

    def row_line(self, place: int, width: int, *, here: bool) -> Line:
        """See `CursorList`."""
        return self._line(self._rows[place], "▌" if here else " ", width, "")

    def _line(self, row: PlanRow, sign: str, width: int, style: str) -> Line:
        widest = max([4, *(cells(visible(one.name)) for one in self._rows)]) + 1
        least_file = min(
            max([len(_HEAD.file), *(cells(visible(one.file)) for one in self._rows)]), _LEAST_FILE
        )
        name = min(widest, max(width - _MARGIN - _WORDS - least_file, 5))
        file = max(width - _MARGIN - name - _WORDS, 0)
        return (
            Span(f"{sign}  ", "line--strong"),
            Span(fitted(visible(row.name), name - 1) + " ", style),
            Span(fitted(row.preset, _PRESET), style),
            Span(
                fitted(visible(row.override), _OVERRIDE),
                style or ("line--changed" if row.override != "-" else ""),
            ),
            Span(fitted(row.effective, _EFFECTIVE), row.style),
            Span(fitted(row.why, _WHY), style),
            Span(self._files_in(file).get(visible(row.file)) or fitted(visible(row.file), file), style),
        )

    def _files_in(self, width: int) -> Mapping[str, str]:
        """The files' names as they are shown, no two of them alike where they differ."""
        if self._files[0] != width:
            self._files = (width, apart((visible(one.file) for one in self._rows), width, fitted))
        return self._files[1]
