"""The least a Textual program with the same header line, table and footer can be: our measure.

Run by ``python -m tests.benchmarks.bare_app FILE``. ``s`` turns a cell over and ``u`` turns the last one
back, as ours do; there is no preview and nothing is judged.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Footer, Static

# The keys our key line has room for, and no more.
_ROOMY = shutil.get_terminal_size().columns >= 120


class BareApp(App[None]):
    """A header line, a DataTable and a Footer."""

    CSS = "#title { height: 1; background: $panel; } DataTable { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "turn", "snapshot"),
        Binding("p", "nothing('persistent')", "persistent"),
        Binding("m", "nothing('mode')", "mode"),
        Binding("space", "nothing('mark')", "mark"),
        Binding("u", "undo", "undo"),
        Binding("ctrl+s", "nothing('save')", "save"),
        Binding("slash", "nothing('find')", "find"),
        Binding("tab", "nothing('pane')", "pane", show=_ROOMY, priority=True),
        Binding("v", "nothing('view')", "view", show=_ROOMY),
        Binding("q", "quit", "quit", show=_ROOMY),
        Binding("ctrl+r", "nothing('redo')", "redo", show=_ROOMY),
        Binding("question_mark", "nothing('help')", "help"),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._turned: list[Coordinate] = []

    def compose(self) -> ComposeResult:
        """The three of them; the rows are those ours shows, from the same reader of the file."""
        from tui.machine import machine_in  # noqa: PLC0415 - imported when needed, as ours does

        self._machine = machine_in(self._path.read_bytes())
        left = f" {self._path.name} · {self._machine.hypervisor.label} (guessed)"
        right = "no changes · no findings "
        yield Static(left + right.rjust(self.size.width - len(left)), id="title", markup=False)
        yield DataTable(cursor_type="row")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the table."""
        from tui.disks import MODES  # noqa: PLC0415 - it has come with the machine

        table = self.query_one(DataTable)
        table.add_columns("DISK", "TARGET", "FILE", "SNAPSHOT", "PERSISTENT", "MODE")
        for disk in self._machine.disks:
            boxes = [Text("[x]" if yes else "[ ]") for yes in (disk.policy.snapshot, disk.policy.persistent)]
            mode = MODES[disk.mode].short if disk.mode else "-"
            table.add_row(disk.address, disk.target, Path(disk.source).name, *boxes, mode)
        table.focus()

    def action_turn(self) -> None:
        """Turn the box under the cursor over."""
        place = self.query_one(DataTable).cursor_coordinate._replace(column=3)
        self._turn(place)
        self._turned.append(place)

    def action_undo(self) -> None:
        """Turn the last one back."""
        if self._turned:
            self._turn(self._turned.pop())

    def _turn(self, place: Coordinate) -> None:
        table = self.query_one(DataTable)
        turned = "[ ]" if str(table.get_cell_at(place)) == "[x]" else "[x]"
        table.update_cell_at(place, Text(turned))

    def action_nothing(self, _: str) -> None:
        """A key that is only shown."""


if __name__ == "__main__":
    BareApp(Path(sys.argv[1])).run()
