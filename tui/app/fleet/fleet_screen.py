"""The fleet: the disks of many machines in one table that fills while it is scanned."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.markup import escape
from textual.message import Message

from tui.app import openers
from tui.app.bindings import bindings
from tui.app.dialogs.questions import Choice
from tui.app.filtering import QueryField
from tui.app.fleet.bulk_changes import BulkChanges
from tui.app.fleet.fleet_panels import FleetPanels
from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.fleet_presentation import MOST_PICKED, count
from tui.app.fleet.fleet_table import FleetTable
from tui.app.fleet.order import Order
from tui.app.fleet.row_opening import ReadMachine, RowOpening
from tui.app.fleet.row_updates import RowUpdates
from tui.app.fleet.rows import FleetRow
from tui.app.fleet.scan import Batch, Scan, judged_again, shared_again
from tui.app.keyed import NOTHING_TO_UNDO, KeyedScreen
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.lines import Lines
from tui.app.widgets.machine_list import Key, MachineList
from tui.app.widgets.spans import STYLES, Line
from tui.editing import Aspect
from tui.fleet.query import NOTHING_SAVED, QueryError, parse
from tui.fleet.records import Result
from tui.keys.fleet import FLEET_KEYS, QUERY_HELP
from tui.visible import visible

if TYPE_CHECKING:
    from textual.widgets import Input

    from tui.fleet.completion import Completing

# What waits while files are being written.
_WAITING = frozenset(
    (
        *("open", "mark", "mark_all", "turn", "mode", "undo", "redo", "rescan", "leave", "filter"),
        *("show_findings", "pick", "pick_all"),
    )
)

_HINT = "is:skipped vm:web* -rule:legacy-mode"


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
        self.marked: set[Key] = set()
        self._paths = paths
        self._table = FleetTable(paths.root)
        self._scan = Scan(paths)
        self._bulk = BulkChanges(self, self, paths.hypervisor)
        self._updates = RowUpdates(
            self._table,
            self.update_all,
            lambda: self._scan.is_running,
            lambda: len(self._table.fitting) > self.size.height,
        )
        self._panels = FleetPanels(self, paths.name, self._table, lambda: self._scan)
        self._opening = RowOpening(self, self, read_machine)
        self._notices = notices
        self._saved = saved
        self._filter = ""
        self._query = QueryField(self, _HINT, self._filter_typed, lambda: self._list, self._completing)
        self._has_moved = False
        self._key = ""

    def compose(self) -> ComposeResult:
        """What is scanned, the answer, the sets, the disks, the selected one, the keys."""
        yield Lines(id="title")
        yield Lines(id="answer")
        yield Lines(id="sets")
        yield MachineList(id="machines")
        yield Lines(id="details")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Begin to scan."""
        self._list = self.query_one("#machines", MachineList)
        self.watch(self._list, "cursor", self._row_selected, init=False)
        if self._notices:
            self._panels.message = (self._notices[0], "line--warning")
        self.call_after_refresh(self.action_rescan)
        self._bulk.offer_interrupted(self._paths.paths)

    def on_unmount(self) -> None:
        """Nobody waits for the scan any more."""
        self._scan.stop()

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self.call_after_refresh(self.update_all)

    # Scanning

    def action_rescan(self) -> None:
        """Scan everything from the beginning."""
        self._scan.stop()
        self._table.clear()
        scan = self._scan = Scan(self._paths)
        scan.start(lambda batch: self.post_message(self.Scanned(scan, batch)))
        self.refresh_bindings()
        self.update_all()

    def scan_again(self) -> None:
        """Show everything as it is now."""
        self.action_rescan()

    def on_fleet_screen_scanned(self, message: Scanned) -> None:
        """Take in what was found; a scan that was stopped has nothing more to say."""
        scan, batch = message.scan, message.batch
        if scan is not self._scan or not scan.is_running:
            return
        scan.take(batch)
        self._table.add(batch.results)
        if batch.done:
            self.refresh_bindings()
        if batch.trouble:
            self.say(f"The scan ended early: {batch.trouble}", "line--error")
        self._update_rows()

    def _update_rows(self) -> None:
        if self._updates.begin():
            self.run_worker(self._updates.run(), group="look")

    async def judge_again(self, paths: Sequence[str], changed: Collection[Key] = ()) -> None:
        """Show these files as they are now; ``changed`` rows stay until there is another filter."""
        found: dict[str, list[Result]] = {}
        for path in paths:
            found[path] = await asyncio.to_thread(judged_again, path, self._paths)
        if found:
            self._table.put(found, changed)
            if not self._scan.is_running:  # whose own end tells of shared images
                machines = self._table.every_machine
                self._table.put_shared(await asyncio.to_thread(shared_again, machines, self._paths))
            self.marked -= set(changed)
            self._update_rows()

    # Showing

    def update_all(self) -> None:
        """Show the fleet as it stands; only what differs is painted."""
        order, rows = self._table.order, self._table.arrange()
        place = None if self._has_moved else self._table.first_disk
        with self.app.batch_update():
            self._list.show(rows, self.marked, order.column or "finding", falling=order.falling, place=place)
            self._panels.show_head(self._filter, len(self.marked))
            self._show_details()

    def _show_details(self) -> None:
        self._panels.show_details(self.selected, self._filter)

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
            return self._scan.is_running or self._bulk.is_busy
        return None if self._bulk.is_busy and action in _WAITING else True

    def idle_keys(self) -> frozenset[str]:
        """Undo and redo where there is nothing to."""
        possible = {"fleet.undo": self._bulk.can_undo, "fleet.redo": self._bulk.can_redo}
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
        if self._updates.is_filtering:
            self.say("Still filtering.", "line--dim")
        return self._updates.is_filtering

    def _targets(self) -> list[FleetRow]:
        """The disks a change is for: those marked, else the one under the cursor, or all below a heading.

        None while another filter is still looking for its rows. That there is none is said.
        """
        if self._is_filtering():
            return []
        marked = self._table.with_keys(self.marked) if self.marked else self._table.under(self._list.cursor)
        rows = [one for one in marked if one.can_change]
        if not rows:
            self.say("No disk here to change: move to one, or mark some with space.", "line--dim")
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
        if self._bulk.can_undo:
            self._bulk.undo()
        else:
            self.say(NOTHING_TO_UNDO, "line--dim")

    def action_redo(self) -> None:
        """Write again what the last undo took back."""
        if self._bulk.can_redo:
            self._bulk.redo()
        else:
            self.say("Nothing to redo.", "line--dim")

    # Marking

    def action_mark(self) -> None:
        """Mark the disk, or take its mark away, and go on to the next row."""
        if self._is_filtering():
            return
        rows = self._table.under(self._list.cursor)
        keys = {one.row.key for one in rows if one.can_change}
        if not keys:
            self.say("Only disks can be marked.", "line--dim")
            return
        self.marked = self.marked - keys if keys <= self.marked else self.marked | keys
        self._panels.message = None
        self._list.action_move(1)
        self.update_all()

    def action_mark_all(self) -> None:
        """Mark every disk that fits; take all marks away where they are."""
        if self._is_filtering():
            return
        keys = {one.row.key for one in self._table.fitting if one.can_change}
        self.marked = set() if keys <= self.marked else self.marked | keys
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
        """Nine keys have one action: which of them it was, it is told here."""
        self._key = event.key

    def action_pick(self) -> None:
        """Show one set alone, by its number; asked for from elsewhere, choose among all of them."""
        sets, key, self._key = self._panels.sets, self._key, ""
        if not key.isdigit():
            choices = [Choice(f"{one.name} ({one.number:,})", one.query) for one in sets]
            self.app.push_screen(openers.choice("Show alone", choices), self._set_chosen)
        elif int(key) <= min(len(sets), MOST_PICKED):
            self._set_chosen(sets[int(key) - 1].query)
        else:
            self.say(
                f"There is no set {key}: {count(len(sets), 'set')} of rows can be shown alone.", "line--dim"
            )

    def _set_chosen(self, query: str | None) -> None:
        if query is not None:
            self._has_moved = False
            self._query.put(query)

    def action_pick_all(self) -> None:
        """Every row."""
        self._set_chosen("")

    # Filter

    async def action_filter(self) -> None:
        """Type a query."""
        await self._query.begin()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter with each letter."""
        self._filter_typed(event.value)

    def on_input_submitted(self) -> None:
        """Keep the filter."""
        self._query.end()

    def key_escape(self) -> None:
        """Leave the filter's line, and with it the filter."""
        self._query.leave()

    def _filter_typed(self, words: str) -> None:
        """Show what fits; while the filter cannot be read, what was shown stays."""
        self._filter = words.strip()
        self._panels.message = None
        try:
            self._updates.filter(parse(self._filter, self._saved))
            self._update_rows()
        except QueryError as error:
            said = f"{str(error)[:1].upper()}{str(error)[1:]}."
            self.say(said, "line--warning")
            self._query.tell(said)

    def _completing(self) -> Completing:
        """What completes it, over every row found so far."""
        from tui.fleet.completion import Completing  # noqa: PLC0415 - loaded with the line

        return Completing(self._table.queried(), self._saved)

    def action_put_away(self) -> None:
        """Stop a bulk change; else put away the message, the filter, the marks."""
        if self._bulk.is_busy:
            self._bulk.stop()
        elif self._panels.message is not None:
            self._panels.message = None
        elif self._filter:
            self._query.put("")
            return  # what fits is not known yet: shown now, the table would be empty, and the cursor lost
        else:
            self.marked = set()
        self.update_all()

    def action_stop(self) -> None:
        """Stop the scan, or a bulk change."""
        if self._bulk.is_busy:
            self._bulk.stop()
            return
        self._scan.stop()
        self.refresh_bindings()
        self.say("Stopped: what was found so far is shown. r scans again.")
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
            self.action_rescan()

    def action_help(self) -> None:
        """Every key and sign."""
        self.app.push_screen(openers.help_on(self, QUERY_HELP))

    def action_leave(self) -> None:
        """End the scan and the program."""
        self._scan.stop()
        self.app.exit()
