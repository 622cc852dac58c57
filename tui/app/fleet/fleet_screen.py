"""The fleet: the disks of many machines in one table that fills while it is scanned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.markup import escape
from textual.message import Message

from tui.app import openers
from tui.app.bindings import bindings, bound_keys
from tui.app.fleet.bulk_changes import BulkChanges
from tui.app.fleet.filling import TableFilling
from tui.app.fleet.fleet_filter import FleetFilter
from tui.app.fleet.fleet_panels import FleetPanels
from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.fleet_presentation import late_words
from tui.app.fleet.fleet_table import FleetTable
from tui.app.fleet.marks import Marks
from tui.app.fleet.order import Order
from tui.app.fleet.row_opening import ReadMachine, RowOpening
from tui.app.fleet.rows import FleetRow
from tui.app.fleet.scan import Batch, Scan
from tui.app.fleet.set_picking import SetPicking
from tui.app.keyed_screen import KeyedScreen
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.lines import Lines
from tui.app.widgets.machine_list import Key, MachineList
from tui.app.widgets.spans import STYLES, Line
from tui.counting import counted
from tui.editing import Aspect
from tui.fleet.query import NOTHING_SAVED
from tui.keys.fleet import FLEET_KEYS, QUERY_HELP
from tui.storage import noun_of
from tui.visible import visible

# What waits while files are being written.
_WAITING = frozenset(
    (
        *("open", "mark", "mark_all", "turn", "mode", "undo", "redo", "rescan", "leave", "filter"),
        *("show_findings", "pick", "pick_all", "keep_filter"),
    )
)
# What acts on rows, and what looks at them.
_OF_ROWS = (
    *("fleet.snapshot", "fleet.persistent", "fleet.mode", "fleet.mark", "fleet.mark-all"),
    *("fleet.open", "fleet.findings"),
)
_OF_MACHINES = ("fleet.pick", "fleet.filter", "fleet.sort", "fleet.reverse", "fleet.group")


class FleetScreen(KeyedScreen[None]):
    """Shows every disk of a fleet, opens the editor on one, changes many at once.

    It owns what it shows: the table of rows, the scan that fills it, what keeps the rows shown up with the
    filter, and the bulk changes; each a plain object of its own.
    """

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "fleet_screen.tcss"
    AUTO_FOCUS = "#machines"
    BINDINGS: ClassVar[list[BindingType]] = bindings(FLEET_KEYS)

    class Scanned(Message):
        """A scan found something."""

        def __init__(self, scan: Scan, batch: Batch) -> None:
            super().__init__()
            self.scan = scan
            self.batch = batch

    def __init__(
        self,
        paths: FleetPaths,
        read_machine: ReadMachine,
        notices: Sequence[str] = (),
        saved: Mapping[str, str] = NOTHING_SAVED,
    ) -> None:
        super().__init__()
        self._paths = paths
        self._notices = notices
        self._list = MachineList(id="machines")
        self._table = FleetTable(paths.root)
        self._marks = Marks(self._table)
        self._filling = TableFilling(self, paths, self._table, self.update_all, self._found)
        self._filter = FleetFilter(self, self._filling, saved, self._list, self._query_answered)
        self._panels = FleetPanels(self, paths, self._table, lambda: self._filling.scan)
        self._bulk = BulkChanges(self, self, paths.hypervisor)
        self._opening = RowOpening(self, self, read_machine)
        self._picking = SetPicking(self, self._panels, self._show_alone, self.say)
        self._has_moved = False

    def compose(self) -> ComposeResult:
        """What is scanned, the answer, the sets, the disks, the selected one, the keys."""
        yield Lines(id="title")
        yield Lines(id="answer")
        yield Lines(id="sets")
        yield self._list
        yield Lines(id="details")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Begin to scan."""
        self.watch(self._list, "cursor", self._row_selected, init=False)
        if self._notices:
            self._panels.message = (self._notices[0], "line--warning")
        self.call_after_refresh(self.action_rescan)
        self._bulk.offer_interrupted(self._paths.paths)

    def on_unmount(self) -> None:
        """Stop the scan."""
        self._filling.stop()

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self.call_after_refresh(self.update_all)

    # Scanning

    def action_rescan(self) -> None:
        """Scan everything from the beginning."""
        self._filling.begin()
        self.refresh_bindings()
        self.update_all()

    def scan_again(self) -> None:
        """Show everything as it is now."""
        self.action_rescan()

    def _found(self, scan: Scan, batch: Batch) -> None:
        """In the scan's thread."""
        self.post_message(self.Scanned(scan, batch))

    def on_fleet_screen_scanned(self, message: Scanned) -> None:
        """Take in what was found."""
        batch = message.batch
        if self._filling.take(message.scan, batch):
            if batch.done:
                self.refresh_bindings()
            if batch.trouble:
                self.say(f"The scan ended early: {batch.trouble}", "line--error")
            elif batch.late and self._has_moved:  # rows that were read already say more now
                self.say(late_words(batch.late), "line--warning")

    async def judge_again(self, paths: Sequence[str], changed: Collection[Key] = ()) -> None:
        """Show these files as they are now; ``changed`` rows stay until there is another filter."""
        await self._filling.judge_again(paths, changed)
        self._marks.remove(changed)

    # Showing

    def update_all(self) -> None:
        """Show the fleet as it stands; only what differs is painted."""
        order, rows = self._table.order, self._table.arrange()
        place = None if self._has_moved else self._table.first_disk
        with self.app.batch_update():
            self._list.show(
                rows, self._marks.keys, order.column or "finding", falling=order.falling, place=place
            )
            self._panels.show_head(self._filter.text, len(self._marks), self._marks.hidden)
            self._show_details()
            self.show_keys()

    def _show_details(self) -> None:
        self._panels.show_details(self.selected, self._filter.text)

    @property
    def selected(self) -> FleetRow | None:
        """The row under the cursor."""
        return self._table.at(self._list.cursor)

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell something in the lines below the table."""
        self._panels.message = (text, style)
        self._show_details()

    def show_progress(self, line: Line | None) -> None:
        """How far a bulk change is."""
        self._panels.progress = line
        self._show_details()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """While files are being written some keys wait; x is there where there is something to stop."""
        if action == "stop":
            return self._filling.scan.is_running or self._bulk.is_busy
        return None if self._bulk.is_busy and action in _WAITING else True

    def idle_keys(self) -> frozenset[str]:
        """Undo, redo and keeping a filter where nothing is to be; what acts on rows where there are none."""
        scanning = self._filling.scan.is_running  # rows may come: the keys do not move for each
        has_rows = scanning or self.selected is not None or len(self._marks) > 0
        has_machines = scanning or len(self._table) > 0
        possible = {
            **dict.fromkeys(_OF_ROWS, has_rows),
            **dict.fromkeys(_OF_MACHINES, has_machines),
            "fleet.undo": self._bulk.can_undo,
            "fleet.redo": self._bulk.can_redo,
            "fleet.keep-filter": self._filter.can_be_kept,
        }
        return frozenset(name for name, can in possible.items() if not can)

    def refresh_bindings(self) -> None:
        """The key line follows what can be done."""
        super().refresh_bindings()
        if self.is_mounted:
            self.show_keys()

    # Moving

    def _row_selected(self) -> None:
        """Another row: its sentence and finding follow."""
        self._has_moved = True
        self._panels.message = None
        self._show_details()

    def _is_filtering(self) -> bool:
        """Whether the rows a key is meant for are not shown yet; then that is said."""
        if self._filling.is_filtering:
            self.say("Still filtering.", "line--dim")
        return self._filling.is_filtering

    def _targets(self) -> list[FleetRow]:
        """The disks a change is for. That there is none is said."""
        if self._is_filtering():
            return []
        rows = self._marks.targets(self._list.cursor)
        if self.selected is None and not rows:
            self._panels.message = None  # what is said below no rows is why there are none
            self._show_details()
        elif not rows:
            mark = bound_keys(self.app)["fleet.mark"]
            self.say(f"No disk here to change: move to one, or mark some with {mark}.", "line--dim")
        return rows

    # Changing many

    def action_turn(self, aspect: str) -> None:
        """Turn an aspect over: to what none has, or as is asked."""
        self._bulk.turn(Aspect(aspect), self._targets())

    def action_mode(self) -> None:
        """Choose one mode for all."""
        rows = self._targets()
        if rows:
            self._bulk.choose_mode(rows)

    def action_undo(self) -> None:
        """Put back what the last bulk change wrote, where it still stands."""
        self._bulk.undo()

    def action_redo(self) -> None:
        """Write again what the last undo took back."""
        self._bulk.redo()

    # Marking

    def action_mark(self) -> None:
        """Mark the disk, or take its mark away, and go on to the next row."""
        if self._is_filtering():
            return
        if not self._marks.turn(self._list.cursor):
            self.say("Only disks can be marked.", "line--dim")
            return
        self._panels.message = None
        self._list.action_move(1)
        self.update_all()

    def action_mark_all(self) -> None:
        """Mark every disk that fits; take all marks away where they are."""
        if not self._is_filtering():
            self._marks.turn_all()
            self.update_all()

    # Order

    def _ordered(self, order: Order) -> None:
        if self._list.cursor == 0:  # else the cursor stays on its row
            self._has_moved = False
        self._table.order = order
        self.update_all()

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._ordered(self._table.order.next_column())

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._ordered(replace(self._table.order, falling=not self._table.order.falling))

    def on_machine_list_heading_clicked(self, message: MachineList.HeadingClicked) -> None:
        """A click on a heading sorts by it; a second one reverses that."""
        self._ordered(self._table.order.by(message.column))

    def action_group(self) -> None:
        """By machine, by rule, not at all."""
        self._ordered(self._table.order.next_group())

    # Sets

    def on_key(self, event: events.Key) -> None:
        """Note which key it was: nine keys share one action."""
        self._picking.note(event)

    def action_pick(self) -> None:
        """Show one set alone."""
        self._picking.pick()

    def action_pick_all(self) -> None:
        """Every row."""
        self._show_alone("")

    def _show_alone(self, query: str) -> None:
        self._has_moved = False
        self._filter.put(query)

    # Filter

    async def action_filter(self) -> None:
        """Type a query."""
        await self._filter.begin()

    def action_keep_filter(self) -> None:
        """Keep the filter by a name in the settings."""
        self._filter.ask_for_name(self.say)

    def _query_answered(self, trouble: str | None) -> None:
        self._panels.message = None
        if trouble is not None:
            self.say(trouble, "line--warning")
        self.show_keys()

    def action_put_away(self) -> None:
        """Stop a bulk change; else put away the message, the filter, the marks."""
        if self._bulk.is_busy:
            self._bulk.stop()
        elif self._panels.message is not None:
            self._panels.message = None
        elif self._filter.text:
            self._filter.put("")
            return  # the matching rows are not known yet: an empty table would be shown, and the cursor lost
        else:
            self._marks.clear()
        self.update_all()

    def action_stop(self) -> None:
        """Stop the scan, or a bulk change."""
        if self._bulk.is_busy:
            self._bulk.stop()
            return
        self._filling.stop()
        self.refresh_bindings()
        self.say(
            f"Stopped: what was found so far is shown. {bound_keys(self.app)['fleet.scan']} scans again."
        )
        self.update_all()

    # One machine

    def on_machine_list_opened(self) -> None:
        """A row clicked twice opens."""
        if not self._bulk.is_busy:
            self.action_open()

    def action_open(self) -> None:
        """Open the editor on the row's machine."""
        one = self.selected
        if one is not None and not self._is_filtering():
            self.run_worker(self._opening.open(one), group="open", exclusive=True)

    def changed(self, path: str) -> None:
        """A file was saved in the editor."""
        self.run_worker(self.judge_again([path]), group="judge")

    def action_show_findings(self) -> None:
        """Everything the rules say of the row."""
        one = self.selected
        if one is None or one.unread is not None or not one.findings:
            self.say("No rule finds anything here.", "line--dim")
            return
        name = visible(f"{one.row.vm} {one.row.disk}".strip())
        self.app.push_screen(openers.findings(escape(name), one.findings))

    def action_history(self) -> None:
        """What was changed in the fleet's folders; what is undone there is judged again."""
        self.app.push_screen(openers.history(self._paths.name, self._paths.paths), self._history_left)

    def _history_left(self, put_back: tuple[str, ...] | None) -> None:
        if put_back:
            self._bulk.overtaken(put_back)
            self.say(f"{counted(len(set(put_back)), noun_of(put_back))} put back", "line--changed")
            self.action_rescan()

    def action_help(self) -> None:
        """Every key and sign."""
        self.app.push_screen(openers.help_on(self, QUERY_HELP))

    def action_leave(self) -> None:
        """End the scan and the program."""
        self._filling.stop()
        self.app.exit()
