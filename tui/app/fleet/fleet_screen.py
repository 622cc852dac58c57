"""The fleet: the disks of many machines in one table that fills while it is scanned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.markup import escape
from textual.widget import Widget

from tui.app import openers
from tui.app.filtering import FilteringScreen
from tui.app.fleet.fleet_keys import FLEET_KEYS, QUERY_HELP
from tui.app.fleet.fleet_presentation import chart_lines, detail_lines, order_words, spread, within
from tui.app.fleet.order import Order
from tui.app.fleet.places import Places
from tui.app.fleet.rows import FleetRow
from tui.app.fleet.scanning_screen import ScanningScreen
from tui.app.widgets.disk_list import DiskList
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.lines import Lines
from tui.app.widgets.machine_list import Key, MachineList
from tui.app.widgets.spans import Line, Span, indented
from tui.fleet.query import QueryError, parse
from tui.formats.errors import FormatError
from tui.machine import Machine
from tui.storage import Reading, StorageError, read
from tui.visible import visible

if TYPE_CHECKING:
    from tui.app.editor.editor_screen import EditorScreen

_BUSY = frozenset(
    ("open", "mark", "mark_all", "turn", "mode", "undo", "rescan", "leave", "filter", "show_findings")
)


class FleetScreen(ScanningScreen, FilteringScreen):
    """Shows every disk of a fleet, opens the editor on one, changes many at once."""

    CSS_PATH = "fleet_screen.tcss"
    AUTO_FOCUS = "#machines"
    BINDINGS: ClassVar[list[BindingType]] = FLEET_KEYS
    FILTER_HINT = "mode:indep vm:web -rule:legacy*"

    def __init__(
        self,
        places: Places,
        read_machine: Callable[[Reading, str | None], Machine],
        notices: Sequence[str] = (),
    ) -> None:
        super().__init__(places)
        self.marked: set[Key] = set()
        self._read_machine = read_machine
        self._notices = notices
        self._filter = ""
        self._message: tuple[str, str] | None = None
        self._progress: Line | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom: what is scanned, what is found, the disks, the selected one, the keys."""
        yield Lines(id="title")
        yield Lines(id="chart")
        yield MachineList(id="machines")
        yield Lines(id="details")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Begin to scan."""
        self._list = self.query_one("#machines", MachineList)
        self.watch(self._list, "cursor", self._row_selected, init=False)
        if self._notices:
            self._message = (self._notices[0], "line--warning")
        self.call_after_refresh(self.action_rescan)

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self.call_after_refresh(self.update_all)

    # Showing

    def update_all(self) -> None:
        """Show the fleet as it stands; only what differs is painted."""
        order = self.table.order
        with self.app.batch_update():
            self._list.show(self.table.arrange(), self.marked, order.column or "path", falling=order.falling)
            title, chart = self.query_one("#title", Lines), self.query_one("#chart", Lines)
            title.show([self._title(title.size.width)])
            chart.show(chart_lines(self.table.counts, chart.size.width, chart.size.height))
            self._show_details()

    def _title(self, width: int) -> Line:
        fitting = len(self.table.fitting) if self._filter else None
        right = order_words(self.table.order, len(self.marked), fitting, len(self.table))
        return spread(self.places.name, self.told(), right, width)

    def _show_details(self) -> None:
        details = self.query_one("#details", Lines)
        width = details.size.width
        said = indented([Span(*self._message)], width) if self._message else []
        if self._progress is not None:
            said = [self._progress]
        one = self.selected
        if one is not None:
            said += detail_lines(one, width)[1 if said else 0 :]
        elif not said:
            nothing = "Scanning…" if self.scanning else "Nothing fits." if self._filter else "No VM here."
            said = indented([Span(nothing, "line--strong")], width)
        details.show(within(said, max(details.size.height, 1)))

    @property
    def selected(self) -> FleetRow | None:
        """The row under the cursor."""
        return self.table.at(self._list.cursor)

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell something in the lines below the table."""
        self._message = (text, style)
        self._show_details()

    def show_progress(self, line: Line | None) -> None:
        """How far a bulk change is."""
        self._progress = line
        self._show_details()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """While files are being written, and where there is nothing to stop, some keys wait."""
        if action == "stop":
            return True if self.scanning or self.busy else None
        return None if self.busy and action in _BUSY else True

    # Moving and marking

    def _row_selected(self) -> None:
        """Another row: its sentence and finding follow."""
        self._message = None
        self._show_details()

    def _is_filtering(self) -> bool:
        """Whether the rows a key is meant for are not shown yet; then that is said."""
        if self.filtering:
            self.say("Still filtering.", "line--dim")
        return self.filtering

    def open_targets(self) -> list[FleetRow]:
        """Those that can be changed; none while another filter is still looking for its rows."""
        return [] if self._is_filtering() else super().open_targets()

    def targets(self) -> list[FleetRow]:
        """The marked disks, else the one under the cursor, or all below a heading."""
        if self.marked:
            return self.table.with_keys(self.marked)
        return self.table.under(self._list.cursor)

    def action_mark(self) -> None:
        """Mark the disk, or take its mark away, and go on to the next row."""
        if self._is_filtering():
            return
        rows = self.table.under(self._list.cursor)
        keys = {one.row.key for one in rows if one.can_change}
        if not keys:
            self.say("Only disks can be marked.", "line--dim")
            return
        self.marked = self.marked - keys if keys <= self.marked else self.marked | keys
        self._message = None
        self._list.action_move(1)
        self.update_all()

    def action_mark_all(self) -> None:
        """Mark every disk that fits; take all marks away where they are."""
        if self._is_filtering():
            return
        keys = {one.row.key for one in self.table.fitting if one.can_change}
        self.marked = set() if keys <= self.marked else self.marked | keys
        self.update_all()

    # Order

    def _ordered(self, order: Order) -> None:
        at_top = self._list.cursor == 0
        self.table.order = order
        self.update_all()
        if at_top:  # else the cursor stays on its row
            self._list.move_to(0)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._ordered(self.table.order.next_column())

    def action_turn_over(self) -> None:
        """Turn the order over."""
        self._ordered(replace(self.table.order, falling=not self.table.order.falling))

    def on_machine_list_heading_clicked(self, message: MachineList.HeadingClicked) -> None:
        """A click on a heading sorts by it; a second one turns it over."""
        self._ordered(self.table.order.by(message.column))

    def action_group(self) -> None:
        """By VM, by rule, not at all."""
        self._ordered(self.table.order.next_group())

    # Filter

    def filter_typed(self, words: str) -> None:
        """Show what fits; while the filter cannot be read, what was shown stays."""
        self._filter = words.strip()
        self._message = None
        try:
            self.look(parse(self._filter))
        except QueryError as error:
            self.say(f"{str(error)[:1].upper()}{str(error)[1:]}.", "line--warning")

    def filtered(self) -> Widget:
        """The rows."""
        return self._list

    def action_put_away(self) -> None:
        """Stop a bulk change; else put away the message, the filter, the marks."""
        if self.busy:
            self.stop_work()
        elif self._message is not None:
            self._message = None
        elif self._filter:
            self.clear_filter()
        else:
            self.marked = set()
        self.update_all()

    def action_stop(self) -> None:
        """Stop the scan, or a bulk change."""
        if self.busy:
            self.stop_work()
            return
        self.stop_scan()
        self.refresh_bindings()
        self.say("Stopped: what was found so far is shown. r scans again.")
        self.update_all()

    # One machine

    def on_machine_list_opened(self) -> None:
        """A row clicked twice opens."""
        if not self.busy:
            self.action_open()

    def action_open(self) -> None:
        """Open the editor on the row's machine."""
        one = self.selected
        if one is not None and not self._is_filtering():
            self.run_worker(self._open(one), group="open", exclusive=True)

    async def _open(self, one: FleetRow) -> None:
        path, domain = one.judged.path, one.judged.domain
        number = None if domain is None else str(domain)
        try:
            reading, machine = await asyncio.to_thread(self._machine_at, path, number)
        except (StorageError, FormatError) as error:
            self.say(f"Not opened: {error}", "line--error")
            return
        from tui.app.editor.editor_screen import EditorScreen  # noqa: PLC0415 - few rows are ever opened

        editor = EditorScreen(reading, machine, lambda again: self._read_machine(again, number))
        await self.app.push_screen(editor, lambda _: self._editor_left(editor, reading, path))
        if one.disk is not None:
            editor.query_one("#disks", DiskList).select(one.disk.index)

    def _machine_at(self, path: str, domain: str | None) -> tuple[Reading, Machine]:
        reading = read(path)
        return reading, self._read_machine(reading, domain)

    def _editor_left(self, editor: EditorScreen, before: Reading, path: str) -> None:
        """The editor was left: its file is judged again where it is another one now."""
        if editor.reading is not before:
            self.run_worker(self.judge_again([path]), group="judge")

    def action_show_findings(self) -> None:
        """Everything the rules say of the row."""
        one = self.selected
        if one is None or one.unread is not None or not one.findings:
            self.say("No rule finds anything here.", "line--dim")
            return
        name = visible(f"{one.row.vm} {one.row.disk}".strip())
        self.app.push_screen(openers.findings(escape(name), one.findings))

    def action_help(self) -> None:
        """Every key and sign."""
        self.app.push_screen(openers.help_on(self, QUERY_HELP))

    def action_leave(self) -> None:
        """Leave."""
        self.stop_scan()
        self.app.exit()
