"""What stands above and below a fleet's rows: the title, the answer, the sets, the row under the cursor."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from tui.app.bindings import bound_keys
from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.fleet_presentation import (
    SetKeys,
    answer_line,
    detail_lines,
    marked_words,
    order_words,
    scan_words,
    set_lines,
    spread,
)
from tui.app.fleet.fleet_table import FleetTable
from tui.app.fleet.rows import FleetRow
from tui.app.fleet.scan import Scan
from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import Line, Span, indented, within
from tui.fleet.sets import FleetSet
from tui.keys.bound import BoundKeys
from tui.storage import noun_of


class FleetPanels:
    """Fills the lines of a screen; ``message`` and ``progress`` come before what is told of a row."""

    def __init__(
        self, screen: Screen[None], paths: FleetPaths, table: FleetTable, scan: Callable[[], Scan]
    ) -> None:
        self.message: tuple[str, str] | None = None
        self.progress: Line | None = None
        self._screen = screen
        self._name = paths.name
        self._noun = noun_of(paths.paths)
        self._table = table
        self._scan = scan

    def _lines(self, name: str) -> Lines:
        return self._screen.query_one(f"#{name}", Lines)

    @property
    def _keys(self) -> BoundKeys:
        return bound_keys(self._screen.app)

    @property
    def sets(self) -> list[FleetSet]:
        """What can be picked: while rows come in only the first set, for the numbers of the others change."""
        return self._table.sets[: 1 if self._scan().is_running else None]

    def show_head(self, query: str, marked: int, hidden: int) -> None:
        """The lines above the rows; only what differs is painted."""
        title, answer, sets = (self._lines(name) for name in ("title", "answer", "sets"))
        scan, table = self._scan(), self._table
        fitting = len(table.fitting) if query else None
        right = order_words(table.order, marked_words(marked, hidden), fitting, len(table), query)
        title.show(
            [
                spread(
                    self._name,
                    scan_words(scan, table, self._noun, self._keys["fleet.stop"]),
                    right,
                    title.size.width,
                )
            ]
        )
        answer.show([answer_line(table.skips, scan.is_running, answer.size.width)])
        sets.show(set_lines(self.sets, query, sets.size.width, sets.size.height, SetKeys.of(self._keys)))

    def show_details(self, one: FleetRow | None, query: str) -> None:
        """The lines below the rows, about the row under the cursor."""
        details = self._lines("details")
        width = details.size.width
        lines = indented([Span(*self.message)], width) if self.message else []
        if self.progress is not None:
            lines = [self.progress]
        if one is not None:
            lines += detail_lines(one, self._keys["fleet.findings"], width)[1 if lines else 0 :]
        elif not lines:
            nothing = (
                "Scanning…" if self._scan().is_running else "Nothing fits." if query else "No machine here."
            )
            lines = indented([Span(nothing, "line--strong")], width)
        details.show(within(lines, max(details.size.height, 1)))
