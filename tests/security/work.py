"""What a person would do with a file, step by step, for measuring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tui.cli.show_json import report_of
from tui.cli.show_text import lines_of
from tui.editing import Aspect, Editing, View
from tui.machine import Machine, machine_in


def steps(data: bytes) -> Iterator[tuple[str, Callable[[], object]]]:
    """One after another; each is to be called before the next is asked for. The first raises FormatError."""
    made: list[Machine] = []
    yield "open", lambda: made.append(machine_in(data, "/vms/web", "1" if data[:1] == b"<" else None))
    (machine,) = made
    yield "judge", lambda: machine.findings
    yield "show", lambda: sum(len(line) for line in lines_of(machine, "web", None, 80))
    yield "show --json", lambda: report_of(machine, "web", None)
    yield "convert", lambda: machine.conversion.losses
    editing = Editing(machine)
    if editing.disks:
        editing.marked = {disk.index for disk in editing.disks if machine.locked(disk.index) is None}
        yield "edit every disk", lambda: editing.toggle(Aspect.SNAPSHOT, 0)
    for view in View:
        yield f"preview {view.value}", partial(editing.preview, machine.other_format, view, 0)
    yield "review", editing.review
    yield "undo", editing.undo
