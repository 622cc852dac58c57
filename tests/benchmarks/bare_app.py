"""The least a Textual program with the same header line, table and footer can be: our measure.

Run by ``python -m tests.benchmarks.bare_app FILE``. ``s`` turns a cell over as ours does; no preview.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer, Static


class BareApp(App[None]):
    """A header line, a DataTable and a Footer."""

    CSS = "#title { height: 1; background: $panel; } DataTable { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "turn", "snapshot"),
        Binding("p", "nothing('persistent')", "persistent"),
        Binding("m", "nothing('mode')", "mode"),
        Binding("space", "nothing('mark')", "mark"),
        Binding("u", "nothing('undo')", "undo"),
        Binding("ctrl+s", "nothing('save')", "save"),
        Binding("slash", "nothing('find')", "find"),
        Binding("q", "quit", "quit"),
        Binding("question_mark", "nothing('help')", "help"),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def compose(self) -> ComposeResult:
        """The three of them."""
        yield Static(f" {self._path.name} · ESXi (guessed)", id="title", markup=False)
        yield DataTable(cursor_type="row")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """The rows ours shows, from the same reader of the file."""
        from tui.machine import machine_in  # noqa: PLC0415 - imported when needed, as ours does

        table = self.query_one(DataTable)
        table.add_columns("DISK", "TARGET", "FILE", "SNAPSHOT", "PERSISTENT", "MODE")
        for disk in machine_in(self._path.read_bytes()).disks:
            boxes = [Text("[x]" if yes else "[ ]") for yes in (disk.policy.snapshot, disk.policy.persistent)]
            table.add_row(disk.address, disk.target, Path(disk.source).name, *boxes, disk.mode or "-")
        table.focus()

    def action_turn(self) -> None:
        """Turn the box under the cursor over."""
        table = self.query_one(DataTable)
        place = table.cursor_coordinate._replace(column=3)
        turned = "[ ]" if str(table.get_cell_at(place)) == "[x]" else "[x]"
        table.update_cell_at(place, Text(turned))

    def action_nothing(self, _: str) -> None:
        """A key that is only shown."""


if __name__ == "__main__":
    BareApp(Path(sys.argv[1])).run()
